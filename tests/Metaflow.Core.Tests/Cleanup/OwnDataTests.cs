using System.Text;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Cleanup;

/// <summary>Collects runs whose steps stored data under names of their own, in a folder and in a store of objects.</summary>
public sealed class OwnDataTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryBlobStore _memory = new();
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_own_data_of_a_removed_run_is_named_and_goes_with_it(bool isFolder)
    {
        var stores = Stores(isFolder);
        var old = await WriteAsync(stores);
        var latest = await WriteAsync(stores);
        await SaveAsync(stores, $"data/{Flow}/shared.csv");

        var planned = await CollectAsync(stores, deletes: false);
        Assert.Equal((old, 2, 8L), (Only(planned).RunId, Only(planned).OwnObjects, Only(planned).OwnBytes));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{old}/note.txt", Token));

        var done = await CollectAsync(stores, deletes: true);
        Assert.Equal(planned.Bytes, done.Bytes);
        Assert.Empty(await stores.Blobs.ListAsync($"data/{Flow}/{old}", Token));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{latest}/note.txt", Token));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/shared.csv", Token));
        Assert.DoesNotContain(done.Notes, static note => note.Contains("own data", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_resumed_run_may_need_stays_until_it_is_removed_too(bool isFolder)
    {
        var stores = Stores(isFolder);
        var first = await WriteAsync(stores);
        var second = await WriteAsync(stores, origin: first);
        await WriteAsync(stores, origin: second, field: "cache-origin-run-id");

        var report = await CollectAsync(stores, deletes: true);
        Assert.Equal([second, first], report.Runs.Select(static run => run.RunId));
        Assert.All(report.Runs, static run => Assert.Equal(0, run.OwnObjects));
        Assert.Contains(report.Notes, note => note.Contains($"'{first}', '{second}'", StringComparison.Ordinal));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{first}/note.txt", Token));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{second}/note.txt", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_resumed_run_needed_goes_with_the_last_such_run(bool isFolder)
    {
        var stores = Stores(isFolder);
        var first = await WriteAsync(stores);
        var second = await WriteAsync(stores, origin: first);
        await CollectAsync(stores, deletes: true);
        var latest = await WriteAsync(stores);
        Assert.Contains(
            (await CollectAsync(stores, deletes: false, keepLast: 2)).Notes,
            note => note.Contains($"'{first}'", StringComparison.Ordinal));

        foreach (var deletes in (bool[])[false, true])
        {
            var report = await CollectAsync(stores, deletes);
            Assert.Equal(second, Only(report).RunId);
            Assert.Equal([new LeftData(first, 2, 8)], report.LeftData);
        }

        Assert.Empty(await stores.Blobs.ListAsync($"data/{Flow}/{first}", Token));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{latest}/note.txt", Token));
        Assert.Empty((await CollectAsync(stores, deletes: true)).LeftData);
        Assert.Empty(await stores.Blobs.ListAsync($"{Flow}/_meta/removed", Token));
        Assert.True(!isFolder || Directory.GetDirectories(Path.Combine(_folder.Root, Flow), ".removed*").Length == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_left_of_a_run_stays_while_a_copy_brings_it_back(bool isFolder)
    {
        var stores = Stores(isFolder);
        var first = await WriteAsync(stores);
        await WriteAsync(stores, origin: first);
        await CollectAsync(stores, deletes: true);
        await SaveAsync(stores, $"{Flow}/{first}/start/1/0.task_stdout.log");
        await WriteAsync(stores);
        Assert.Empty((await CollectAsync(stores, deletes: false)).LeftData);
        await CollectAsync(stores, deletes: true);
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{first}/note.txt", Token));
        Assert.NotNull(await stores.Blobs.ReadAsync($"{Flow}/{first}/start/1/0.task_stdout.log", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_of_a_run_that_this_store_never_had_stays(bool isFolder)
    {
        var stores = Stores(isFolder);
        await WriteAsync(stores);
        await SaveAsync(stores, $"data/{Flow}/1795299563529680/note.txt");
        Assert.Empty((await CollectAsync(stores, deletes: true)).LeftData);
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/1795299563529680/note.txt", Token));
    }

    [Fact]
    public async Task Objects_with_odd_names_go_with_their_run_or_are_named()
    {
        var stores = Stores(isFolder: false);
        var old = await WriteAsync(stores);
        await WriteAsync(stores);
        string[] gone = ["a//b.txt", "x/", "_meta/y"];
        string[] staying = ["c/../d", "c/./d"];
        foreach (var name in (string[])[.. gone, .. staying])
        {
            await SaveAsync(stores, $"data/{Flow}/{old}/{name}");
        }

        foreach (var deletes in (bool[])[false, true])
        {
            var report = await CollectAsync(stores, deletes);
            Assert.Equal(2 + gone.Length, Only(report).OwnObjects);
            Assert.Contains(report.Notes, note => staying.All(
                name => note.Contains($"'data/{Flow}/{old}/{name}'", StringComparison.Ordinal)));
        }

        Assert.Equal(
            staying.Select(name => $"data/{Flow}/{old}/{name}"), await _memory.ListAllAsync($"data/{Flow}/{old}", Token));
    }

    [Fact]
    public async Task Where_a_run_between_two_is_gone_nothing_is_deleted()
    {
        var stores = Stores(isFolder: true);
        var first = await WriteAsync(stores);
        await WriteAsync(stores, origin: "17");
        Assert.Contains((await CollectAsync(stores, deletes: true)).Notes, note => note.Contains($"'{first}'", StringComparison.Ordinal));
        Assert.NotNull(await stores.Blobs.ReadAsync($"data/{Flow}/{first}/note.txt", Token));
    }

    [Fact]
    public async Task A_removal_that_was_cut_off_is_finished_with_its_own_data_but_not_that_of_a_new_run_of_this_id()
    {
        var stores = Stores(isFolder: true);
        var kept = await WriteAsync(stores);
        await SaveAsync(stores, $"data/{Flow}/gone/note.txt");
        foreach (var id in (string[])["gone", kept])
        {
            Directory.CreateDirectory(Path.Combine(_folder.Root, Flow, StoredFiles.NameOfRemoved(id)));
        }

        await CollectAsync(stores, deletes: true);
        Assert.False(Directory.Exists(Path.Combine(_folder.Root, "data", Flow, "gone")));
        Assert.True(File.Exists(Path.Combine(_folder.Root, "data", Flow, kept, "note.txt")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder.Root, Flow), ".*"));
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_folder_stays_with_what_it_leads_to()
    {
        var stores = Stores(isFolder: true);
        var old = await WriteAsync(stores);
        await WriteAsync(stores);
        var folder = Path.Combine(_folder.Root, "data", Flow, old);
        var target = Path.Combine(_folder.Path, "mine");
        Directory.Move(folder, target);
        Directory.CreateSymbolicLink(folder, target);
        Assert.Equal(0, Only(await CollectAsync(stores, deletes: true)).OwnObjects);
        Assert.True(File.Exists(Path.Combine(target, "note.txt")));
    }

    [Fact]
    public async Task An_object_of_a_folder_counts_once_with_the_file_that_has_its_type()
    {
        var stores = Stores(isFolder: true);
        var old = await WriteAsync(stores);
        await SaveAsync(stores, BlobProperties.CompanionOf($"data/{Flow}/{old}/note.txt"));
        await WriteAsync(stores);
        var run = Only(await CollectAsync(stores, deletes: false));
        Assert.Equal((2, 12L), (run.OwnObjects, run.OwnBytes));
    }

    [Fact]
    public async Task The_own_data_of_a_run_that_stays_is_not_said_to_be_foreign()
    {
        var stores = Stores(isFolder: true);
        await WriteAsync(stores);
        Assert.DoesNotContain(
            (await CollectAsync(stores, deletes: false)).Notes, static note => note.Contains("do not belong", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("METAFLOW_DATATOOLS_SUFFIX", "files", "files")]
    [InlineData("METAFLOW_DATATOOLS_LOCALROOT", "{root}/things/mine/", "things/mine")]
    [InlineData("METAFLOW_DATATOOLS_LOCALROOT", "{root}/../other", null)]
    public async Task Data_are_deleted_where_the_settings_put_them_within_the_datastore_and_named_elsewhere(
        string setting, string value, string? within)
    {
        var stores = Stores(isFolder: true);
        var old = await WriteAsync(stores);
        await WriteAsync(stores);
        var text = value.Replace("{root}", _folder.Root, StringComparison.Ordinal);
        var folder = Path.GetFullPath(Path.Combine(_folder.Root, within ?? text, Flow, old));
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "x"), "1", Token);
        _time.Advance(TimeSpan.FromDays(40));
        var report = await new GarbageCollector(
            new MetaflowSettings
            {
                User = "ada",
                Datastore = StoreAddress.Local(_folder.Root),
                Environment = new Dictionary<string, string> { [setting] = text },
            },
            _time).CollectAsync(Request(deletes: true), Token);
        Assert.Equal(within is null, Directory.Exists(folder));
        Assert.Equal(within is null, report.Notes.Any(note => note.Contains($"'{text}/{Flow}'", StringComparison.Ordinal)));
    }

    private static CollectedRun Only(CollectionReport report) => Assert.Single(report.Runs);

    private static CollectionRequest Request(bool deletes, int keepLast = 0)
        => new() { Flow = Flow, OlderThan = TimeSpan.FromDays(30), KeepLast = keepLast, Deletes = deletes };

    private Task<CollectionReport> CollectAsync(RunStores stores, bool deletes, int keepLast = 0)
    {
        _time.Advance(TimeSpan.FromDays(40));
        return new GarbageCollector(new MetaflowClient(stores.Metadata, stores.Blobs), stores.Blobs, _time)
            .CollectAsync(Request(deletes, keepLast), Token);
    }

    private RunStores Stores(bool isFolder) => isFolder
        ? new RunStores(new LocalBlobStore(_folder.Root), new LocalMetadataProvider(_folder.Root, TimeProvider.System))
        : new RunStores(_memory, new StoreMetadataProvider(_memory, TimeProvider.System));

    /// <summary>Writes a run, which is the latest then and so stays, with two objects of its own.</summary>
    private static async Task<string> WriteAsync(RunStores stores, string? origin = null, string field = "origin-run-id")
    {
        var run = (await new SampleRun(stores).WriteAsync(1)).Run;
        if (origin is not null)
        {
            await stores.Metadata.RecordAsync(
                run, new TaskPath(Flow, run.RunId, "start", "1"), [new MetadataDatum(field, field, origin, [])], [], Token);
        }

        await SaveAsync(stores, $"data/{Flow}/{run.RunId}/note.txt");
        await SaveAsync(stores, $"data/{Flow}/{run.RunId}/tables/a.csv");
        await stores.Blobs.SaveAsync([new BlobWrite($"{Flow}/latest_run", Encoding.UTF8.GetBytes(run.RunId))], overwrite: true, Token);
        return run.RunId;
    }

    private static async Task SaveAsync(RunStores stores, string path)
        => await stores.Blobs.SaveAsync([new BlobWrite(path, "data"u8.ToArray())], overwrite: true, Token);
}
