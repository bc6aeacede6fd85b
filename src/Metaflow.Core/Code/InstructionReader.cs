using System.Buffers.Binary;
using System.Reflection.Metadata;

namespace Metaflow.Code;

/// <summary>What follows an operation code in a method's body (ECMA-335, III.1.9).</summary>
internal enum OperandKind
{
    /// <summary>Nothing that names anything: the bytes speak for themselves.</summary>
    Plain,

    /// <summary>The token of a member, a type or a signature, whose number changes with unrelated code.</summary>
    Token,

    /// <summary>The token of a text.</summary>
    Text,
}

/// <summary>Reads the instructions of a method's body one after the other.</summary>
internal ref struct InstructionReader(ReadOnlySpan<byte> body)
{
    private const byte Prefix = 0xFE;
    private readonly ReadOnlySpan<byte> _body = body;
    private int _next;

    /// <summary>Gets the place after the instruction, in bytes from the beginning.</summary>
    public readonly int Offset => _next;

    /// <summary>Gets the operation code; codes of two bytes have 0xFE as the higher one.</summary>
    public ILOpCode Code { get; private set; }

    /// <summary>Gets what kind of operand the instruction has.</summary>
    public OperandKind Kind { get; private set; }

    /// <summary>Gets the bytes of the operand.</summary>
    public ReadOnlySpan<byte> Operand { get; private set; }

    /// <summary>Gets the operand as a token.</summary>
    public readonly int Token => BinaryPrimitives.ReadInt32LittleEndian(Operand);

    /// <summary>Moves to the next instruction.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        if (_next >= _body.Length)
        {
            return false;
        }

        int code = _body[_next++];
        if (code == Prefix)
        {
            code = (Prefix << 8) | _body[_next++];
        }

        Code = (ILOpCode)code;
        (Kind, var length) = OperandOf(code);
        if (Code == ILOpCode.Switch)
        {
            length = 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(_body[_next..]));
        }

        Operand = _body.Slice(_next, length);
        _next += length;
        return true;
    }

    private static (OperandKind Kind, int Length) OperandOf(int code) => code switch
    {
        0x72 => (OperandKind.Text, 4),
        0x27 or 0x28 or 0x29 or 0x6F or 0x70 or 0x71 or 0x73 or 0x74 or 0x75 or 0x79 or (>= 0x7B and <= 0x81) or 0x8C or 0x8D or 0x8F
            or 0xA3 or 0xA4 or 0xA5 or 0xC2 or 0xC6 or 0xD0 or 0xFE06 or 0xFE07 or 0xFE15 or 0xFE16 or 0xFE1C => (OperandKind.Token, 4),
        (>= 0x0E and <= 0x13) or 0x1F or (>= 0x2B and <= 0x37) or 0xDE or 0xFE12 or 0xFE19 => (OperandKind.Plain, 1),
        >= 0xFE09 and <= 0xFE0E => (OperandKind.Plain, 2),
        0x20 or 0x22 or (>= 0x38 and <= 0x44) or 0xDD => (OperandKind.Plain, 4),
        0x21 or 0x23 => (OperandKind.Plain, 8),
        _ => (OperandKind.Plain, 0),
    };
}
