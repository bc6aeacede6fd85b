using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metaflow.Platform;

/// <summary>Asks the system for large pages where large arrays are about to be filled: to get memory page by page takes longer than to copy
/// the bytes.</summary>
internal static class LargeMemory
{
    private const int Smallest = 8 << 20;
    private const nuint PageSize = 2 << 20;
    private const int HugePages = 14;

    /// <summary>Makes an array whose items the caller sets all.</summary>
    /// <param name="length">The number of bytes.</param>
    /// <returns>The array; its content is whatever was there.</returns>
    public static byte[] Bytes(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        Prepare(bytes, length);
        return bytes;
    }

    /// <summary>Asks for large pages below an array of values that was just made.</summary>
    /// <param name="array">The array, whose items have no references.</param>
    /// <param name="length">The number of its bytes.</param>
    public static void Prepare(Array array, long length)
    {
        if (length < Smallest || !OperatingSystem.IsLinux())
        {
            return;
        }

        // Arrays of this size are not moved by the collector. Only the whole pages within are asked for, so that nothing else is touched.
        var first = (nuint)Address(ref MemoryMarshal.GetArrayDataReference(array));
        var start = (first + PageSize - 1) & ~(PageSize - 1);
        var end = (first + (nuint)length) & ~(PageSize - 1);

        // Only a hint: a system without large pages reports an error, and works as before.
        _ = NativeMethods.AdviseMemory((nint)start, end - start, HugePages);
    }

    private static unsafe nint Address(ref byte first) => (nint)Unsafe.AsPointer(ref first);
}
