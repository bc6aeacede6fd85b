using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metaflow.Serialization;

/// <summary>Bytes of an array of numbers of any type and rank, viewed without copying.</summary>
internal sealed class ArrayMemory : MemoryManager<byte>
{
    private const int LongestPart = 1 << 30;
    private readonly Array _array;
    private readonly long _start;
    private readonly int _length;

    private ArrayMemory(Array array, long start, int length)
    {
        _array = array;
        _start = start;
        _length = length;
    }

    /// <summary>Returns the bytes of an array, in parts no longer than memory can be.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Parts(Array array, int itemSize)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        var length = array.LongLength * itemSize;
        for (long start = 0; start < length; start += LongestPart)
        {
            parts.Add(new ArrayMemory(array, start, (int)Math.Min(LongestPart, length - start)).Memory);
        }

        return parts;
    }

    public override Span<byte> GetSpan()
    {
        ref var first = ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), (nint)_start);
        return MemoryMarshal.CreateSpan(ref first, _length);
    }

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = GCHandle.Alloc(_array, GCHandleType.Pinned);
        fixed (byte* pointer = &MemoryMarshal.GetReference(GetSpan()))
        {
            // The array stays where it is for as long as the handle lives, which the memory handle frees.
            return new MemoryHandle(pointer + elementIndex, handle);
        }
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
