using System.Buffers.Binary;

namespace Metaflow.Serialization;

/// <content>Times and decimals, which are calls of Python's classes.</content>
internal ref partial struct PickleCursor
{
    /// <summary>Takes a time, duration or decimal.</summary>
    /// <param name="value">What <see cref="PickleMachine"/> would make of it.</param>
    /// <returns><see langword="false"/> for calls of other classes, and for what no type of .NET holds.</returns>
    public bool TryCall(out object? value)
    {
        value = null;
        if (!TryClass(out var type))
        {
            return false;
        }

        value = (type!.Module, type.Name) switch
        {
            ("decimal", "Decimal") => Decimal(),
            ("datetime", "datetime") => Time(),
            ("datetime", "date") =>
                TryBytes(out var bytes) && PythonTimes.Date(bytes) is { } date && TryEndCall(PickleOpcode.Tuple1) ? date : null,
            ("datetime", "timedelta") => TrySpan(out var span) ? span : null,
            _ => null,
        };
        return value is not null;
    }

    private object? Decimal()
        => TryShortText(out var text) && PythonDecimal.Parse(text) is { } number && TryEndCall(PickleOpcode.Tuple1) ? number : null;

    private object? Time()
    {
        if (!TryBytes(out var bytes) || PythonTimes.Time(bytes) is not { } time)
        {
            return null;
        }

        if (Peek() == PickleOpcode.Tuple1)
        {
            return TryEndCall(PickleOpcode.Tuple1) ? time : null;
        }

        return TryZone(out var offset) && TryEndCall(PickleOpcode.Tuple2) ? PythonTimes.At(time, offset) : null;
    }

    private bool TryZone(out TimeSpan offset)
    {
        offset = default;
        return TryClass(out var zone) && zone is { Module: "datetime", Name: "timezone" }
            && TryClass(out var span) && span is { Module: "datetime", Name: "timedelta" }
            && TrySpan(out offset) && TryEndCall(PickleOpcode.Tuple1);
    }

    private bool TrySpan(out TimeSpan span)
    {
        span = default;
        if (TryInteger(out var days) && TryInteger(out var seconds) && TryInteger(out var microseconds) && TryEndCall(PickleOpcode.Tuple3)
            && PythonTimes.Span(days, seconds, microseconds) is { } known)
        {
            span = known;
            return true;
        }

        return false;
    }

    /// <summary>Takes what makes arguments a tuple, and calls the class below it.</summary>
    private bool TryEndCall(byte tuple)
    {
        if (!TryTake(tuple))
        {
            return false;
        }

        TryMemoize(null);
        if (!TryTake(PickleOpcode.Reduce))
        {
            return false;
        }

        TryMemoize(null);
        return true;
    }

    private bool TryClass(out PythonClass? type)
    {
        var known = TryReference();
        type = known as PythonClass;
        if (type is not null)
        {
            return true;
        }

        var module = known as string;
        if ((module is null && !TryText(out module)) || !TryText(out var name) || !TryTake(PickleOpcode.StackGlobal))
        {
            return false;
        }

        type = new PythonClass(module!, name!);
        TryMemoize(type);
        return true;
    }

    private object? TryReference()
    {
        object? known = null;
        switch (Peek())
        {
            case PickleOpcode.Get when _position + 1 < _bytes.Length:
                known = Recall(_bytes[_position + 1]);
                _position += 2;
                break;
            case PickleOpcode.LongGet when _position + 4 < _bytes.Length:
                known = Recall(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(_position + 1)..]));
                _position += 5;
                break;
            default:
                break;
        }

        return known;
    }

    private bool TryBytes(out ReadOnlySpan<byte> bytes) => TryShort(PickleOpcode.ShortBytes, out bytes);

    private bool TryShortText(out ReadOnlySpan<byte> text) => TryShort(PickleOpcode.ShortUnicode, out text);

    private bool TryShort(byte opcode, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (Peek() != opcode || _position + 1 >= _bytes.Length || _bytes.Length - _position - 2 < _bytes[_position + 1])
        {
            return false;
        }

        content = _bytes.Slice(_position + 2, _bytes[_position + 1]);
        _position += 2 + content.Length;
        TryMemoize(null);
        return true;
    }
}
