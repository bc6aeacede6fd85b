using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Sixty tiny tasks, for schedulers that are killed on the way.</summary>
public partial class SixtyTasksFlow : FlowSpec
{
    public partial int Square { get; set; }

    public partial int Sum { get; set; }

    public partial string Shared { get; set; }

    [Step]
    Transition Start()
    {
        Shared = "the same in every run";
        return Next(Work, forEach: Enumerable.Range(1, 57));
    }

    [Step]
    Transition Work(int item)
    {
        // A variable rather than a parameter: runs of earlier versions of this flow are continued by a test.
        var hasChild = item % 19 == 0 && Environment.GetEnvironmentVariable("SCENARIO_CHILDREN") is not null;
        using var child = hasChild ? System.Diagnostics.Process.Start("setsid", ["sleep", "300"]) : null;
        Square = item * item;
        child?.Kill();
        child?.WaitForExit();
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<SixtyTasksFlow> inputs)
    {
        Sum = inputs.Sum(static input => input.Square);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"sum {Sum}");
}

/// <summary>Fails until a file is there, and waits in another step until it is told to go on.</summary>
public partial class MendableFlow : FlowSpec
{
    [Parameter(Default = "fail")]
    public partial string Way { get; }

    public partial int Number { get; set; }

    [Step]
    Transition Start()
    {
        Number = 1;
        return Next(Work);
    }

    [Step]
    Transition Work()
    {
        Console.WriteLine("before");
        if (!File.Exists("mended"))
        {
            if (Way == "fail")
            {
                throw new InvalidOperationException("not mended");
            }

            Thread.Sleep(60_000);
        }

        Number++;
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"number {Number}");
}

/// <summary>Waits for a file, and then says what code it runs.</summary>
public partial class RewrittenFlow : FlowSpec
{
    [Step]
    Transition Start()
    {
        Console.WriteLine("before");
        while (!File.Exists("rewritten"))
        {
            Thread.Sleep(10);
        }

        Say();
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    // Compiled only when it is called.
    static void Say() => Console.WriteLine("the code of the run");
}

/// <summary>Writes a log that outgrows its size, and then waits.</summary>
public partial class LongLogFlow : FlowSpec
{
    [Step]
    Transition Start()
    {
        Console.WriteLine("first line");
        for (var i = 0; i < 12_000; i++)
        {
            Console.WriteLine($"line {i} " + new string('x', 90));
        }

        Console.WriteLine("last line");
        Console.Out.Flush();
        Console.Error.WriteLine("written");
        Thread.Sleep(60_000);
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Leaves a thread behind that keeps its process alive until a file is there.</summary>
public partial class LeftThreadFlow : FlowSpec
{
    [Step]
    void Start()
    {
        new Thread(static () => SpinWait.SpinUntil(static () =>
        {
            Thread.Sleep(50);
            return File.Exists("mended");
        })).Start();
        Console.WriteLine("thread left");
    }
}

/// <summary>Sends SIGTERM to its own process, as the last act of a step or while it waits for its token.</summary>
public partial class SelfStoppingFlow : FlowSpec
{
    [Parameter(Default = "last")]
    public partial string Way { get; }

    [Step]
    void Start()
    {
        if (Way == "callback")
        {
            Current.CancellationToken.Register(static () =>
            {
                Thread.Sleep(500);
                throw new InvalidOperationException("from the callback");
            });
        }

        using var kill = System.Diagnostics.Process.Start(
            "kill", ["-TERM", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (Way == "callback")
        {
            // The step ends while the callback is still at work.
            Current.CancellationToken.WaitHandle.WaitOne();
        }
    }
}

/// <summary>Takes longer than its step may.</summary>
public partial class OverdueFlow : FlowSpec
{
    [Step, Timeout(Seconds = 1)]
    void Start() => Thread.Sleep(TimeSpan.FromSeconds(3));
}

/// <summary>Ends its own process as if all were well, or takes longer to stop than anybody waits.</summary>
public partial class LeavingFlow : FlowSpec
{
    [Parameter(Default = "exit")]
    public partial string Way { get; }

    [Step]
    Transition Start()
    {
        if (Way == "exit")
        {
            Environment.Exit(0);
        }

        Current.CancellationToken.Register(static () => Thread.Sleep(60_000));
        Console.WriteLine("waiting");
        Current.CancellationToken.WaitHandle.WaitOne();
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Waits in a method that a step calls, on no thread.</summary>
public partial class AwaitingFlow : FlowSpec
{
    [Step]
    async Task Start()
    {
        Console.WriteLine("waiting");
        await FetchAsync();
    }

    private static async Task FetchAsync() => await Task.Delay(TimeSpan.FromMinutes(2));
}
