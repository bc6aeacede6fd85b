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
    /// <param name="array">The array, of items that <see cref="NumericType.OfElement"/> knows, or of bytes.</param>
    /// <returns>The parts in order.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Parts(Array array)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        var length = LengthOf(array);
        for (long start = 0; start < length; start += LongestPart)
        {
            parts.Add(new ArrayMemory(array, start, (int)Math.Min(LongestPart, length - start)).Memory);
        }

        return parts;
    }

    /// <summary>Returns some bytes of an array.</summary>
    /// <param name="array">The array.</param>
    /// <param name="start">Where the first of them lies, in bytes.</param>
    /// <param name="length">How many.</param>
    /// <returns>The bytes.</returns>
    public static Memory<byte> Slice(Array array, long start, int length) => new ArrayMemory(array, start, length).Memory;

    /// <summary>Returns the number of bytes of an array.</summary>
    /// <param name="array">The array.</param>
    /// <returns>The number.</returns>
    public static long LengthOf(Array array) => array.LongLength * NumericType.OfElement(array.GetType().GetElementType()!)!.ItemSize;

    /// <summary>Copies the bytes of an array.</summary>
    /// <param name="array">The array.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="Errors.StorageException">They are more than an array of bytes has (MF4012).</exception>
    public static byte[] ToBytes(Array array)
    {
        var length = LengthOf(array);
        return length <= Array.MaxLength ? Slice(array, 0, (int)length).ToArray() : throw SerializationErrors.BytesTooLong(length);
    }

    /// <summary>Copies the bytes of an array to another one of the same type and length, of any shape.</summary>
    /// <param name="source">The array.</param>
    /// <param name="target">The other.</param>
    public static void Copy(Array source, Array target)
    {
        var length = LengthOf(source);
        for (long start = 0; start < length; start += LongestPart)
        {
            var count = (int)Math.Min(LongestPart, length - start);
            Slice(source, start, count).CopyTo(Slice(target, start, count));
        }
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
