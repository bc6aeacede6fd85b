using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>A large array that is read from its blob without a copy of the blob in memory: the parts of its payload are known before it is
/// read, but for its items.</summary>
internal sealed class LargeArray
{
    // More items than two bytes count, and more bytes than a frame has: such an array is written as every longer one.
    private const int SampleLength = 1 << 17;

    private LargeArray(Array items, IReadOnlyList<PayloadPart> parts)
    {
        Items = items;
        Parts = parts;
    }

    /// <summary>Gets the array, whose items are set once the parts are read.</summary>
    public Array Items { get; }

    /// <summary>Gets the parts of the payload in order: those known, and the items.</summary>
    public IReadOnlyList<PayloadPart> Parts { get; }

    /// <summary>Makes an array for a payload.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="length">The payload's length in bytes.</param>
    /// <returns>The array, or <see langword="null"/> where no array of the type has a payload of that length, or is read in another
    /// way.</returns>
    public static LargeArray? For(Type type, long length)
    {
        if (length < ContentAddressedStore.LongPayload || !type.IsSZArray || ItemSize(type.GetElementType()!) is not { } size)
        {
            return null;
        }

        var element = type.GetElementType()!;
        var contentLength = length - LengthAround(Array.CreateInstance(element, SampleLength), size);
        if (contentLength <= 0 || contentLength % size != 0)
        {
            return null;
        }

        var items = Array.CreateInstance(element, contentLength / size);
        var payload = Write(items);
        if (payload.Length != length)
        {
            return null;
        }

        LargeMemory.Prepare(items, contentLength);
        return new LargeArray(items, Split(payload));
    }

    // Items that are read as they lie there.
    private static int? ItemSize(Type element) => element == typeof(byte) ? 1
        : NumericType.OfElement(element) is { IsNativeOrder: true } type && NaturalArrays.ElementOf(type) == element ? type.ItemSize
        : null;

    private static long LengthAround(Array sample, int size) => Write(sample).Length - (sample.LongLength * size);

    private static ReadOnlySequence<byte> Write(Array items) => ArtifactSerializer.SerializePlain(items).Payload;

    private static List<PayloadPart> Split(ReadOnlySequence<byte> payload)
    {
        var parts = new List<PayloadPart>();
        foreach (var segment in payload)
        {
            parts.Add(MemoryMarshal.TryGetMemoryManager<byte, ArrayMemory>(segment, out var items)
                ? new PayloadPart(items.Memory, IsKnown: false)
                : new PayloadPart(MemoryMarshal.AsMemory(segment), IsKnown: true));
        }

        return parts;
    }
}
