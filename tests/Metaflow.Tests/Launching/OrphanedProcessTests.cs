using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Running;

namespace Metaflow.Tests.Launching;

/// <summary>What becomes of processes that outlived their scheduler. Real ones: only the clock hurries.</summary>
public sealed class OrphanedProcessTests : IDisposable
{
    private readonly Process _orphan = Process.Start("sleep", "60");
    private readonly HurriedTime _time = new();

    [Fact]
    public async Task A_process_that_outlived_its_scheduler_is_ended()
    {
        await Orphan(ProcessMark.Of(_orphan.Id)).EndAsync(_time, TestContext.Current.CancellationToken);

        Assert.True(_orphan.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.NotEqual(0, _orphan.ExitCode);
    }

    [Fact]
    public async Task Another_process_that_has_the_id_by_now_is_left_alone()
    {
        await Orphan("the mark of one that is gone").EndAsync(_time, TestContext.Current.CancellationToken);

        Assert.False(_orphan.HasExited);
    }

    [Fact]
    public async Task A_run_whose_process_does_not_end_is_not_continued()
    {
        var kills = 0;
        var request = new AttachRequest(new TaskPath("Flow", "1", "start", "12"), 0, LaunchHandle.OfProcess(_orphan.Id, null), 1);
        var orphan = new OrphanedProcess(request, _orphan.Id, ProcessMark.Of(_orphan.Id)) { Kill = _ => kills++ };

        var error = await Assert.ThrowsAsync<LaunchException>(() => orphan.EndAsync(_time, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.OrphanNotEnded, error.Code);
        Assert.Contains(
            $"Process {_orphan.Id} still runs its task '12'. Metaflow killed it, but it has not ended for 10 seconds.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal("Flow/1", error.Pathspec);
        Assert.True(kills > 1, "it was tried once only");
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
    }

    public void Dispose()
    {
        _orphan.Kill();
        _orphan.Dispose();
    }

    private OrphanedProcess Orphan(string? mark)
        => OrphanedProcess.Of(new AttachRequest(new TaskPath("Flow", "1", "start", "12"), 0, LaunchHandle.OfProcess(_orphan.Id, mark), 1));

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
}
