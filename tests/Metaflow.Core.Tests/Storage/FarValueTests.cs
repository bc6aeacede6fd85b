using Metaflow.Artifacts;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>Large values whose blobs come over a connection: they are read once, and their length is known or not.</summary>
public sealed class FarValueTests
{
    private const int Lines = 800_000;
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Texts_of_more_than_64_MiB_that_are_compressed_are_read_back(bool knowsLength)
    {
        var lines = Enumerable.Range(0, Lines).Select(static i => $"{i:D9}{new string('x', 91)}").ToArray();
        var store = new HookedBlobStore(new MemoryBlobStore()) { Receiving = content => new Connection(content, knowsLength) };
        var datastore = new FlowDatastore(store, "F", TimeProvider.System);
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(TestContext.Current.CancellationToken);
        await writer.SaveArtifactsAsync(
            [new("x", ArtifactSerializer.Serialize(lines, typeof(string[])))], TestContext.Current.CancellationToken);
        await writer.CommitAsync(TestContext.Current.CancellationToken);

        var artifacts = await datastore.OpenTaskAsync(Task, null, TestContext.Current.CancellationToken);

        Assert.True(artifacts.Records["x"].Size > 64 << 20);
        Assert.Equal(lines, artifacts.Load<string[]>("x"));
        Assert.Equal(lines, artifacts.Load<List<string>>("x"));
        Assert.Equal(lines[^1], ((List<object?>)artifacts.LoadPlain("x")!)[^1]);
    }

    private sealed class Connection(Stream content, bool knowsLength) : ReadOnceStream
    {
        public override long Length => knowsLength ? content.Length : throw new NotSupportedException();

        public override int Read(Span<byte> buffer) => content.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => content.ReadAsync(buffer, cancellationToken);
    }
}
