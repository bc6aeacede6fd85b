using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
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

public sealed class TaskResultsTests : IDisposable
{
    private static readonly TaskPath Path = new("Flow", "1", "start", "1");
    private static readonly ScheduledTask Task = new() { TaskId = "1", Step = "start", Inputs = [] };

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-results-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_transition_that_the_source_does_not_show_fails_the_task()
    {
        var results = await ResultsAsync("elsewhere");
        var (_, failure) = await results.ReadAsync(Task, Path, new TaskExit(0, false));
        Assert.Equal(ErrorCodes.UnexpectedTransition, failure!.Error!.Code);
        Assert.False(failure.MayRetry);
    }

    [Fact]
    public async Task A_committed_task_moves_on_as_it_decided()
    {
        var results = await ResultsAsync("end");
        var (result, failure) = await results.ReadAsync(Task, Path, new TaskExit(0, false));
        Assert.Null(failure);
        Assert.Equal(["end"], result!.NextSteps);
    }

    [Fact]
    public async Task A_process_that_ends_well_without_committing_is_a_failure_that_may_be_retried()
    {
        var results = await ResultsAsync("end");
        var (_, failure) = await results.ReadAsync(Task with { Attempt = 1 }, Path, new TaskExit(0, false));
        Assert.True(failure!.MayRetry);
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(-9, false, true)]
    [InlineData(-9, true, false)]
    [InlineData(202, false, false)]
    [InlineData(203, false, true)]
    public async Task What_may_be_retried_follows_from_the_exit_code(int exitCode, bool wasKilled, bool mayRetry)
    {
        var results = await ResultsAsync("end");
        Assert.Equal(mayRetry, (await results.ReadAsync(Task, Path, new TaskExit(exitCode, wasKilled))).Failure!.MayRetry);
    }

    [Theory]
    [InlineData(0, "The process ended with exit code 0 before its results were stored, as Environment.Exit(0) does.")]
    [InlineData(1, "The process ended with exit code 1 before its results were stored.")]
    [InlineData(2, "The process ended with exit code 2 before its results were stored.")]
    [InlineData(202, "The process ended with exit code 202 before its results were stored, and its last lines say why.")]
    [InlineData(7, "The process ended with exit code 7 before its results were stored.")]
    [InlineData(-9, "The process was killed by signal 9 (SIGKILL), by another process or, if memory was low, by the system.")]
    [InlineData(-15, "The process was killed by signal 15 (SIGTERM).")]
    public async Task A_process_that_ends_without_a_word_is_told(int exitCode, string message)
    {
        var results = await ResultsAsync("end");
        Assert.Equal(message, (await results.ReadAsync(Task with { Attempt = 1 }, Path, new TaskExit(exitCode, false))).Failure!.Message);
    }

    [Fact]
    public async Task An_attempt_that_stored_its_failure_said_why_itself()
        => Assert.Null((await (await ResultsAsync("end")).ReadAsync(Task, Path, new TaskExit(1, false))).Failure!.Message);

    [Fact]
    public async Task A_beginning_that_a_dying_process_recorded_in_part_is_completed()
    {
        var metadata = new LocalMetadataProvider(_root, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord("Flow", "1", "ada", [], ["user:ada"], default), CancellationToken.None);
        await metadata.RegisterTaskAsync(run, Path, CancellationToken.None);
        await metadata.RecordAsync(
            run, Path,
            [new MetadataDatum(
                "attempt", "attempt", "2", ["attempt_id:2"]), new MetadataDatum("ds-type", "ds-type", "local", ["attempt_id:2"])],
            [], CancellationToken.None);

        await (await ResultsAsync("end")).NoteExitAsync(
            run,
            new ScheduledTask { Step = Path.Step, TaskId = Path.TaskId, Attempt = 2, Inputs = [] },
            new TaskExit(-9, false),
            succeeded: false);

        var fields = (await metadata.ListMetadataAsync(Path, CancellationToken.None))
            .Select(static datum => datum.Field).Order(StringComparer.Ordinal);
        Assert.Equal(["attempt", "ds-root", "ds-type", "metaflow_version", "origin-run-id", "runtime", "user"], fields);
    }

    private async Task<TaskResults> ResultsAsync(string next)
    {
        var graph = new FlowGraph(
            "Flow",
            [new StepNode { Name = "start", Transitions = [new(["end"], null, false, 0, 1)] },
                new StepNode { Name = "end", ReturnsNothing = true }]);
        var datastore = new FlowDatastore(new LocalBlobStore(_root), "Flow", TimeProvider.System);
        var writer = datastore.OpenWriter(Path, 0);
        await writer.BeginAttemptAsync(default);
        var transition = ArtifactSerializer.Serialize(new PythonTuple(new List<string> { next }, null), typeof(PythonTuple));
        await writer.SaveArtifactsAsync([new(InternalArtifacts.Transition, transition)], default);
        await writer.CommitAsync(default);
        var settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_root) };
        return new TaskResults(new RunContext(
            new NoFlow(), new FlowDefinition { FlowName = "Flow", Graph = graph }, settings, new RunRequest(), datastore)
        {
            Metadata = new LocalMetadataProvider(_root, TimeProvider.System),
            Launchers = new Launchers(new NoLauncher()),
            Time = TimeProvider.System,
            Observer = new NoObserver(),
        });
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
