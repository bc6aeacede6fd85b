using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Core.Tests.Cleanup;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Copying;

/// <summary>A collection of garbage in the target, at the worst moment of a copy: when the copy has found blobs that are there already, and
/// no list names them yet.</summary>
public sealed class CopyBesideCollectionTests : FarGarbage
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _other = new();


    [Fact]
    public async Task In_a_folder_no_blob_of_the_copy_is_lost()
    {
        var run = (await new SampleRun(_folder.Root).WriteAsync(2)).Run.RunId;
        await new SampleRun(_other.Root, user: "eve").WriteAsync(0);
        var target = Local(_other.Root);
        await LeaveBlobsAsync(target.Blobs, run);
        foreach (var file in Directory.GetFiles(Path.Combine(_other.Root, Flow, "data"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
        }

        await CopyAsync(run, target);
    }

    [Fact]
    public async Task In_a_store_without_locks_no_blob_of_the_copy_is_lost()
    {
        var run = (await new SampleRun(_folder.Root).WriteAsync(2)).Run.RunId;
        var target = new RunStores(Store(), new StoreMetadataProvider(Store(), TimeProvider.System));
        await new SampleRun(target, user: "eve").WriteAsync(0);
        await LeaveBlobsAsync(target.Blobs, run);
        Server.Age(Flow, TimeSpan.FromDays(3));
        await CopyAsync(run, target);
    }

    private static RunStores Local(string root) => new(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System));

    // As a run leaves them that was removed.
    private async Task LeaveBlobsAsync(IBlobStore target, string run)
    {
        var source = Local(_folder.Root);
        var keys = new MetaflowClient(source.Metadata, source.Blobs).Run($"{Flow}/{run}").Tasks
            .SelectMany(static task => task.AllArtifacts).Select(static artifact => artifact.Sha).Distinct();
        foreach (var key in keys)
        {
            var path = $"{Flow}/data/{key[..2]}/{key}";
            var read = await source.Blobs.OpenAsync(path, Token);
            using var content = read!.Content;
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, Token);
            await target.SaveAsync([new BlobWrite(path, bytes.ToArray()) { Packing = read.Packing }], overwrite: true, Token);
        }
    }

    private async Task CopyAsync(string run, RunStores target)
    {
        var source = Local(_folder.Root);
        CollectionReport? collected = null;
        var collecting = new SemaphoreSlim(1);
        var hooked = source with
        {
            Blobs = new HookedBlobStore(source.Blobs)
            {
                Opening = async path =>
                {
                    // The first objects that the copy reads after the blobs, and before it sends a list.
                    if (!path.EndsWith("/0.task_begin", StringComparison.Ordinal))
                    {
                        return;
                    }

                    await collecting.WaitAsync(Token);
                    collected ??= await new GarbageCollector(
                        new MetaflowClient(target.Metadata, target.Blobs), target.Blobs, TimeProvider.System)
                        .CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, Token);
                    collecting.Release();
                },
            },
        };

        await new RunCopier(hooked, target).CopyAsync(Flow, run, cancellationToken: Token);

        Assert.True(collected!.Blobs > 5, string.Join(' ', collected.Notes));
        Assert.Equal(await RunText.OfAsync(source, $"{Flow}/{run}"), await RunText.OfAsync(target, $"{Flow}/{run}"));
    }
}
