using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Scheduling;

/// <summary>All that belongs to a run looks in the run's own stores, not in those that the settings name.</summary>
public sealed class RunStoreTests
{
    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);
    private readonly ConcurrentQueue<string> _roots = new();

    [Theory]
    [InlineData("{0}")]
    [InlineData("TriggeredFlow")]
    public async Task A_trigger_is_looked_for_where_the_run_is_kept(string name)
    {
        var first = await RunAsync(null);
        var second = await RunAsync(name.Replace("{0}", $"TriggeredFlow/{first.RunId}", StringComparison.Ordinal));

        Assert.True(second.Succeeded, second.Error?.Message);
        var run = new MetaflowClient(_metadata, _blobs).Run($"TriggeredFlow/{second.RunId}");
        Assert.Equal($"TriggeredFlow/{first.RunId}", run.Tasks.Single(static task => task.Path.Step == "end").Data["seen"]);
    }

    [Fact]
    public async Task A_trigger_that_is_none_is_refused_before_the_run_is_recorded()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync("TriggeredFlow/4711"));

        Assert.Equal((ErrorCodes.FlowOptionInvalid, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Empty(await _metadata.ListRunsAsync("TriggeredFlow", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_exit_hook_and_the_tasks_are_given_the_run_s_own_store()
    {
        var outcome = await RunAsync(null);

        Assert.Contains($"TriggeredFlow/{outcome.RunId}", TriggeredFlow.Ended);
        Assert.Equal([_blobs.Root, _blobs.Root], _roots);
    }

    private async Task<RunOutcome> RunAsync(string? trigger)
    {
        var definition = new FlowDefinition
        {
            FlowName = nameof(TriggeredFlow),
            Graph = new FlowGraph(
                nameof(TriggeredFlow),
                [new StepNode { Name = "start", Transitions = [new(["end"], null, false, 0, 1)] },
                    new StepNode { Name = "end", ReturnsNothing = true }]),
        };
        using var services = new RunServices(
            new RunStores(_blobs, _metadata),
            new WatchedLauncher(
                new InProcessTaskLauncher(static () => new TriggeredFlow(), new RunStores(_blobs, _metadata), TimeProvider.System),
                _roots), TimeProvider.System);
        using var interruption = new RunInterruption();
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "elsewhere"),
            Namespace = "user:tester",
        };
        var request = new RunRequest { FlowOptions = FlowOptionValues.FromTexts(trigger is null ? [] : [$"trigger={trigger}"]) };
        return await new FlowEngine(static () => new TriggeredFlow(), definition, settings).RunAsync(
            services, request, new NoObserver(), interruption);
    }

    private sealed class TriggeredFlow : FlowSpec
    {
        private readonly ArtifactCell<string> _seen = new("seen");

        public static ConcurrentBag<string> Ended { get; } = [];

        public override string FlowName => nameof(TriggeredFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells) => cells.Add(_seen);

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step is null
                ? [new TriggerOnFinishAttribute { Flow = "TriggeredFlow" }, new ExitHookAttribute { OnSuccess = [nameof(OnEnded)] }]
                : [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
        {
            _seen.Value = string.Join(',', Current.Options.All("trigger"));
            return new(step == "start" ? Transition.ToNames(["end"]) : null);
        }

        private static void OnEnded(RunHandle run) => Ended.Add(run.Pathspec);
    }

    private sealed class WatchedLauncher(ITaskLauncher launcher, ConcurrentQueue<string> roots) : ITaskLauncher
    {
        public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        {
            roots.Enqueue(TaskCommandLine.FromArguments(request.Arguments).Datastore.Root);
            return launcher.LaunchAsync(request, observer, cancellationToken);
        }

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
