using System.Diagnostics;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A step that starts processes which do their best to stay.</summary>
public partial class OrphanFlow : FlowSpec
{
    // Each prints its id when it has settled.
    private const string Stubborn = "trap '' TERM INT HUP; echo child $$; while :; do sleep 1; done";
    private const string Detached = "setsid sh -c 'echo child $$; exec sleep 4321.5' </dev/null";
    private const string TwiceForked = "(setsid sh -c \"trap '' TERM HUP; echo child \\$\\$; while :; do sleep 1; done\" </dev/null &)";

    [Parameter(Default = "stay")]
    public partial string Way { get; }

    public partial StepFailure? Failure { get; set; }

    [Step]
    Transition Start() => Next(Work);

    [Step, Timeout(Seconds = 3600)]
    Transition Work()
    {
        if (Way == "nest")
        {
            // Its command line, as a user would call it: another scheduler, with tasks of its own.
            using var inner = Process.Start(Environment.ProcessPath!, ["run"]);
            inner.WaitForExit();
        }

        foreach (var script in new[] { Stubborn, Detached, TwiceForked })
        {
            Process.Start("sh", ["-c", script]).Dispose();
        }

        Console.WriteLine("started");
        if (Way == "fail")
        {
            Thread.Sleep(3_000);
            throw new InvalidOperationException("as asked");
        }

        Thread.Sleep(TimeSpan.FromMinutes(10));
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>The same with a step whose time is over, which is caught.</summary>
public partial class OrphanTimeoutFlow : FlowSpec
{
    public partial StepFailure? Failure { get; set; }

    public partial List<int> Growing { get; set; }

    [Step]
    Transition Start() => Next(Work);

    [Step, Timeout(Seconds = 4), Catch(Var = nameof(Failure))]
    Transition Work()
    {
        Process.Start("sh", ["-c", "setsid sh -c 'echo child $$; exec sleep 4321.5' </dev/null"]).Dispose();
        Growing = [];
        while (Environment.TickCount64 > 0)
        {
            Growing.Add(Growing.Count);
            if (Growing.Count > 200_000)
            {
                Growing.Clear();
            }
        }

        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"caught: {Failure?.Message}");
}
