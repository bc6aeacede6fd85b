using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Runs;

public sealed class RunLivenessTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-liveness-").FullName;
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);

    private RunFolder Folder => RunFolder.Of(new LocalBlobStore(_root), "F", "1");

    private RunSigns Signs
        => RunHomes.Of(new LocalBlobStore(_root), _time).SignsAsync("F", "1", CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_run_is_running_while_its_lock_is_held_and_dead_when_it_is_not()
    {
        using (await RunLock.TryTakeAsync(Folder, _time))
        {
            Assert.Equal(RunState.Running, Judge(Recorded("elsewhere", 1)));
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(RunState.Running, Judge(Recorded(Environment.MachineName, 1)));
        }

        Assert.Equal(RunState.Dead, Judge(Recorded(Environment.MachineName, int.MaxValue)));
    }

    [Fact]
    public async Task A_run_of_another_machine_is_running_until_its_last_sign_of_life_is_old()
    {
        (await RunLock.TryTakeAsync(Folder, _time))!.Dispose();
        Assert.Equal(RunState.Running, Judge(Recorded("elsewhere", 1)));
        _time.Advance(TimeSpan.FromSeconds(31));
        var status = RunLiveness.Judge(Recorded("elsewhere", 1), Signs, _time)!;
        Assert.Equal(RunState.Dead, status.State);
        Assert.Equal(Folder.LastSeen(), status.At);
        Assert.Contains("elsewhere", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_locks_a_living_process_with_signs_of_life_is_running()
    {
        (await RunLock.TryTakeAsync(Folder, _time))!.Dispose();
        var recorded = Recorded(
            Environment.MachineName, Environment.ProcessId) with
        {
            ProcessMark = ProcessMark.Of(Environment.ProcessId),
        };
        Assert.Equal(RunState.Running, Judge(recorded));
        Assert.Equal(RunState.Dead, Judge(recorded with { ProcessMark = "another/1" }));
    }

    [Fact]
    public async Task A_run_without_a_record_is_pending_while_its_lock_is_held()
    {
        Assert.Null(RunLiveness.Judge(null, Signs, _time));
        using (await RunLock.TryTakeAsync(Folder, _time))
        {
            Assert.Equal(RunState.Pending, Judge(null));
        }

        Assert.Equal(RunState.Dead, Judge(null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_its_lock_a_run_lives_as_long_as_its_process_on_this_machine(bool hasFolder)
    {
        if (hasFolder)
        {
            Directory.CreateDirectory(Folder.Lock);
        }

        var recorded = Recorded(
            Environment.MachineName, Environment.ProcessId) with
        {
            ProcessMark = ProcessMark.Of(Environment.ProcessId),
        };
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunState.Running, Judge(recorded));
        Assert.Equal(RunState.Dead, Judge(recorded with { ProcessMark = "another/1" }));
        Assert.Equal(RunState.Running, Judge(recorded with { ProcessMark = "another/1", Host = "elsewhere" }));
    }

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Cancelled)]
    public async Task A_recorded_end_counts_whoever_holds_the_lock(RunState state)
    {
        using var held = await RunLock.TryTakeAsync(Folder, _time);
        Assert.Equal(state, Judge(Recorded("elsewhere", 1) with { State = state }));
    }

    [Fact]
    public async Task The_lock_is_taken_once_and_looking_at_it_does_not_take_it()
    {
        var first = await RunLock.TryTakeAsync(Folder, TimeProvider.System);
        Assert.Null(await RunLock.TryTakeAsync(Folder, TimeProvider.System));
        first!.Dispose();
        for (var i = 0; i < 100; i++)
        {
            _ = Folder.IsLocked();
        }

        using var second = await RunLock.TryTakeAsync(Folder, TimeProvider.System);
        Assert.NotNull(second);
    }

    [Theory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.Read)]
    public void A_lock_by_the_sharing_of_dotnet_alone_excludes_these_locks_and_the_reverse(FileShare share)
    {
        var path = Path.Combine(_root, "lock");
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share))
        {
            Assert.False(FolderLock.TryAcquire(path, out _));
            Assert.Equal(share == FileShare.None, FolderLock.IsHeld(path));
        }

        Assert.True(FolderLock.TryAcquire(path, out var held));
        using (held)
        {
            Assert.True(FolderLock.IsHeld(path));
            Assert.False(FolderLock.TryAcquire(path, out _));
            Assert.Null(FolderLock.AcquireShared(path, TimeSpan.FromMilliseconds(1)));
            Assert.Throws<IOException>(() => new FileStream(path, FileMode.Open, FileAccess.Read, share));
        }

        using var one = FolderLock.AcquireShared(path, TimeSpan.FromSeconds(1));
        using var other = FolderLock.AcquireShared(path, TimeSpan.FromSeconds(1));
        Assert.NotNull(other);
        Assert.False(FolderLock.IsHeld(path));
        Assert.False(FolderLock.TryAcquire(path, out _));
    }

    [Fact]
    public async Task Signs_of_life_come_every_few_seconds_and_never_fail()
    {
        using var held = await RunLock.TryTakeAsync(Folder, _time);
        var first = Folder.LastSeen();
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(Folder.LastSeen() > first);
        Directory.Delete(_root, recursive: true);
        _time.Advance(TimeSpan.FromSeconds(6));
        Directory.CreateDirectory(_root);
    }

    private RunState? Judge(RunStatus? recorded) => RunLiveness.Judge(recorded, Signs, _time)?.State;

    private RunStatus Recorded(string host, int processId) => new(RunState.Running, processId, host, _time.GetUtcNow());
}
