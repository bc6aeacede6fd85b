using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>A store and the records beside its data flush each folder once, and by the clock that they are given.</summary>
public sealed class SharedFoldersTests : IDisposable
{
    private static readonly TaskPath Place = new("F", "1", "start", "1");

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-shared-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_the_records_have_made_durable_the_store_does_not_flush_again()
    {
        var blobs = new LocalBlobStore(_root, TimeProvider.System);
        var metadata = new LocalMetadataProvider(blobs, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord("F", "1", "ada", [], [], default), CancellationToken.None);
        await metadata.RegisterTaskAsync(run, Place, CancellationToken.None);
        var folder = Path.Combine(_root, "F", "1", "start", "1");

        Assert.Empty(Unnamed(blobs.Folders, folder));
        Assert.NotEmpty(Unnamed(new LocalBlobStore(_root, TimeProvider.System).Folders, folder));
    }

    [Fact]
    public void How_old_a_folder_is_the_given_clock_says()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "F")).FullName;

        Assert.NotEmpty(Unnamed(new LocalBlobStore(_root, TimeProvider.System).Folders, folder));
        Assert.Empty(Unnamed(new LocalBlobStore(_root, new TomorrowsTime()).Folders, folder));
    }

    private static HashSet<string> Unnamed(DurableFolders folders, string folder)
    {
        var unnamed = new HashSet<string>(StringComparer.Ordinal);
        folders.AddUnnamed(folder, unnamed);
        return unnamed;
    }

    private sealed class TomorrowsTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(1);
    }
}
