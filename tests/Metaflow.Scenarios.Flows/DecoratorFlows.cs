using System.Diagnostics;
using Metaflow;
using Metaflow.Client;
using Metaflow.Decorators;

namespace Metaflow.Scenarios.Flows;

/// <summary>Raises what it is told, and is tried again only after some of it.</summary>
public partial class RetryOnFlow : FlowSpec
{
    [Parameter(Default = "IO")]
    public partial string Kind { get; }

    [Step, Retry(Times = 2, SecondsBetweenRetries = 0.1, BackoffFactor = 2, Jitter = 0.5, NotOn = ["ArgumentException"])]
    Transition Start()
    {
        if (Current.Attempt < 2)
        {
            throw Kind == "IO" ? new IOException("again") : new ArgumentNullException("kind", "never again");
        }

        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Is stuck so that it cannot watch its own time.</summary>
public partial class StuckFlow : FlowSpec
{
    public partial StepFailure? Late { get; set; }

    [Step, Timeout(Seconds = 1), Catch(Var = nameof(Late))]
    Transition Start()
    {
        using var stop = Process.Start("kill", ["-STOP", $"{Environment.ProcessId}"]);
        Thread.Sleep(60_000);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"late: {Late?.Type}");
}

/// <summary>Uses secrets, in every place where they could be seen.</summary>
public partial class SecretFlow : FlowSpec
{
    [Parameter(Default = "")]
    public partial string Way { get; }

    public partial StepFailure? Failed { get; set; }

    public partial int Length { get; set; }

    [Step, EnvironmentVariables("PLAIN", "visible", "OTHER", "too")]
    [Secrets("inline.INLINE_SECRET=inline-hunter22", "file.secrets.env", "environment.RENAMED=HOST_SECRET")]
    [Retry(Times = 1), Catch(Var = nameof(Failed))]
    Transition Start()
    {
        string[] values = [Variable("INLINE_SECRET"), Variable("FILE_SECRET"), Variable("RENAMED")];
        Length = values.Sum(static value => value.Length);
        Console.WriteLine($"plain {Variable("PLAIN")} {Variable("OTHER")}, secrets {string.Join(", ", values)}");
        Console.Error.Write($"on stderr {values[0][..6]}");
        Console.Error.Flush();
        Thread.Sleep(50);
        Console.Error.WriteLine($"{values[0][6..]}");
        using var child = Process.Start("sh", ["-c", "echo child $INLINE_SECRET"]);
        child.WaitForExit();
        if (Way == "raise")
        {
            throw new InvalidOperationException($"could not log in with {values[1]}", new ArgumentException(values[0]));
        }

        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"after: {Environment.GetEnvironmentVariable("INLINE_SECRET") ?? "nothing"}");

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name)!;
}

/// <summary>A gang that has a key of several lines, prints it in every way and fails with it.</summary>
public partial class SecretGangFlow : FlowSpec
{
    public partial StepFailure? Failed { get; set; }

    public partial List<int> Lengths { get; set; }

    public partial int Length { get; set; }

    [Step]
    Transition Start() => Next(Work, numParallel: 2);

    [Step, Parallel, Secrets("file.keys.json", "inline.{\"PIN\": \"123\", \"TOKEN\": \"inline-token-77\"}"), Catch(Var = nameof(Failed))]
    Transition Work(int node)
    {
        var key = Environment.GetEnvironmentVariable("KEY")!;
        Length = key.Length;
        Console.WriteLine($"node {node} has {key}");
        Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(new { key }));
        foreach (var part in key.Chunk(5))
        {
            Console.Out.Write(part);
            Console.Out.Flush();
        }

        Console.WriteLine();
        return node == 1 ? throw new InvalidOperationException($"wrong key:\n{key}") : Next(Join);
    }

