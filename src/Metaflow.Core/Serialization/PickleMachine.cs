using System.Buffers.Binary;
using Metaflow.Errors;

namespace Metaflow.Serialization;

/// <summary>The stack machine that a pickle is a program for; of its calls only constructions of known plain types are understood.</summary>
/// <param name="payload">The pickle.</param>
internal sealed partial class PickleMachine(ReadOnlyMemory<byte> payload)
{
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private int _position;

    public object? Run()
    {
        while (true)
        {
            var opcode = ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            if (!TryScalar(opcode) && !TryContainer(opcode) && !TryMemo(opcode) && !TryConstruct(opcode) && !TryText(opcode))
            {
                throw IsOutOfBand(opcode) is { } feature
                    ? SerializationErrors.Unsupported(_position - 1, feature)
                    : Malformed($"0x{opcode:x2} is no opcode of a pickle");
            }
        }
    }

    private static string? IsOutOfBand(byte opcode) => opcode switch
    {
        (byte)'P' or (byte)'Q' => "a persistent reference",
        0x82 or 0x83 or 0x84 => "a registered extension",
        0x97 or 0x98 => "a buffer kept elsewhere",
        _ => null,
    };

    private StorageException Malformed(string why) => SerializationErrors.Malformed(_position, why);

    private byte ReadByte() => Take(1)[0];

    /// <summary>Returns the next bytes; a length is compared with what remains before anything is allocated for it.</summary>
    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > payload.Length - _position)
        {
            throw Malformed($"{length} bytes are wanted and {payload.Length - _position} remain");
        }

        var bytes = payload.Span.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private long ReadLength8() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        var top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object? Top()
    {
        if (_stack.Count <= (_marks.Count == 0 ? 0 : _marks[^1]))
        {
            throw Malformed("an object is wanted where there is none");
        }

        return _stack[^1];
    }

    /// <summary>Removes what lies above the last mark, and the mark.</summary>
    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Malformed("a mark is wanted where there is none");
        }

        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = new object?[_stack.Count - start];
        _stack.CopyTo(start, items, 0, items.Length);
        _stack.RemoveRange(start, items.Length);
        return items;
    }
}
