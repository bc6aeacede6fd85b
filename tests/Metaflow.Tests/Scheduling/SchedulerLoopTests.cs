using System.Collections.Concurrent;
using Metaflow.Artifacts;
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

/// <summary>What the loop makes of things that happen at the same moment, or one after the other.</summary>
public sealed class SchedulerLoopTests : IDisposable
{
    private static readonly FlowDefinition Definition = new()
    {
        FlowName = nameof(ThreeStepsFlow),
        Graph = new FlowGraph(
            nameof(ThreeStepsFlow), [Step("start", "work"), Step("work", "end"), new StepNode { Name = "end", ReturnsNothing = true }]),
    };

    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);
    private readonly RunInterruption _interruption = new();

    public void Dispose() => _interruption.Dispose();

    [Fact]
    public async Task A_stop_that_comes_at_the_moment_in_which_a_task_ends_starts_no_other()
    {
        // Both wait for the loop when it comes to them: the end decides on the next task, and the stop forbids it.
        var launched = new ConcurrentQueue<string>();
        var (outcome, _) = await RunAsync(inner => new WatchedLauncher(inner)
        {
            Launching = request => launched.Enqueue(request.Task.Step),
            Ended = request =>
            {
                if (request.Task.Step == "start")
                {
                    _interruption.Request(ExitCodes.Interrupted);
                }
            },
        });

        Assert.Equal(["start"], launched);
        Assert.False(outcome.Succeeded);
        Assert.Equal(ExitCodes.Interrupted, outcome.ExitCode);
        Assert.Null(outcome.Error);
    }

    [Fact]
    public async Task A_launch_that_failed_and_was_made_up_for_is_not_the_error_of_a_later_failure()
    {
        var (outcome, events) = await RunAsync(
            static inner => new WatchedLauncher(inner) { Launching = static request => Refuse(request, "work", 0) },
            failing: "end");

        Assert.Equal(ErrorCodes.StepRaised, outcome.Error?.Code);
        Assert.Equal("end", outcome.Error?.Pathspec?.Split('/')[2]);
        Assert.Equal(["work", "end"], events.OfType<RunEvent.TaskFailed>().Select(static failed => failed.Task.Step));
    }

    [Fact]
    public async Task What_a_quick_task_prints_is_told_after_its_start_and_with_its_process()
    {
        var (_, events) = await RunAsync(static inner => new WatchedLauncher(inner) { Prints = "quick" });

        foreach (var step in (string[])["start", "work", "end"])
        {
            var told = events.Where(told => told switch
            {
                RunEvent.TaskStarting starting => starting.Task.Step == step,
                RunEvent.TaskOutput output => output.Task.Step == step,
                RunEvent.TaskSucceeded succeeded => succeeded.Task.Step == step,
                _ => false,
            }).ToList();
            Assert.Equal(["TaskStarting", "TaskOutput", "TaskSucceeded"], told.Select(static told => told.GetType().Name));
            Assert.NotNull(((RunEvent.TaskOutput)told[1]).Handle);
        }
    }

    [Fact]
    public async Task A_launch_that_failed_for_good_is_the_run_s_error()
    {
        var (outcome, _) = await RunAsync(
            static inner => new WatchedLauncher(inner) { Launching = static request => Refuse(request, "end", 0) });

        Assert.Equal(ErrorCodes.ProcessNotStarted, outcome.Error?.Code);
    }

    [Fact]
    public async Task A_task_that_is_just_being_launched_as_the_run_breaks_off_is_ended()
    {
        var slow = new SlowLauncher(new InProcessTaskLauncher(
            static () => new BranchFlow(), new RunStores(_blobs, _metadata), TimeProvider.System));
        var graph = new FlowGraph(nameof(BranchFlow),
        [
            new StepNode { Name = "start", MethodName = "start", Transitions = [new TransitionNode(["left", "right"], null, false, 0, 1)] },
            Step("left", "join"), Step("right", "join"), Step("join", "end") with { TakesInputs = true },
            new StepNode { Name = "end", ReturnsNothing = true },
        ]);
        var stores = new RunStores(new BreakingStore(_blobs, slow), _metadata);
        using var services = new RunServices(stores, slow, TimeProvider.System);
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "memory"),
            Namespace = "user:tester",
        };
        var engine = new FlowEngine(
            static () => new BranchFlow(), new FlowDefinition { FlowName = nameof(BranchFlow), Graph = graph }, settings);

        await Assert.ThrowsAsync<InternalException>(() => engine.RunAsync(services, new RunRequest(), new Watcher(), _interruption)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        Assert.True(slow.WasKilled);
    }

    private static void Refuse(LaunchRequest request, string step, int attempt)
    {
        if (request.Task.Step == step && request.Attempt == attempt)
        {
            throw new LaunchException(ErrorCodes.ProcessNotStarted, "The process could not be started.", "The test wants it.", "Nothing.")
            {
                IsTransient = true,
            };
        }
    }

    private static StepNode Step(string name, string next)
        => new() { Name = name, MethodName = name, Transitions = [new TransitionNode([next], null, false, 0, 1)] };

    private async Task<(RunOutcome Outcome, IReadOnlyCollection<RunEvent> Events)> RunAsync(
        Func<ITaskLauncher, ITaskLauncher> watch, string? failing = null)
    {
        FlowSpec MakeFlow() => new ThreeStepsFlow(failing);
        var observer = new Watcher();
        using var services = new RunServices(
            new RunStores(_blobs, _metadata),
            watch(new InProcessTaskLauncher(MakeFlow, new RunStores(_blobs, _metadata), TimeProvider.System)),
            TimeProvider.System);
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "memory"),
            Namespace = "user:tester",
        };
        var outcome = await new FlowEngine(MakeFlow, Definition, settings).RunAsync(services, new RunRequest(), observer, _interruption);
        return (outcome, observer.Events);
    }

    private sealed class ThreeStepsFlow(string? failing) : FlowSpec
    {
        public override string FlowName => nameof(ThreeStepsFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step == "work" ? [new RetryAttribute { Times = 1, MinutesBetweenRetries = 0 }] : [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation) => step switch
        {
            _ when step == failing => throw new InvalidOperationException("as the test wants"),
            "start" => new(Transition.ToNames(["work"])),
            "work" => new(Transition.ToNames(["end"])),
            _ => new((Transition?)null),
        };
    }

    private sealed class BranchFlow : FlowSpec
    {
        public override string FlowName => nameof(BranchFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step) => [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
            => new(step switch
            {
                "start" => Transition.ToNames(["left", "right"]),
                "left" or "right" => Transition.ToNames(["join"]),
                "join" => Transition.ToNames(["end"]),
                _ => null,
            });
    }

    /// <summary>Takes its time to launch one step: until the run has broken off.</summary>
    private sealed class SlowLauncher(ITaskLauncher launcher) : ITaskLauncher
    {
        public TaskCompletionSource HasBroken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasKilled { get; private set; }

        public async ValueTask<ILaunchedTask> LaunchAsync(
            LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        {
            if (request.Task.Step != "right")
            {
                return await launcher.LaunchAsync(request, observer, cancellationToken);
            }

            await HasBroken.Task;
            await Task.Delay(100, cancellationToken);
            return new Started(this);
        }

        public void Dispose()
        {
        }

        private sealed class Started(SlowLauncher launcher) : ILaunchedTask
        {
            public LaunchHandle Handle => LaunchHandle.OfProcess(0, null);

            public ValueTask RequestStopAsync() => default;

            public ValueTask KillAsync()
            {
                launcher.WasKilled = true;
                return default;
            }

            public void AddLogLine(string text, bool isError)
            {
            }

            public void Dispose()
            {
            }
        }
    }

    /// <summary>Has a fault that nobody expects when the end of one step is read.</summary>
    private sealed class BreakingStore(MemoryBlobStore blobs, SlowLauncher launcher) : IBlobStore
    {
        public string TypeName => blobs.TypeName;

        public string Root => blobs.Root;

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
            => blobs.SaveAsync(writes, overwrite, cancellationToken);

        public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        {
            if (!path.Contains("/left/", StringComparison.Ordinal) || !path.EndsWith(".task_end", StringComparison.Ordinal))
            {
                return blobs.OpenAsync(path, cancellationToken);
            }

            launcher.HasBroken.TrySetResult();
            throw new InvalidOperationException("as the test wants");
        }

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => blobs.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => blobs.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => blobs.DeleteAsync(paths, cancellationToken);
    }

    /// <summary>Tells the end of a task before its launch has returned, so that what happens then is handled together with it.</summary>
    private sealed class WatchedLauncher(ITaskLauncher launcher) : ITaskLauncher
    {
        public Action<LaunchRequest> Launching { get; init; } = static _ => { };

        public Action<LaunchRequest> Ended { get; init; } = static _ => { };

        public string? Prints { get; init; }

        public async ValueTask<ILaunchedTask> LaunchAsync(
            LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        {
            Launching(request);
            var held = new HeldExit(observer);
            var process = await launcher.LaunchAsync(request, held, cancellationToken);
            if (Prints is { } text)
            {
                observer.OnOutput(DateTimeOffset.UnixEpoch, text, isError: false);
            }

            observer.OnExit(await held.Exit.Task);
            Ended(request);
            return process;
        }

        private sealed class HeldExit(ITaskObserver observer) : ITaskObserver
        {
            public TaskCompletionSource<TaskExit> Exit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public void OnOutput(DateTimeOffset at, string text, bool isError) => observer.OnOutput(at, text, isError);

            public void OnExit(TaskExit exit) => Exit.SetResult(exit);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Watcher : IRunObserver
    {
        public ConcurrentQueue<RunEvent> Events { get; } = new();

        public void OnEvent(RunEvent runEvent) => Events.Enqueue(runEvent);
    }
}
