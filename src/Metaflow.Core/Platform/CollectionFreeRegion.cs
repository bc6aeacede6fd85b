using System.Runtime;

namespace Metaflow.Platform;

/// <summary>A time in which the garbage collector does nothing, because nearly all that is allocated stays: while millions of objects are
/// read, each collection would find out again that they are in use. It halves the time that reading a large list of texts takes.</summary>
/// <remarks>There is one such region in a process. If more is allocated than was asked for, by whichever thread, or another thread ends the
/// region, the collector works again as always.</remarks>
internal sealed class CollectionFreeRegion : IDisposable
{
    private CollectionFreeRegion()
    {
    }

    /// <summary>Enters a region, if the process is in none and has the memory.</summary>
    /// <param name="small">How many bytes of objects are expected.</param>
    /// <param name="large">How many bytes of arrays of more than 85,000 bytes are expected.</param>
    /// <returns>The region; <see langword="null"/> if the collector works as always.</returns>
    public static CollectionFreeRegion? TryEnter(long small, long large)
    {
        var memory = GC.GetGCMemoryInfo();
        if (small + large > (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / 2
            || GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            return null;
        }

        try
        {
            return GC.TryStartNoGCRegion(small + large, large) ? new CollectionFreeRegion() : null;
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or InvalidOperationException)
        {
            // More than this collector can set apart, or another thread was faster with a region of its own.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
        catch (InvalidOperationException)
        {
            // More was allocated than was asked for: the region had ended.
        }
    }
}
