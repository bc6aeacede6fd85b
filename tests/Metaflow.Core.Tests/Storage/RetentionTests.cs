using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>Who refers to what another run stored keeps it from being collected, or learns that it cannot.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_included_file_of_a_parameter_that_is_taken_over_stays_too(bool hasType)
    {
        var (datastore, record, path) = await IncludeAsync();
        Age();
        Assert.Empty(await datastore.RetainAsync([hasType ? record : record with { TypeName = null }], areParameters: true, Token));
        Assert.True(DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < TimeSpan.FromMinutes(1), "a collection would remove the file");
    }

    [Fact]
    public async Task The_included_file_of_a_task_that_is_cloned_stays_too()
    {
        var (datastore, record, path) = await IncludeAsync();
        Age();
        Assert.Empty(await datastore.RetainAsync([record], areParameters: false, Token));
        Assert.True(DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < TimeSpan.FromMinutes(1), "a collection would remove the file");
    }

    [Fact]
    public async Task An_included_file_that_is_gone_is_told()
    {
        var (datastore, record, path) = await IncludeAsync();
        File.Delete(path);
        Assert.Equal([Path.GetFileName(path)], await datastore.RetainAsync([record], areParameters: true, Token));
    }

    [Fact]
    public async Task A_file_that_no_run_stored_needs_no_keeping()
    {
        var datastore = Open();
        var records = await SaveAsync(
            datastore, new IncludedFile("local:///nowhere/there", true, null, 4) { Type = "external", SubType = "external" });
        Assert.Empty(await datastore.RetainAsync(records, areParameters: true, Token));
    }

    [Fact]
    public async Task A_lock_that_a_collection_holds_is_told_as_that_and_not_as_missing_blobs()
    {
        var datastore = Open();
        var records = await SaveAsync(datastore, "value");
        using var held = Hold();
        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().RetainAsync(records, areParameters: true, Token));
        Assert.Equal("MF4015", error.Code);
        Assert.True(error.IsTransient);
        Assert.Contains("blobs.lock", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_that_exists_is_neither_counted_on_nor_replaced_without_the_lock(bool isDamaged)
    {
        var datastore = Open();
        var record = Assert.Single(await SaveAsync(datastore, "value"));
        var path = Path.Combine(_folder.Root, datastore.Content.PathOf(record.Key));
        if (isDamaged)
        {
            File.Delete(path);
            await File.WriteAllTextAsync(path, "damaged", Token);
        }

        var before = await File.ReadAllBytesAsync(path, Token);
        using (Hold())
        {
            var error = await Assert.ThrowsAsync<StorageException>(async () => await SaveAsync(Open(), "value"));
            Assert.Equal(ErrorCodes.BlobsHeld, error.Code);
            Assert.Equal(before, await File.ReadAllBytesAsync(path, Token));
            await SaveAsync(Open(), "another value");
        }

        await SaveAsync(Open(), "value");
        Assert.NotEmpty(await datastore.Content.LoadAsync(record.Key, Token));
    }

    private FlowDatastore Open()
        => new(new LocalBlobStore(_folder.Root) { HoldPatience = TimeSpan.FromMilliseconds(20) }, "F", TimeProvider.System);

    private FileStream Hold()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "F", "_meta"));
        Assert.True(FolderLock.TryAcquire(Path.Combine(_folder.Root, "F", "_meta", "blobs.lock"), out var held));
        return held;
    }

    private async Task<(FlowDatastore Datastore, ArtifactRecord Record, string Path)> IncludeAsync()
    {
        var datastore = Open();
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), Token);
        var record = Assert.Single(await SaveAsync(datastore, new IncludedFile(url, true, null, 8)));
        return (datastore, record, Path.Combine(_folder.Root, "data", "F", Path.GetFileName(url)));
    }

    private static async Task<IReadOnlyList<ArtifactRecord>> SaveAsync(FlowDatastore datastore, object value)
        => await datastore.OpenWriter(new TaskPath("F", "1", "start", "1"), 0)
            .SaveArtifactsAsync([new("value", ArtifactSerializer.Serialize(value, typeof(object)))], Token);

    private void Age()
    {
        foreach (var file in Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        }
    }
}
