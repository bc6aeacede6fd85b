using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Scheduling;

/// <summary>What is left of attempts whose process could not be started.</summary>
public sealed class LaunchFailureTests
{
    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);

    private static readonly FlowDefinition Definition = new()
    {
        FlowName = nameof(AttemptsFlow),
        Graph = new FlowGraph(nameof(AttemptsFlow),
        [
            Step("start", "work"),
            Step("work", "end"),
            new StepNode { Name = "end", ReturnsNothing = true },
        ]),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(1, 2)]
    [InlineData(2)]
    public async Task Attempts_that_could_not_be_started_leave_no_gap_and_the_next_step_reads_the_one_that_succeeded(
        params int[] notStarted)
    {
        var succeeding = notStarted.Max() + 1;
        var outcome = await RunAsync(_blobs, notStarted, succeeding);

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal(succeeding, (await OpenAsync(await TaskOfAsync(outcome, "end"))).Load<int>("seen"));
        var work = await TaskOfAsync(outcome, "work");
        var data = await _metadata.ListMetadataAsync(work, Token);
        for (var attempt = 0; attempt <= succeeding; attempt++)
        {
            Assert.NotNull(await _blobs.SizeAsync($"{work}/{attempt}.attempt.json", Token));
            Assert.Single(data, datum => datum.Field == "attempt" && datum.Text == $"{attempt}");
        }

        foreach (var attempt in notStarted)
        {
            var ofAttempt = data.Where(datum => datum.Tags.Contains($"attempt_id:{attempt}")).ToLookup(
                static datum => datum.Field, static datum => datum.Text);
            Assert.Equal("False", Assert.Single(ofAttempt["attempt_ok"]));
            Assert.Empty(ofAttempt["attempt-done"]);
        }
    }

    [Fact]
    public async Task The_last_attempt_that_could_not_be_started_is_recorded_too()
    {
        var outcome = await RunAsync(_blobs, [1, 2, 3], succeeding: 4);

        Assert.Equal(ErrorCodes.ProcessNotStarted, outcome.Error?.Code);
        var work = await TaskOfAsync(outcome, "work");
        Assert.NotNull(await _blobs.SizeAsync($"{work}/3.attempt.json", Token));
        Assert.Null(await new FlowDatastore(_blobs, nameof(AttemptsFlow), TimeProvider.System).TryOpenTaskAsync(work, Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StepNode Step(string name, string next)
        => new() { Name = name, MethodName = name, Transitions = [new TransitionNode([next], null, false, 0, 1)] };

    private async Task<RunOutcome> RunAsync(MemoryBlobStore blobs, int[] notStarted, int succeeding)
    {
        FlowSpec MakeFlow() => new AttemptsFlow(succeeding);
        var launcher = new FailingLauncher(
            new InProcessTaskLauncher(MakeFlow, new RunStores(blobs, _metadata), TimeProvider.System),
            request => request.Task.Step == "work" && notStarted.Contains(request.Attempt));
        using var services = new RunServices(new RunStores(blobs, _metadata), launcher, TimeProvider.System);
        using var interruption = new RunInterruption();
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "memory"),
            Namespace = "user:tester",
        };
        return await new FlowEngine(MakeFlow, Definition, settings).RunAsync(services, new RunRequest(), new NoObserver(), interruption);
    }

    private async Task<TaskPath> TaskOfAsync(RunOutcome outcome, string step)
    {
        var (task, _) = Assert.Single(await _blobs.ListAsync($"{nameof(AttemptsFlow)}/{outcome.RunId}/{step}", Token));
        return new TaskPath(nameof(AttemptsFlow), outcome.RunId, step, task);
    }

    private async Task<TaskArtifacts> OpenAsync(TaskPath task)
        => await new FlowDatastore(_blobs, nameof(AttemptsFlow), TimeProvider.System).OpenTaskAsync(task, null, Token);

    /// <summary>Every attempt of its work stores its number and fails, but for one; the end stores what it read.</summary>
    private sealed class AttemptsFlow(int succeeding) : FlowSpec
    {
        private readonly ArtifactCell<int> _value = new("value");
        private readonly ArtifactCell<int> _seen = new("seen");

        public override string FlowName => nameof(AttemptsFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
            cells.Add(_value);
            cells.Add(_seen);
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step == "work" ? [new RetryAttribute { Times = 3, MinutesBetweenRetries = 0 }] : [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
        {
            switch (step)
            {
                case "start":
                    return new(Transition.ToNames(["work"]));
                case "work":
                    _value.Value = Current.Attempt;
                    return Current.Attempt == succeeding
                        ? new(Transition.ToNames(["end"]))
                        : throw new InvalidOperationException("as the test wants");
                default:
                    _seen.Value = _value.Value;
                    return new((Transition?)null);
            }
        }
    }

    private sealed class FailingLauncher(ITaskLauncher launcher, Func<LaunchRequest, bool> fails) : ITaskLauncher
    {
        public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
            => fails(request)
                ? throw new LaunchException(
                    ErrorCodes.ProcessNotStarted, "The process could not be started.", "The test wants it.", "Nothing.")
                {
                    IsTransient = true,
                }
                : launcher.LaunchAsync(request, observer, cancellationToken);

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
