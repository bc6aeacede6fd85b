using System.Collections.Concurrent;
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

/// <summary>What is kept of attempts whose process died early, or whose notes and logs cannot be written.</summary>
public sealed class ExitNoteTests
{
    private static readonly FlowDefinition Definition = new()
    {
        FlowName = nameof(DyingFlow),
        Graph = new FlowGraph(nameof(DyingFlow),
        [
            new StepNode { Name = "start", MethodName = "start", Transitions = [new TransitionNode(["end"], null, false, 0, 1)] },
            new StepNode { Name = "end", ReturnsNothing = true },
        ]),
    };

    private readonly WatchedStore _blobs = new();
    private readonly Watcher _watcher = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);

    [Fact]
    public async Task An_attempt_whose_process_died_early_is_recorded_before_it_fails()
    {
        // Were the failure told first, a scheduler that is killed in between would leave a gap in the attempts.
        var recorded = new List<bool>();
        _blobs.Saving = path => path.EndsWith("attempt.json", StringComparison.Ordinal) ? Task.Delay(200) : Task.CompletedTask;
        _watcher.Seen = told =>
        {
            if (told is RunEvent.TaskFailed failed)
            {
                recorded.Add(_blobs.Contains($"{failed.Task}/{failed.Attempt}.attempt.json")
                    && _blobs.Contains($"{failed.Task}/{failed.Attempt}.runtime"));
            }
        };

        var outcome = await RunAsync(TimeProvider.System, dying: [0, 1]);

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal([true, true], recorded);
    }

    [Fact]
    public async Task A_task_whose_log_cannot_be_opened_for_want_of_a_file_fails_alone_and_is_tried_again()
    {
        _blobs.Opening = path => path.Contains("/start/", StringComparison.Ordinal) && path.Contains("/0.", StringComparison.Ordinal)
            ? NoFile(path)
            : null;

        var outcome = await RunAsync(TimeProvider.System);

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        var failed = Assert.Single(_watcher.Events.OfType<RunEvent.TaskFailed>());
        Assert.Contains($"[{ErrorCodes.StorageWriteFailed}]", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_of_a_success_that_finds_no_file_for_ten_seconds_is_told_and_fails_no_run()
    {
        _blobs.Saving = path => path.EndsWith("0.runtime", StringComparison.Ordinal)
            ? Task.FromException(NoFile(path))
            : Task.CompletedTask;

        var outcome = await RunAsync(new HurriedTime());

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        var messages = _watcher.Events.OfType<RunEvent.Message>().Select(static message => message.Text).ToList();
        Assert.Equal(2, messages.Count(static text => text.StartsWith("The note on how the process of task '", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_note_that_the_disk_has_no_room_for_fails_the_run()
    {
        _blobs.Saving = static path => path.EndsWith("0.runtime", StringComparison.Ordinal)
            ? Task.FromException(new StorageException(ErrorCodes.DiskFull, "full", "why", "fix")) : Task.CompletedTask;

        var error = await Assert.ThrowsAsync<StorageException>(() => RunAsync(new HurriedTime()));

        Assert.Equal(ErrorCodes.DiskFull, error.Code);
    }

    [Fact]
    public async Task An_attempt_that_cannot_be_recorded_is_followed_by_no_other()
    {
        _blobs.Saving = path => path.EndsWith("0.attempt.json", StringComparison.Ordinal)
            && path.Contains("/start/", StringComparison.Ordinal)
            ? Task.FromException(NoFile(path)) : Task.CompletedTask;

        var outcome = await RunAsync(new HurriedTime(), dying: [0]);

        Assert.Equal(ErrorCodes.StorageWriteFailed, outcome.Error?.Code);
        Assert.Equal(0, Assert.Single(_watcher.Events.OfType<RunEvent.TaskStarting>()).Attempt);
    }

    private static StorageException NoFile(string path)
        => new(ErrorCodes.StorageWriteFailed, $"The file '{path}' could not be written.", "This process may open no further file.", "fix")
        {
            IsTransient = true,
        };

    private async Task<RunOutcome> RunAsync(TimeProvider time, params int[] dying)
    {
        var launcher = new DyingLauncher(
            new InProcessTaskLauncher(static () => new DyingFlow(), new RunStores(_blobs, _metadata), time),
            request => request.Task.Step == "start" && dying.Contains(request.Attempt));
        using var services = new RunServices(new RunStores(_blobs, _metadata), launcher, time);
        using var interruption = new RunInterruption();
        var settings = new MetaflowSettings
        {
            User = "tester",
            Datastore = new StoreAddress("memory", "memory"),
            Namespace = "user:tester",
        };
        return await new FlowEngine(static () => new DyingFlow(), Definition, settings).RunAsync(
            services, new RunRequest(), _watcher, interruption);
    }

    private sealed class DyingFlow : FlowSpec
    {
        public override string FlowName => nameof(DyingFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
            => step == "start" ? [new RetryAttribute { Times = 3, MinutesBetweenRetries = 0 }] : [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
            => new(step == "start" ? Transition.ToNames(["end"]) : null);
    }

    /// <summary>Starts processes of which some die before they have recorded anything.</summary>
    private sealed class DyingLauncher(ITaskLauncher launcher, Func<LaunchRequest, bool> dies) : ITaskLauncher
    {
        public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        {
            if (!dies(request))
            {
                return launcher.LaunchAsync(request, observer, cancellationToken);
            }

            observer.OnExit(new TaskExit(-9, WasKilled: false));
            return new(new DeadProcess());
        }

        public void Dispose()
        {
        }
    }

    private sealed class DeadProcess : ILaunchedTask
    {
        public LaunchHandle Handle => LaunchHandle.OfProcess(0, null);

        public ValueTask RequestStopAsync() => default;

        public ValueTask KillAsync() => default;

        public void AddLogLine(string text, bool isError)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Watcher : IRunObserver
    {
        public ConcurrentQueue<RunEvent> Events { get; } = new();

        public Action<RunEvent>? Seen { get; set; }

        public void OnEvent(RunEvent runEvent)
        {
            Events.Enqueue(runEvent);
            Seen?.Invoke(runEvent);
        }
    }

    /// <summary>A store in memory that a test delays, or lets fail.</summary>
    private sealed class WatchedStore : IBlobStore, IAppendableBlobStore
    {
        private readonly MemoryBlobStore _store = new();

        public Func<string, Task> Saving { get; set; } = static _ => Task.CompletedTask;

        public Func<string, Exception?> Opening { get; set; } = static _ => null;

        public string TypeName => _store.TypeName;

        public string Root => _store.Root;

        public bool Contains(string path) => _store.SizeAsync(path, CancellationToken.None).AsTask().GetAwaiter().GetResult() is not null;

        public async ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        {
            foreach (var write in writes)
            {
                await Saving(write.Path);
            }

            return await _store.SaveAsync(writes, overwrite, cancellationToken);
        }

        public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
            => _store.OpenAsync(path, cancellationToken);

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _store.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => _store.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _store.DeleteAsync(paths, cancellationToken);

        public Stream OpenAppend(string path) => Opening(path) is { } error ? throw error : _store.OpenAppend(path);
    }

    /// <summary>A clock whose every wait is over at once, and has taken its time.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _elapsed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _elapsed, Math.Max(0, dueTime.Ticks));
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
