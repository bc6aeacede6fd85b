using Metaflow.Platform;

namespace Metaflow.Core.Tests.Platform;

public sealed class CollectionFreeRegionTests
{
    [Fact]
    public void There_is_one_region_at_a_time_and_another_after_it()
    {
        for (var round = 0; round < 3; round++)
        {
            using var region = CollectionFreeRegion.TryEnter(8 << 20, 1 << 20);
            Assert.NotNull(region);
            Assert.Null(CollectionFreeRegion.TryEnter(8 << 20, 1 << 20));
        }
    }

    [Fact]
    public void More_than_was_asked_for_can_be_allocated()
    {
        var before = GC.CollectionCount(0);
        using (CollectionFreeRegion.TryEnter(4 << 20, 1 << 20))
        {
            for (var i = 0; i < 10_000 && GC.CollectionCount(0) < before + 2; i++)
            {
                GC.KeepAlive(new byte[80_000]);
            }
        }

        Assert.True(GC.CollectionCount(0) >= before + 2);
    }

    [Fact]
    public void No_region_is_entered_for_more_than_there_is() => Assert.Null(CollectionFreeRegion.TryEnter(1L << 50, 0));
}
