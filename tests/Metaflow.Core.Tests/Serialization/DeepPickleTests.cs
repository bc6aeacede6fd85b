using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>A pickle whose lists are nested a million deep. A garbage collection follows such lists for half a second: every test that runs
/// at the same time takes a hundred times as long, so that none does.</summary>
[Collection(nameof(DeepPickleTests))]
[CollectionDefinition(nameof(DeepPickleTests), DisableParallelization = true)]
public sealed class DeepPickleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_list_nested_a_million_deep_takes_a_small_multiple_of_its_size(bool isRemembered)
    {
        const int Depth = 1_000_000;
        byte[] open = isRemembered ? [(byte)']', 0x94] : [(byte)']'];
        byte[] payload =
        [
            0x80, 4, .. Enumerable.Repeat(open, Depth).SelectMany(static part => part), .. Enumerable.Repeat((byte)'a', Depth - 1),
            (byte)'.',
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = ArtifactSerializer.Deserialize<object>(payload, "pickle-v4");
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / payload.Length, 0, 100);
        var depth = 0;
        for (var list = read as List<object?>; list is not null; list = list.Count == 0 ? null : list[0] as List<object?>)
        {
            depth++;
        }

        Assert.Equal(Depth, depth);
        HostilePickleTests.Refused<int>(payload);
        HostilePickleTests.Refused<System.Text.Json.JsonElement>(payload);
        if (isRemembered)
        {
            return;
        }

        HostilePickleTests.Refused<Nested>(payload);
        Assert.Equal(ErrorCodes.NestedTooDeeply, Assert.Throws<StorageException>(() => ArtifactSerializer.SerializePlain(read)).Code);
    }

    private sealed class Nested : List<Nested>;
}