    [Step]
    Transition Join(Inputs<SecretGangFlow> inputs)
    {
        Lengths = [.. inputs.Where(static input => input.Failed is null).Select(static input => input.Length)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Asks for variables that it must not have.</summary>
public partial class WrongSecretFlow : FlowSpec
{
    [Step, Secrets("file.secrets.env")]
    Transition Start() => Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>Asks for processors and memory.</summary>
public partial class ResourceFlow : FlowSpec
{
    [Parameter(Default = 0)]
    public partial int Megabytes { get; }

    public partial long Began { get; set; }

    public partial long Ended { get; set; }

    public partial string Asked { get; set; }

    [Step]
    Transition Start()
    {
        Asked = $"{Current.Resources.Cpu} {Current.Resources.MemoryMB}";
        return Next(Work, forEach: new[] { 1, 2, 3 });
    }

    [Step, Resources(Cpu = 2, MemoryMB = 300)]
    Transition Work(int item)
    {
        Began = DateTimeOffset.UtcNow.Ticks;
        Asked = $"{Current.Resources.Cpu} {Current.Resources.MemoryMB}";
        var blocks = new List<byte[]>();
        for (var i = 0; i < Megabytes; i++)
        {
            blocks.Add(new byte[1024 * 1024]);
            blocks[^1].AsSpan().Fill(1);
        }

        // With too much memory it is ended in between.
        Thread.Sleep(Megabytes > 0 ? 60_000 : 300);
        GC.KeepAlive(blocks);
        Ended = DateTimeOffset.UtcNow.Ticks;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<ResourceFlow> inputs)
    {
        var tasks = inputs.OrderBy(static input => input.Began).ToList();
        Asked = tasks.Zip(tasks.Skip(1), static (one, next) => one.Ended <= next.Began).All(static apart => apart) ? "apart" : "together";
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Belongs to a project, tells of its end and may be started by another.</summary>
[Project("sales")]
[TriggerOnFinish(Flow = "LinearFlow")]
[Schedule(Hourly = true)]
[ExitHook(
    OnSuccess = [nameof(TellSuccess), nameof(Break)], OnError = [nameof(TellFailure), nameof(Hang), nameof(TellOnce)], TimeoutSeconds = 2)]
public partial class ProjectFlow : FlowSpec
{
    [Parameter(Default = false)]
    public partial bool Fail { get; }

    public partial string Branch { get; set; }

    public partial string? StartedBy { get; set; }

    [Step]
    Transition Start()
    {
        Branch = $"{Current.Project!.FlowName} {Current.Project.IsUserBranch} {Current.Project.IsProduction}";
        StartedBy = Current.Trigger?.Run.Pathspec;
        if (Fail)
        {
            Endings.Die("raise");
        }

        return Next(End);
    }

    [Step]
    void End()
    {
    }

    private static void TellSuccess(RunHandle run) => Console.WriteLine($"success of {run.Pathspec}: {run.Data.Get<string>("branch")}");

    private void Break() => throw new InvalidOperationException("the hook broke");

    private static async Task TellFailure(RunHandle run)
    {
        await Task.Yield();
        Console.WriteLine($"failure of {run.Pathspec}: {run.Successful}");
    }

    private static void Hang() => Thread.Sleep(60_000);

    private static void TellOnce() => Console.WriteLine("told once more");
}

/// <summary>Gives every step that has none a retry, and takes a timer away.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class HardenAttribute : FlowDecoratorAttribute, IFlowMutator
{
    public string Ease { get; set; } = "";

    public void Mutate(FlowEditor flow)
    {
        foreach (var step in flow.Steps)
        {
            step.Add(new RetryAttribute { Times = 2 });
        }

        if (Ease.Length > 0)
        {
            flow.Step(Ease).Remove("timer");
        }
    }
}

/// <summary>Its decorators are changed before it runs.</summary>
[Harden(Ease = nameof(End))]
public partial class MutatedFlow : FlowSpec
{
    [Step, Timer]
    Transition Start()
    {
        Endings.Die(Current.Attempt < 2 ? "raise" : "");
        return Next(End);
    }

    [Step, Timer(Artifact = "end_elapsed"), Retry(Times = 1)]
    void End()
    {
    }
}

/// <summary>Asks to change a step that there is not.</summary>
[Harden(Ease = "ned")]
public partial class WronglyMutatedFlow : FlowSpec
{
    [Step]
    Transition Start() => Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>A base with a decorator that its derived class repeats.</summary>
[Retry(Times = 1)]
public abstract partial class RetriedFlow : FlowSpec;

/// <summary>Takes the place of a decorator of its base.</summary>
[Retry(Times = 2)]
public partial class RetriedMoreFlow : RetriedFlow
{
    [Step]
    Transition Start() => Current.Attempt < 2 ? throw new InvalidOperationException("not yet") : Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>Has the name of another decorator.</summary>
public sealed class PatienceAttribute : DecoratorAttribute
{
    public override string DecoratorName => "retry";
}

// What these say does not compile in an author's project; here 'check' says it, as it does of decorators that are added at run time.
#pragma warning disable MF1090, MF1092, MF1093, MF1098

/// <summary>Has one decorator twice in one place, and more that is wrong.</summary>
[Retry(Times = 2), Patience]
public partial class DuplicateFlow : RetriedFlow
{
    [Step, EnvironmentVariables("METAFLOW_X", "1", "widow")]
    Transition Start() => Next(Middle);

    [Step, Secrets, Resources(Cpu = 0)]
    Transition Middle() => Next(End);

    [Step, Retry(BackoffFactor = 0.5)]
    void End()
    {
    }
}
