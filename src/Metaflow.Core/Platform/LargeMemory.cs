using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Metaflow.Platform;

/// <summary>Asks the system for large pages where large arrays are about to be filled: to get memory page by page takes longer than to
/// copy the bytes.</summary>
internal static class LargeMemory
{
    private const int Smallest = 8 << 20;
    private const nuint PageSize = 2 << 20;
    private const int HugePages = 14;

    // The first may be slow because another process had the processor.
    private const int MostSlow = 2;

    // What as many bytes take in small pages. In a virtual machine that gives free memory back, a large page may have to be fetched from
    // the host, in small pages: that takes 3 ms rather than the 0.1 ms of one that is there.
    private static readonly TimeSpan LongestWorthwhile = TimeSpan.FromMilliseconds(0.6);

    /// <summary>Makes an array whose items the caller sets all.</summary>
    /// <param name="length">The number of bytes.</param>
    /// <returns>The array; its content is whatever was there.</returns>
    public static byte[] Bytes(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        Prepare(bytes, length);
        return bytes;
    }

    /// <summary>Asks for large pages below an array of values that was just made, for as long as the system has them available.</summary>
    /// <param name="array">The array, whose items have no references, and are all set by the caller afterwards.</param>
    /// <param name="length">The number of its bytes.</param>
    public static unsafe void Prepare(Array array, long length)
    {
        if (length < Smallest || !OperatingSystem.IsLinux())
        {
            return;
        }

        fixed (byte* first = &MemoryMarshal.GetArrayDataReference(array))
        {
            Prepare((nuint)first, (nuint)first + (nuint)length);
        }
    }

    // Only the whole pages within are asked for, so that nothing else is touched.
    [SupportedOSPlatform("linux")]
    private static unsafe void Prepare(nuint first, nuint end)
    {
        var slow = 0;
        for (var page = (first + PageSize - 1) & ~(PageSize - 1); page + PageSize <= end && slow < MostSlow; page += PageSize)
        {
            var asked = Stopwatch.GetTimestamp();
            if (NativeMethods.AdviseMemory((nint)page, PageSize, HugePages) != 0)
            {
                // Only a hint: a system without large pages reports an error, and works as before.
                return;
            }

            // To touch it gets it.
            *(byte*)page = 0;
            slow = Stopwatch.GetElapsedTime(asked) > LongestWorthwhile ? slow + 1 : 0;
        }
    }
}
