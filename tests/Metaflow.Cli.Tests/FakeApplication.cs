using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>A flow program that runs nothing: it remembers what it was asked, and tells the observer what it was told to.</summary>
internal sealed class FakeApplication : IFlowApplication
{
    public FlowDefinition Definition { get; init; } = SampleFlows.GenreStats;

    public MetaflowSettings Settings { get; init; } = new()
    {
        User = "ada",
        Datastore = StoreAddress.Local("/data/.metaflow"),
        Namespace = "user:ada",
    };

    public string Invocation { get; init; } = "dotnet run flow.cs --";

    public IReadOnlyList<string> KnownDecorators { get; init; } = ["catch", "retry", "timeout"];

    public Action<IReadOnlyList<string>> OnCheckDecorators { get; init; } = static _ => { };

    public IReadOnlyList<GraphProblem> Problems { get; init; } = [];

    public IReadOnlyList<FlowOption> FlowOptions { get; init; } = [];

    public Func<RunRequest, IRunObserver, RunInterruption, RunOutcome> OnRun { get; init; } = static (_, _, _) => new RunOutcome(
        "7", true, 0, null);

    public List<(ContinueRequest Request, MetaflowSettings Settings)> Continuations { get; init; } = [];

    public ResumePlan Plan { get; init; } = new("GenreStatsFlow", "6");

    public List<(RunRequest Request, MetaflowSettings Settings)> Runs { get; init; } = [];

    public IFlowApplication WithSettings(MetaflowSettings settings) => new FakeApplication
    {
        Definition = Definition,
        Settings = settings,
        Invocation = Invocation,
        KnownDecorators = KnownDecorators,
        OnCheckDecorators = OnCheckDecorators,
        Problems = Problems,
        FlowOptions = FlowOptions,
        OnRun = OnRun,
        Plan = Plan,
        Runs = Runs,
        Continuations = Continuations,
    };

    public IReadOnlyList<GraphProblem> Check() => Problems;

    public FlowDefinition Decorate(IReadOnlyList<string> with) => Definition;

    public void CheckDecorators(IReadOnlyList<string> with) => OnCheckDecorators(with);

    public Task<RunOutcome> RunAsync(RunRequest request, IRunObserver observer, RunInterruption interruption)
    {
        Runs.Add((request, Settings));
        return Task.FromResult(OnRun(request, observer, interruption));
    }

    public Task<RunOutcome> ContinueAsync(ContinueRequest request, IRunObserver observer, RunInterruption interruption)
    {
        Continuations.Add((request, Settings));
        return Task.FromResult(OnRun(new RunRequest(), observer, interruption));
    }

    public Task<ResumePlan> PlanAsync(RunRequest request)
    {
        Runs.Add((request, Settings));
        return Task.FromResult(Plan);
    }

    public Task<SpinOutcome> SpinAsync(SpinRequest request, IRunObserver observer, RunInterruption interruption)
        => Task.FromResult(new SpinOutcome(new RunOutcome("8", true, 0, null), new TaskPath("GenreStatsFlow", "8", request.Pathspec, "0")));

    public static RunOutcome Failed(MetaflowException error) => new("7", false, error.ExitCode, error);
}
