using Metaflow.Cleanup;
using Metaflow.Core.Tests.Client;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Cleanup;

/// <summary>What lies in or is linked from a store, and is not the store's, outlives every collection.</summary>
public sealed class ForeignFileTests : IDisposable
{
    private const string Flow = "SampleFlow";
    private const string Key = "aa00000000000000000000000000000000000000";

    private readonly string _base = Directory.CreateTempSubdirectory("metaflow-foreign-").FullName;

    private string Root => Path.Combine(_base, ".metaflow");

    private string Elsewhere => Path.Combine(_base, "elsewhere");

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("SampleFlow/data/zz")]
    [InlineData("SampleFlow/data/aa")]
    [InlineData("SampleFlow/data/.aa.tmp")]
    [InlineData("SampleFlow/data/aa/deeper")]
    [InlineData("SampleFlow/data/aa/" + Key)]
    [InlineData("data/SampleFlow/deeper")]
    [InlineData("data/SampleFlow/" + Key)]
    [InlineData("data/SampleFlow")]
    [InlineData("SampleFlow/.removed-7-0123456789abcdef0123456789abcdef.tmp")]
    public async Task A_link_to_a_folder_is_not_followed(string link)
    {
        await WriteAsync();
        Fill(Elsewhere);
        Link(link);
        await AssertStaysAsync(link);
    }

    [Theory]
    [InlineData("SampleFlow/data")]
    [InlineData("data")]
    [InlineData("SampleFlow")]
    public async Task A_folder_that_was_moved_away_and_linked_is_left_alone(string link)
    {
        await WriteAsync();
        Directory.CreateDirectory(Path.Combine(Root, "data", Flow));
        Directory.Move(Path.Combine(Root, link), Elsewhere);
        Fill(Path.Combine(Elsewhere, "aa"));
        Fill(Path.Combine(Elsewhere, Flow));
        Link(link);
        await AssertStaysAsync(link);
    }

    [Theory]
    [InlineData("SampleFlow/data/aa/" + Key)]
    [InlineData("SampleFlow/data/aa/" + Key + "_meta")]
    [InlineData("data/SampleFlow/" + Key)]
    public async Task A_link_to_a_file_is_not_followed(string link)
    {
        await WriteAsync();
        Fill(Elsewhere);
        var path = Path.Combine(Root, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, Path.Combine(Elsewhere, Key));
        await CollectAsync();
        Assert.True(File.Exists(path), "the link is gone");
        Assert.Equal(8, Directory.GetFiles(Elsewhere).Length);
    }

    [Theory]
    [InlineData("SampleFlow/data/notes.txt")]
    [InlineData("SampleFlow/data/" + Key)]
    [InlineData("SampleFlow/data/aa/notes.txt")]
    [InlineData("SampleFlow/data/aa/AA00000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/aa/bb00000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/aa/aa0000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/aa/aa000000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/aa/aa0000000000000000000000000000000000000g")]
    [InlineData("SampleFlow/data/aa/.notes.tmp")]
    [InlineData("SampleFlow/data/aa/x_meta")]
    [InlineData("SampleFlow/data/aa/bb/aa00000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/AA/AA00000000000000000000000000000000000000")]
    [InlineData("SampleFlow/data/aab/aab0000000000000000000000000000000000000")]
    [InlineData("SampleFlow/.removed-of mine.tmp/notes.txt")]
    [InlineData("data/SampleFlow/notes.txt")]
    [InlineData("data/SampleFlow/aa/aa00000000000000000000000000000000000000")]
    [InlineData("data/OtherFlow/aa00000000000000000000000000000000000000")]
    public async Task A_file_that_is_no_blob_by_its_name_and_place_stays(string path)
    {
        await WriteAsync();
        Write(Path.Combine(Root, path));
        var report = await CollectAsync();
        Assert.True(File.Exists(Path.Combine(Root, path)), $"{path} is gone");
        if (!path.Contains(".removed", StringComparison.Ordinal) && !path.Contains("OtherFlow", StringComparison.Ordinal))
        {
            Assert.Contains(report.Notes, static note => note.Contains("are not followed: 1, such as", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("SampleFlow/data/aa/" + Key)]
    [InlineData("SampleFlow/data/aa/.0123456789abcdef0123456789abcdef.tmp")]
    [InlineData("data/SampleFlow/" + Key)]
    [InlineData("data/SampleFlow/.0123456789abcdef0123456789abcdef.tmp")]
    public async Task What_is_a_blob_or_was_to_become_one_goes(string path)
    {
        await WriteAsync();
        Write(Path.Combine(Root, path));
        var report = await CollectAsync();
        Assert.False(File.Exists(Path.Combine(Root, path)), $"{path} is there");
        Assert.DoesNotContain(report.Notes, static note => note.Contains("links", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_companion_goes_with_its_blob()
    {
        await WriteAsync();
        var blob = Path.Combine(Root, Flow, "data", "aa", Key);
        Write(blob);
        Write(blob + "_meta");
        Assert.True((await CollectAsync()).Blobs > 0);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(blob)!));
    }

    [Fact]
    public async Task A_root_that_is_a_link_is_collected_like_any_other()
    {
        await WriteAsync();
        Write(Path.Combine(Root, Flow, "data", "aa", Key));
        Directory.Move(Root, Elsewhere);
        Directory.CreateSymbolicLink(Root, Elsewhere);
        await CollectAsync();
        Assert.False(File.Exists(Path.Combine(Elsewhere, Flow, "data", "aa", Key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("start")]
    [InlineData("mine")]
    [InlineData("start/1")]
    public async Task What_links_of_a_removed_run_lead_to_stays(string inside)
    {
        var run = await WriteAsync();
        await WriteAsync();
        var path = Path.Combine(Root, Flow, run, inside).TrimEnd('/');
        if (Directory.Exists(path))
        {
            Directory.Move(path, Elsewhere);
        }

        Fill(Elsewhere);
        Directory.CreateSymbolicLink(path, Elsewhere);
        var files = Directory.GetFiles(Elsewhere, "*", SearchOption.AllDirectories);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });
        Assert.Equal(
            files,
            Directory.GetFiles(Elsewhere, "*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith("/_meta/lock", StringComparison.Ordinal)));
        Assert.Equal(inside.Length > 0, report.Runs.Any(removed => removed.RunId == run));
        Assert.Equal(inside.Length > 0, report.Runs.Count > 0 && !Path.Exists(Path.Combine(Root, Flow, run)));
    }

    [Fact]
    public async Task A_link_that_leads_to_the_run_itself_does_not_count_for_ever()
    {
        var run = await WriteAsync();
        await WriteAsync();
        Directory.CreateSymbolicLink(Path.Combine(Root, Flow, run, "again"), Path.Combine(Root, Flow, run));
        var removed = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0 });
        Assert.InRange(Assert.Single(removed.Runs).Bytes, 1, 1 << 20);
    }

    private async Task AssertStaysAsync(string link)
    {
        var before = FilesElsewhere();
        var report = await CollectAsync();
        Assert.Equal(before, FilesElsewhere());
        Assert.True(Directory.Exists(Path.Combine(Root, link)), "the link is gone");
        if (!link.Contains(".removed", StringComparison.Ordinal))
        {
            Assert.Contains(report.Notes, note => note.Contains(Path.Combine(Root, link), StringComparison.Ordinal));
        }
    }

    // Without the locks that a collection makes.
    private List<string> FilesElsewhere() =>
        [
        .. Directory.GetFiles(Elsewhere, "*", SearchOption.AllDirectories)
            .Where(static path => Path.GetFileName(path) is not ("gc.lock" or "blobs.lock")).Order(StringComparer.Ordinal),
    ];

    private void Link(string link)
    {
        var path = Path.Combine(Root, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateSymbolicLink(path, Elsewhere);
    }

    private static void Fill(string folder)
    {
        foreach (var name in (string[])["a.txt", "b", "c.doc", Key, Key + "_meta", ".0123456789abcdef0123456789abcdef.tmp", "aa", "data"])
        {
            Write(Path.Combine(folder, name));
        }
    }

    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!Path.Exists(path))
        {
            File.WriteAllText(path, "old");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-3));
        }
    }

    private async Task<string> WriteAsync()
    {
        var run = (await new SampleRun(Root).WriteAsync(1)).Run.RunId;
        await File.WriteAllTextAsync(Path.Combine(Root, Flow, "latest_run"), run, CancellationToken.None);
        return run;
    }

    private Task<CollectionReport> CollectAsync() => CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true });

    // A clock of tomorrow: all that was just written is old.
    private Task<CollectionReport> CollectAsync(CollectionRequest request)
        => new GarbageCollector(
            new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root) },
            new Testing.ManualTimeProvider(DateTimeOffset.UtcNow.AddDays(2)))
            .CollectAsync(request, CancellationToken.None);
}
