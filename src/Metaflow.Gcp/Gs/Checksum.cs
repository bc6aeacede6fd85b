using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Metaflow.Gcp.Gs;

/// <summary>The CRC32C of an object, which Google Cloud Storage compares with that of the bytes that it keeps.</summary>
internal sealed class Checksum
{
    private uint _state = uint.MaxValue;

    /// <summary>Gets the checksum of what was added, as the service writes it: in base 64, the highest byte first.</summary>
    public string Text
    {
        get
        {
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, ~_state);
            return Convert.ToBase64String(bytes);
        }
    }

    /// <summary>Returns the checksum of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = new Checksum();
        checksum.Add(bytes);
        return checksum.Text;
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var state = _state;
        foreach (var word in words)
        {
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var single in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, single);
        }

        _state = state;
    }
}
