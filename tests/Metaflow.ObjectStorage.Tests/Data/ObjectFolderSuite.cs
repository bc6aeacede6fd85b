using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Data;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>What every place for data of authors does.</summary>
public abstract class ObjectFolderSuite : IAsyncLifetime
{
    private static readonly string[] Tree = ["a/0.txt", "a/b/1.txt", "a/c/2.txt", "a/d/e/3.txt", "f/4.txt", "f4.txt"];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract string Root { get; }

    private ObjectFolder Folder { get; set; } = null!;

    public virtual ValueTask InitializeAsync()
    {
        Folder = Open(Root);
        return ValueTask.CompletedTask;
    }

    public virtual ValueTask DisposeAsync()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Text_bytes_streams_and_files_come_back_as_they_were_stored()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(file, bytes, Token);
        await using var once = new OnceOnlyStream(bytes);

        await Folder.PutAsync("text ü+ &.txt", "Grüße", cancellationToken: Token);
        await Folder.PutAsync("deep/er/bytes", bytes, cancellationToken: Token);
        await Folder.PutAsync("stream", ObjectContent.FromStream(once), cancellationToken: Token);
        await Folder.PutFilesAsync([("file", file)], cancellationToken: Token);
        await Folder.PutAsync("empty", "", cancellationToken: Token);
        File.Delete(file);

