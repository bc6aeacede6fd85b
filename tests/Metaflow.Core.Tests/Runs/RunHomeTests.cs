using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Runs;

/// <summary>What the homes of runs promise, those of files and those of objects.</summary>
public sealed class RunHomeTests : IDisposable
{
    private const string Flow = "F";
    private const string Run = "1";

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryBlobStore _objects = new();
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_held_by_one_until_it_is_given_back(bool isFar)
    {
        var home = Home(isFar);
        Assert.Null((await home.SignsAsync(Flow, Run, Token)).LastSeen);
        var first = await home.TryTakeAsync(Flow, Run, Token);
        Assert.NotNull(first);
        Assert.Null(await home.TryTakeAsync(Flow, Run, Token));
        Assert.NotNull((await home.SignsAsync(Flow, Run, Token)).LastSeen);
        await first.DisposeAsync();
        await using var second = await home.TryTakeAsync(Flow, Run, Token);
        Assert.NotNull(second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_many_who_take_a_run_at_once_one_has_it(bool isFar)
    {
        var home = Home(isFar);
        var leases = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(async () => await home.TryTakeAsync(Flow, Run, Token), Token)));
        await Assert.Single(leases, static lease => lease is not null)!.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_is_read_as_it_was_written_by_one_session_after_the_other(bool isFar)
    {
        var home = Home(isFar);
        Assert.False(await home.HasJournalAsync(Flow, Run, Token));
        Assert.Null(await home.ReadJournalAsync(Flow, Run, Token));
        Assert.Null(await home.ReadLastAsync(Flow, Run, Token));
        await using (var lease = (await home.TryTakeAsync(Flow, Run, Token))!)
        {
            await using var journal = await lease.BeginJournalAsync("one"u8.ToArray(), Token);
            await journal.AppendAsync("two"u8.ToArray(), isDurable: true, Token);
            await journal.AppendAsync("three"u8.ToArray(), isDurable: false, Token);
            Assert.Equal("three", Text(await home.ReadLastAsync(Flow, Run, Token)));
        }

        await using (var lease = (await home.TryTakeAsync(Flow, Run, Token))!)
        {
            // Nothing is appended yet: the last record is still the one of the session before.
            await using var journal = await lease.OpenJournalAsync(Token);
            Assert.Equal("three", Text(await home.ReadLastAsync(Flow, Run, Token)));
            await journal.AppendAsync("four"u8.ToArray(), isDurable: true, Token);
        }

        Assert.True(await home.HasJournalAsync(Flow, Run, Token));
        Assert.Equal(["one", "two", "three", "four"], await RecordsAsync(home));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_that_is_begun_again_has_the_new_records_alone(bool isFar)
    {
        var home = Home(isFar);
        await using var lease = (await home.TryTakeAsync(Flow, Run, Token))!;
        await using (var journal = await lease.BeginJournalAsync("old"u8.ToArray(), Token))
        {
            await journal.AppendAsync("older"u8.ToArray(), isDurable: true, Token);
        }

        await using (var journal = await lease.BeginJournalAsync("new"u8.ToArray(), Token))
        {
            await journal.AppendAsync("newer"u8.ToArray(), isDurable: true, Token);
        }

        Assert.Equal(["new", "newer"], await RecordsAsync(home));
    }

    [Fact]
    public async Task A_holder_that_is_silent_loses_the_run_and_can_write_no_more_MF5025()
    {
        // Its clock stands still, and with it its signs of life.
        var silent = (await RunHomes.Of(_objects, new ManualTimeProvider(_time.GetUtcNow())).TryTakeAsync(Flow, Run, Token))!;
        var journal = await silent.BeginJournalAsync("one"u8.ToArray(), Token);
        var home = Home(isFar: true);
        _time.Advance(RunLiveness.Silence / 2);
        Assert.Null(await home.TryTakeAsync(Flow, Run, Token));
        _time.Advance(RunLiveness.Silence);

        await using var next = (await home.TryTakeAsync(Flow, Run, Token))!;
        var error = await Assert.ThrowsAsync<MetadataException>(async () => await journal.AppendAsync(
            "two"u8.ToArray(), isDurable: true, Token));
        Assert.Equal(ErrorCodes.RunLost, error.Code);
        await using var followed = await next.OpenJournalAsync(Token);
        await followed.AppendAsync("three"u8.ToArray(), isDurable: true, Token);
        Assert.Equal(["one", "three"], await RecordsAsync(home));
    }

    [Fact]
    public async Task A_holder_whose_process_on_this_machine_is_dead_loses_the_run_at_once()
    {
        var dead = new LeaseRecord("dead", Environment.MachineName, int.MaxValue, "other/1", _time.GetUtcNow(), IsReleased: false);
        await _objects.SaveAsync([new BlobWrite("F/1/_meta/lease/0000000001", dead.ToJson())], overwrite: true, Token);
        await using var lease = await Home(isFar: true).TryTakeAsync(Flow, Run, Token);
        Assert.NotNull(lease);
    }

    [Theory]
    [InlineData("F/1/_meta/journal/0000000002", "nothing of a journal")]
    [InlineData("F/1/_meta/journal/0000000002", "")]
    [InlineData("F/1/_meta/journal/0000000004", "00000000 far ahead\n")]
    public async Task A_damaged_journal_of_objects_is_told_MF5020(string path, string content)
    {
        var home = Home(isFar: true);
        await using (var lease = (await home.TryTakeAsync(Flow, Run, Token))!)
        {
            await using var journal = await lease.BeginJournalAsync("one"u8.ToArray(), Token);
            await journal.AppendAsync("two"u8.ToArray(), isDurable: true, Token);
        }

        await _objects.SaveAsync([new BlobWrite(path, Encoding.UTF8.GetBytes(content))], overwrite: true, Token);
        Assert.Equal(
            ErrorCodes.JournalDamaged,
            (await Assert.ThrowsAsync<MetadataException>(async () => await home.ReadJournalAsync(Flow, Run, Token))).Code);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"owner": 1}""")]
    public async Task A_damaged_lease_holds_nothing(string content)
    {
        await _objects.SaveAsync([new BlobWrite("F/1/_meta/lease/0000000001", Encoding.UTF8.GetBytes(content))], overwrite: true, Token);
        await using var lease = await Home(isFar: true).TryTakeAsync(Flow, Run, Token);
        Assert.NotNull(lease);
    }

    private static string? Text(ReadOnlyMemory<byte>? record) => record is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static async Task<IEnumerable<string?>> RecordsAsync(IRunHome home)
        => (await home.ReadJournalAsync(Flow, Run, Token))!.Select(static record => Text(record));

    private IRunHome Home(bool isFar)
        => isFar ? RunHomes.Of(_objects, _time) : RunHomes.Of(new LocalBlobStore(_folder.Root), TimeProvider.System);
}
