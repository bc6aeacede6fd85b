using System.Buffers;

namespace Metaflow.Spooling;

/// <summary>A part of a payload that lies in several places.</summary>
internal sealed class PayloadSegment : ReadOnlySequenceSegment<byte>
{
    private string? _key;
    private long _length;

    private PayloadSegment(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

    /// <summary>Returns a payload.</summary>
    /// <param name="parts">Its parts, of which there is one at least.</param>
    /// <param name="key">Its key, if who made the parts computed it.</param>
    /// <returns>The payload.</returns>
    public static ReadOnlySequence<byte> Join(IEnumerable<ReadOnlyMemory<byte>> parts, string? key)
    {
        PayloadSegment? first = null;
        PayloadSegment? last = null;
        foreach (var part in parts)
        {
            last = last is null ? first = new PayloadSegment(part, 0) : last.Append(part);
        }

        (first!._key, first._length) = (key, last!.RunningIndex + last.Memory.Length);
        return first == last && key is null
            ? new ReadOnlySequence<byte>(first.Memory)
            : new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Returns the key of a payload if it was computed when the payload was made.</summary>
    /// <param name="payload">The payload.</param>
    /// <returns>The key; <see langword="null"/> when it has to be computed.</returns>
    public static string? KnownKeyOf(ReadOnlySequence<byte> payload)
        => payload.Start.GetObject() is PayloadSegment segment && segment._length == payload.Length ? segment._key : null;

    private PayloadSegment Append(ReadOnlyMemory<byte> memory)
    {
        var next = new PayloadSegment(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