        var text = await Folder.GetAsync("text ü+ &.txt", cancellationToken: Token);
        Assert.Equal(("Grüße", $"{Root}/text ü+ &.txt", 7L), (text.ReadText(), text.Address, text.Size));
        var found = await Folder.GetManyAsync(["deep/er/bytes", "stream", "file", "stream"], cancellationToken: Token);
        Assert.All(found, data => Assert.Equal(bytes, data.ReadBytes()));
        Assert.Equal(["deep/er/bytes", "stream", "file", "stream"], found.Select(static data => data.Key));
        Assert.Empty((await Folder.GetAsync("empty", cancellationToken: Token)).ReadBytes());
        await using var read = await Folder.OpenReadAsync("stream", Token);
        Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(read, Token));
    }

    [Fact]
    public async Task A_type_and_metadata_stay_with_an_object()
    {
        var metadata = new Dictionary<string, string> { ["who"] = "Zoë \"the\" first", ["empty"] = "" };
        await Folder.PutAsync(
            new ObjectPut("table", "a,b") { ContentType = "text/csv", Metadata = metadata }, cancellationToken: Token);

        var info = await Folder.InfoAsync("table", cancellationToken: Token);
        Assert.Equal(("table", true, 3L, "text/csv"), (info.Key, info.Exists, info.Size, info.ContentType));
        Assert.Equal(metadata, info.Metadata);
        Assert.InRange(info.LastModified!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal(info, (await Folder.GetAsync("table", cancellationToken: Token)).Info with { Metadata = info.Metadata });

        await Folder.PutAsync("table", "other", cancellationToken: Token);
        Assert.Empty((await Folder.InfoAsync("table", cancellationToken: Token)).Metadata);
    }

    [Fact]
    public async Task An_object_that_exists_is_kept_or_replaced_as_the_call_says()
    {
        Assert.True((await Folder.PutAsync("once", "1", overwrite: false, cancellationToken: Token)).IsStored);
        var second = await Folder.PutManyAsync(
            [new("once", "2"), new("other", "2")], overwrite: false, cancellationToken: Token);

        Assert.Equal([new("once", $"{Root}/once", false), new("other", $"{Root}/other", true)], second);
        Assert.Equal("1", (await Folder.GetAsync("once", cancellationToken: Token)).ReadText());
        var content = new byte[400_000];
        Assert.False((await Folder.PutAsync("once", content, overwrite: false, cancellationToken: Token)).IsStored);
        Assert.True((await Folder.PutAsync("once", "3", cancellationToken: Token)).IsStored);
        Assert.Equal("3", (await Folder.GetAsync("once", cancellationToken: Token)).ReadText());
    }

    [Fact]
    public async Task Parts_of_objects_are_got()
    {
        await Folder.PutAsync("digits", "0123456789", cancellationToken: Token);
        var found = await Folder.GetPartsAsync(
            [new("digits", 2, 3), new("digits", 7), new("digits", 8, 100), new("digits", -4)], cancellationToken: Token);

        Assert.Equal(["234", "789", "89", "6789"], found.Select(static data => data.ReadText()));
        Assert.Equal([2, 7, 8, 6], found.Select(static data => data.Offset));
        Assert.All(found, static data => Assert.Equal(10, data.Info.Size));
        await using var read = await Folder.OpenReadAsync(new ObjectRange("digits", 3, 2), Token);
        Assert.Equal((int)'3', read.ReadByte());
        foreach (var wrong in (ObjectRange[])[new("digits", 10), new("digits", 3, 0)])
        {
            var error = await Assert.ThrowsAsync<StorageException>(() => Folder.GetAsync(wrong, cancellationToken: Token));
            Assert.Equal(ErrorCodes.ObjectRangeInvalid, error.Code);
        }
    }

    [Fact]
    public async Task An_object_that_is_missing_is_an_error_or_an_answer_as_the_call_says()
    {
        await Folder.PutAsync("here", "1", cancellationToken: Token);
        var error = await Assert.ThrowsAsync<StorageException>(() => Folder.GetManyAsync(["here", "gone"], cancellationToken: Token));
        Assert.Equal((ErrorCodes.ObjectMissing, true), (error.Code, error.What.Contains($"{Root}/gone", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<StorageException>(() => Folder.InfoAsync("gone", cancellationToken: Token));
        await Assert.ThrowsAsync<StorageException>(() => Folder.OpenReadAsync("gone", Token));

        var found = await Folder.GetManyAsync(["here", "gone"], returnMissing: true, cancellationToken: Token);
        Assert.Equal([true, false], found.Select(static data => data.Exists));
        Assert.Throws<StorageException>(() => found[1].ReadText());
        Assert.False((await Folder.InfoAsync("gone", returnMissing: true, cancellationToken: Token)).Exists);
    }

    [Fact]
    public async Task Folders_are_listed_by_level_or_whole()
    {
        await StoreTreeAsync();

        var level = await Folder.ListPathsAsync(["a", "f"], Token);
        Assert.Equal(["a/0.txt", "a/b/", "a/c/", "a/d/", "f/4.txt"], level.Select(static info => info.Key));
        Assert.Equal(["0.txt", "b", "c", "d", "4.txt"], level.Select(static info => info.Suffix));
        Assert.Equal([true, false, false, false, true], level.Select(static info => info.Exists));
        Assert.Equal($"{Root}/a/b/", level[1].Address);
        var all = await Folder.ListRecursiveAsync(cancellationToken: Token);
        Assert.Equal(Tree, all.Select(static info => info.Key));
        Assert.All(all, static info => Assert.Equal(info.Key.Length, info.Size));
        Assert.Empty(await Folder.ListRecursiveAsync(["nothing"], Token));
        Assert.Equal(
            ["a/0.txt", "a/b/", "a/c/", "a/d/", "f/4.txt"],
            (await Folder.ListPathsAsync(["/a/", "f/"], Token)).Select(static info => info.Key));
    }

    [Fact]
    public async Task Folders_are_got_whole()
    {
        await StoreTreeAsync();

        var below = await Folder.GetRecursiveAsync(["f", "a/b"], cancellationToken: Token);
        Assert.Equal(["f/4.txt", "a/b/1.txt"], below.Select(static data => data.ReadText()));
        Assert.Equal(["4.txt", "1.txt"], below.Select(static data => data.Info.Suffix));
        Assert.Equal(Tree, (await Folder.GetAllAsync(cancellationToken: Token)).Select(static data => data.ReadText()));
    }

    [Fact]
    public async Task Objects_are_deleted_and_those_that_are_missing_do_not_matter()
    {
        await StoreTreeAsync();
        await Folder.DeleteAsync(["a/0.txt", "gone", "no/such/folder"], Token);
        Assert.Equal(Tree[1..], (await Folder.ListRecursiveAsync(cancellationToken: Token)).Select(static info => info.Key));
    }

    [Fact]
    public async Task Downloads_are_removed_with_the_folder()
    {
        await Folder.PutAsync("x", "1", cancellationToken: Token);
        string path;
        using (var other = Open(Root))
        {
            path = (await other.GetAsync("x", cancellationToken: Token)).Path;
            Assert.True(File.Exists(path));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task Full_addresses_are_keys_where_no_folder_is_opened()
    {
        using var all = Open(null);
        await all.PutAsync($"{Root}/x/y", "1", cancellationToken: Token);

        var data = await all.GetAsync($"{Root}/x/y", cancellationToken: Token);
        Assert.Equal((data.Address, "1"), (data.Key, data.ReadText()));
        Assert.Equal([$"{Root}/x/y"], (await all.ListRecursiveAsync([Root], Token)).Select(static info => info.Key));
        foreach (var (folder, key) in ((ObjectFolder, string)[])[(all, "x"), (Folder, Root + "/x"), (Folder, "a/../b"), (Folder, "a/")])
        {
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => folder.PutAsync(key, "1", cancellationToken: Token));
            Assert.Equal(ErrorCodes.ObjectAddressInvalid, error.Code);
        }
    }

    [Fact]
    public async Task The_progress_of_a_call_is_reported()
    {
        var reports = new List<DataProgress>();
        await Folder.PutManyAsync(
            Tree.Select(static key => new ObjectPut(key, key)), progress: new Reports(reports), cancellationToken: Token);
        Assert.Equal(new DataProgress(Tree.Length, Tree.Length, Tree.Sum(static key => key.Length)), reports[^1]);

        reports.Clear();
        await Folder.GetAllAsync(new Reports(reports), Token);
        Assert.Equal(new DataProgress(Tree.Length, Tree.Length, Tree.Sum(static key => key.Length)), reports[^1]);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Folder.PutAsync("x", "1", cancellationToken: source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Folder.GetAsync("x", cancellationToken: source.Token));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named()
    {
        var error = await Assert.ThrowsAsync<StorageException>(
            () => Folder.PutFilesAsync([("x", "/no/such/file")], cancellationToken: Token));
        Assert.Equal(ErrorCodes.StorageReadFailed, error.Code);
        Assert.Contains("/no/such/file", error.Message, StringComparison.Ordinal);
    }

    protected abstract ObjectFolder Open(string? root);

    private async Task StoreTreeAsync()
        => await Folder.PutManyAsync(Tree.Select(static key => new ObjectPut(key, key)), cancellationToken: Token);

    private sealed class Reports(List<DataProgress> reports) : IProgress<DataProgress>
    {
        public void Report(DataProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
                reports.Sort(static (one, other) => one.Objects.CompareTo(other.Objects));
            }
        }
    }

    private sealed class OnceOnlyStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
