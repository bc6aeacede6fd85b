using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Tests.Scheduling;

/// <summary>What the scheduler records of the beginning of a foreach's tasks in their place: the client finds their parents by
/// it.</summary>
public sealed class TaskBeginningTests
{
    private static readonly TaskPath Body = new("Flow", "1", "body", "3");
    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);

    [Fact]
    public async Task A_task_that_is_adopted_without_its_records_keeps_its_place_in_the_foreach()
    {
        var (context, run, state) = await ForeachAsync();
        var transition = ArtifactSerializer.Serialize(new PythonTuple(new List<string> { "join" }, null), typeof(PythonTuple));
        await CommitAsync(
            context.Datastore, Body, [new(InternalArtifacts.Transition, transition), Artifact(InternalArtifacts.TaskOk, true)]);

        var adopted = await new TaskRecovery(context, run).AdoptAsync(state, new HashSet<string>());

        Assert.Equal("3", Assert.IsType<SchedulerEvent.TaskFinished>(Assert.Single(adopted)).TaskId);
        Assert.Equal("body:1", await ExecutionPathAsync());
    }

    [Fact]
    public async Task An_attempt_whose_process_died_early_keeps_its_place_in_the_foreach()
    {
        var (context, run, state) = await ForeachAsync();
        await new TaskResults(context).NoteExitAsync(run, state.Running["3"], new TaskExit(-9, WasKilled: false), succeeded: false);
        Assert.Equal("body:1", await ExecutionPathAsync());
    }

    [Fact]
    public async Task An_attempt_that_was_not_started_keeps_its_place_in_the_foreach()
    {
        var (context, run, state) = await ForeachAsync();
        await new TaskResults(context).NoteNotStartedAsync(run, state.Running["3"]);
        Assert.Equal("body:1", await ExecutionPathAsync());
    }

    private static KeyValuePair<string, SerializedArtifact> Artifact(string name, object value)
        => new(name, ArtifactSerializer.Serialize(value, typeof(object)));

    private static async Task CommitAsync(
        FlowDatastore datastore, TaskPath path, IReadOnlyList<KeyValuePair<string, SerializedArtifact>> artifacts)
    {
        var writer = datastore.OpenWriter(path, 0);
        await writer.BeginAttemptAsync(default);
        await writer.SaveArtifactsAsync([.. artifacts], default);
        await writer.CommitAsync(default);
    }

    private static StepNode Step(string name, string next, string? items = null)
        => new() { Name = name, TakesInputs = name == "join", Transitions = [new([next], items, false, 0, 1)] };

    private async Task<string?> ExecutionPathAsync()
        => (await _metadata.ListMetadataAsync(Body, default))
            .SingleOrDefault(static datum => datum.Field == "foreach-execution-path")?.Value as string;

    /// <summary>Leaves a run whose foreach over three items has begun.</summary>
    private async Task<(RunContext Context, RunRecord Run, SchedulerState State)> ForeachAsync()
    {
        var graph = new FlowGraph(
            "Flow",
            [Step("start", "body", "items"), Step(
                "body", "join"), Step("join", "end"), new StepNode { Name = "end", ReturnsNothing = true }]);
        var context = new RunContext(
            new NoFlow(), new FlowDefinition { FlowName = "Flow", Graph = graph },
            new MetaflowSettings { User = "ada", Datastore = new StoreAddress("memory", "memory") }, new RunRequest(),
            new FlowDatastore(_blobs, "Flow", TimeProvider.System))
        {
            Metadata = _metadata,
            Launchers = new Launchers(new NoLauncher()),
            Time = TimeProvider.System,
            Observer = new NoObserver(),
        };
        var run = await _metadata.RegisterRunAsync(new RunRecord("Flow", "1", "ada", [], [], default), default);
        await CommitAsync(
            context.Datastore,
            new TaskPath("Flow", "1", "start", "1"),
            [Artifact(InternalArtifacts.ForeachStack, new List<object?>()), Artifact(
                InternalArtifacts.ForeachVar, "items"), Artifact(InternalArtifacts.ForeachNumSplits, 3)]);
        var state = new SchedulerState(new SchedulerPolicy(graph, 9, static _ => default));
        (state, _) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput(TaskPath.ParametersStep, "0")));
        (state, _) = state.Apply(new SchedulerEvent.TaskFinished("1", ["body"], 3));
        return (context, run, state);
    }

    private sealed class NoFlow : FlowSpec;

    private sealed class NoLauncher : ITaskLauncher
    {
        public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
            => throw new InvalidOperationException("nothing is launched here");

        public void Dispose()
        {
        }
    }

    private sealed class NoObserver : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
