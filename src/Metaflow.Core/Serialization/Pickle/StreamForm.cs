using System.Buffers.Binary;

namespace Metaflow.Serialization;

/// <summary>The pickle of <c>bytes</c>, whose content is read where it lies.</summary>
internal static class StreamForm
{
    /// <summary>The type as Python prints it.</summary>
    public const string TypeName = "<class 'bytes'>";

    // What ends the pickle: a place in the memo, in whatever way, and a stop.
    private const int LongestEnd = 3;

    /// <summary>Reads what precedes the content.</summary>
    /// <param name="take">Takes bytes: as many as it is given room for, or returns false.</param>
    /// <param name="length">The length of the pickle.</param>
    /// <returns>The number of bytes of the content; <see langword="null"/> if the pickle is another one.</returns>
    public static long? ReadHeader(TakeBytes take, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        var header = 0L;
        if (!Take(bytes[..1]) || bytes[0] != PickleOpcode.Protocol || !Take(bytes[..2]))
        {
            return null;
        }

        var opcode = bytes[1];
        if (opcode == PickleOpcode.Frame)
        {
            if (!Take(bytes) || !Take(bytes[..1]))
            {
                return null;
            }

            opcode = bytes[0];
        }

        var size = opcode switch
        {
            PickleOpcode.ShortBytes => 1,
            PickleOpcode.Bytes => 4,
            PickleOpcode.Bytes8 => 8,
            _ => 0,
        };
        bytes.Clear();
        if (size == 0 || !Take(bytes[..size]))
        {
            return null;
        }

        var content = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return content >= 0 && length - header - content is >= 1 and <= LongestEnd ? content : null;

        bool Take(Span<byte> target)
        {
            header += target.Length;
            return take(target);
        }
    }

    /// <summary>Takes bytes.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>Whether there are as many.</returns>
    public delegate bool TakeBytes(Span<byte> target);
}
