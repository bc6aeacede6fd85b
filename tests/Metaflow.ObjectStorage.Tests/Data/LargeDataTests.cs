using System.Security.Cryptography;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Tests that count what the process allocates run while no other does.</summary>
[CollectionDefinition(nameof(LargeData), DisableParallelization = true)]
public sealed class LargeData;

/// <summary>Data of authors that do not fit into memory.</summary>
[Collection(nameof(LargeData))]
public sealed class LargeDataTests(MotoServer moto)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_object_is_streamed_both_ways_with_little_memory()
    {
        const long Length = 192 << 20;
        await using var place = await DataPlace.CreateAsync(moto);

        // Not through the proxy, which has whole bodies in memory.
        using var folder = ObjectFolder.Open(place.Root, DataPlace.OptionsWith(("METAFLOW_S3_ENDPOINT_URL", place.Server.ToString())));
        await using var source = new PatternStream(Length);
        var before = GC.GetTotalAllocatedBytes();

        await folder.PutAsync("large", ObjectContent.FromStream(source), cancellationToken: Token);
        var data = await folder.GetAsync("large", cancellationToken: Token);
        var allocated = GC.GetTotalAllocatedBytes() - before;

        Assert.Equal(Length, data.Size);
        await using var expected = new PatternStream(Length);
        await using var read = data.OpenRead();
        Assert.Equal(await SHA256.HashDataAsync(expected, Token), await SHA256.HashDataAsync(read, Token));
        Assert.InRange(allocated, 0, 150 << 20);
    }
}
