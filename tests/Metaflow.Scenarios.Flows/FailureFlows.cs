using System.Diagnostics;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Ways for a task to end badly.</summary>
public static class Endings
{
    public static void Die(string way)
    {
        switch (way)
        {
            case "raise":
                throw new InvalidOperationException("it broke: ünïcode", new ArgumentException("the cause"));
            case "kill":
                using (var self = Process.GetCurrentProcess())
                {
                    self.Kill();
                }

                Thread.Sleep(10_000);
                break;
            case "exit-7":
                Environment.Exit(7);
                break;
            case "many":
                throw new AggregateException(new InvalidOperationException("the first cause"), new ArgumentException("the second cause"));
            case "exit-202":
                Environment.Exit(202);
                break;
        }
    }
}

/// <summary>Cannot be made.</summary>
public partial class UnmakeableFlow : FlowSpec
{
    public UnmakeableFlow() => throw new InvalidOperationException("nothing is set up");

    [Step]
    void End()
    {
    }
}

/// <summary>Fails in its first attempts.</summary>
public partial class RetryFlow : FlowSpec
{
    [Parameter(Default = 2)]
    public partial int Failures { get; }

    [Parameter(Default = "raise")]
    public partial string Way { get; }

    public partial int Attempt { get; set; }

    public partial string Half { get; set; }

    [Step, Retry(Times = 3)]
    Transition Start()
    {
        Half = $"of attempt {Current.Attempt}";
        if (Current.Attempt < Failures)
        {
            Endings.Die(Way);
        }

        Attempt = Current.Attempt;
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Fails for good in the middle.</summary>
public partial class FailFlow : FlowSpec
{
    [Parameter(Default = "raise")]
    public partial string Way { get; }

    public partial string Before { get; set; }

    [Step]
    Transition Start()
    {
        Before = "kept";
        return Next(Middle);
    }

    [Step]
    Transition Middle()
    {
        Before = "changed";
        Endings.Die(Way);
        return Way == "null" ? null! : Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Goes on after a failure.</summary>
public partial class CatchFlow : FlowSpec
{
    [Parameter(Default = "raise")]
    public partial string Way { get; }

    public partial StepFailure? Failed { get; set; }

    public partial string Set { get; set; }

    public partial string Seen { get; set; }

    [Step, Retry(Times = 1), Catch(Var = nameof(Failed))]
    Transition Start()
    {
        Set = "before the failure";
        Endings.Die(Way);
        return Next(End);
    }

    [Step]
    void End() => Seen = Failed?.Type ?? "nothing";
}

/// <summary>Keeps a failure under a name that does not follow from its property's.</summary>
public partial class RenamedCatchFlow : FlowSpec
{
    [Artifact(Name = "what_went_wrong")]
    public partial StepFailure? Failed { get; set; }

    public partial string Seen { get; set; }

    [Step, Catch(Var = nameof(Failed))]
    Transition Start()
    {
        Endings.Die("raise");
        return Next(End);
    }

    [Step]
    void End() => Seen = Failed?.Type ?? "nothing";
}

/// <summary>Takes longer than it may, with a child process.</summary>
public partial class TimeoutFlow : FlowSpec
{
    [Parameter(Default = "ignore")]
    public partial string Way { get; }

    public partial StepFailure? Late { get; set; }

    [Step, Timeout(Seconds = 1), Catch(Var = nameof(Late))]
    Transition Start()
    {
        using var child = Process.Start("sleep", "1234.5");
        Console.WriteLine($"child {child.Id}");
        if (Way == "heed")
        {
            Current.CancellationToken.WaitHandle.WaitOne();
            Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Thread.Sleep(60_000);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Late?.Message);
}

/// <summary>One branch fails while another still works.</summary>
public partial class SlowSiblingFlow : FlowSpec
{
    public partial string Result { get; set; }

    [Step]
    Transition Start() => Next(Quick, Slow);

    [Step]
    Transition Quick()
    {
        Endings.Die("raise");
        return Next(Join);
    }

    [Step]
    Transition Slow()
    {
        Thread.Sleep(1500);
        Result = "finished";
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<SlowSiblingFlow> inputs) => Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>Works for long, with a child process, heeding the token or not.</summary>
public partial class SleepFlow : FlowSpec
{
    [Parameter(Default = "ignore")]
    public partial string Way { get; }

    [Step]
    Transition Start() => Next(Work, forEach: new[] { 1, 2, 3 });

    [Step]
    Transition Work(int item)
    {
        using var child = Process.Start("sleep", "4321.5");
        var stop = Way == "ignore" ? CancellationToken.None : Current.CancellationToken;
        Console.WriteLine($"working {item} child {child.Id}");
        if (Way == "heed")
        {
            stop.WaitHandle.WaitOne();
            Console.WriteLine("heeded");
            stop.ThrowIfCancellationRequested();
        }

        Thread.Sleep(60_000);
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<SleepFlow> inputs) => Next(End);

    [Step]
    void End()
    {
    }
}
