using System.Diagnostics;
using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Tests.Scheduling;

/// <summary>What becomes of processes that outlived their scheduler. Real ones: only the clock hurries.</summary>
public sealed class TaskRecoveryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-recovery-").FullName;
    private readonly Process _orphan = Process.Start("sleep", "60");
    private readonly HurriedTime _time = new();

    [Fact]
    public async Task A_process_that_outlived_its_scheduler_is_ended()
    {
        await Recovery().EndProcessesAsync(Orphans(ProcessMark.Of(_orphan.Id)));

        Assert.True(_orphan.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.NotEqual(0, _orphan.ExitCode);
    }

    [Fact]
    public async Task Another_process_that_has_the_id_by_now_is_left_alone()
    {
        await Recovery().EndProcessesAsync(Orphans("the mark of one that is gone"));

        Assert.False(_orphan.HasExited);
    }

    [Fact]
    public async Task A_run_whose_process_does_not_end_is_not_continued()
    {
        var kills = 0;
        var recovery = Recovery(_ => kills++);

        var error = await Assert.ThrowsAsync<LaunchException>(() => recovery.EndProcessesAsync(Orphans(ProcessMark.Of(_orphan.Id))));

        Assert.Equal(ErrorCodes.OrphanNotEnded, error.Code);
        Assert.Contains($"Process {_orphan.Id} still runs its task '12' and could not be ended in 10 seconds.", error.Message, StringComparison.Ordinal);
        Assert.Equal("Flow/1", error.Pathspec);
        Assert.True(kills > 1, "it was tried once only");
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
    }

    public void Dispose()
    {
        _orphan.Kill();
        _orphan.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private Dictionary<string, LaunchedProcess> Orphans(string? mark) => new(StringComparer.Ordinal) { ["12"] = new LaunchedProcess(0, _orphan.Id, mark) };

    private TaskRecovery Recovery(Action<int>? kill = null)
    {
        var graph = new FlowGraph("Flow", [new StepNode { Name = "start", ReturnsNothing = true }]);
        var settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_root) };
        var datastore = new FlowDatastore(new LocalBlobStore(_root), "Flow", _time);
        var context = new RunContext(new NoFlow(), new FlowDefinition { FlowName = "Flow", Graph = graph }, settings, new RunRequest(), datastore)
        {
            Metadata = new LocalMetadataProvider(_root, _time),
            Launcher = new NoLauncher(),
            Time = _time,
            Observer = new NoObserver(),
        };
        var run = new RunRecord("Flow", "1", "ada", [], [], _time.GetUtcNow());
        return kill is null ? new TaskRecovery(context, run) : new TaskRecovery(context, run) { Kill = kill };
    }

    /// <summary>A clock whose every wait is over at once, and has taken its time.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public TimeSpan Elapsed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Elapsed += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class NoFlow : FlowSpec;

    private sealed class NoLauncher : ITaskLauncher
    {
        public void Expect(int tasks)
        {
        }

        public ITaskProcess Launch(LaunchRequest request, ITaskProcessObserver observer) => throw new InvalidOperationException("nothing is launched here");
    }

    private sealed class NoObserver : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
