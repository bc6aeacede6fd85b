using System.Buffers.Binary;
using Metaflow.Errors;

namespace Metaflow.Serialization;

/// <summary>The stack machine that a pickle is a program for; of its calls only constructions of known plain types are
/// understood.</summary>
/// <param name="input">The pickle.</param>
internal sealed partial class PickleMachine(PickleInput input)
{
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private readonly Dictionary<long, object?> _sparseMemo = [];

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
                    ? SerializationErrors.Unsupported(input.Position - 1, feature)
                    : Malformed($"0x{opcode:x2} is not an opcode of a pickle");
            }
        }
    }

    private static string? IsOutOfBand(byte opcode) => opcode switch
    {
        (byte)'P' or (byte)'Q' => "a persistent reference",
        0x82 or 0x83 or 0x84 => "a registered extension",
        0x97 or 0x98 => "a buffer that is stored elsewhere",
        _ => null,
    };

    private StorageException Malformed(string why) => SerializationErrors.Malformed(input.Position, why);

    private byte ReadByte() => Take(1)[0];

    /// <summary>Returns the next bytes; a length is compared with what remains before anything is allocated for it.</summary>
    private ReadOnlySpan<byte> Take(long length)
    {
        Require(length);
        return length <= Array.MaxLength
            ? input.TryTake((int)length, out var bytes) ? bytes : throw CutOff(length)
            : throw SerializationErrors.BytesTooLong(length);
    }

    private void Require(long length)
    {
        if (length < 0 || length > input.Remaining)
        {
            throw Malformed($"{length} bytes are expected and {input.Remaining} remain");
        }
    }

    private StorageException CutOff(long length) => Malformed($"{length} bytes are expected and fewer remain");

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
            throw Malformed("an object is missing");
        }

        return _stack[^1];
    }

    /// <summary>Removes what lies above the last mark, and the mark.</summary>
    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Malformed("a mark is missing");
        }

        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = new object?[_stack.Count - start];
        _stack.CopyTo(start, items, 0, items.Length);
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private bool TryContainer(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                return true;
            case PickleOpcode.EmptyTuple:
                Push(new PythonTuple());
                return true;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                PushTuple(opcode - PickleOpcode.Tuple1 + 1);
                return true;
            case PickleOpcode.Tuple:
                Push(new PythonTuple(PopToMark()));
                return true;
            case PickleOpcode.EmptyList:
                Push(new List<object?>());
                return true;
            case PickleOpcode.List:
                Push(new List<object?>(PopToMark()));
                return true;
            case PickleOpcode.EmptyDict:
                Push(new Dictionary<object, object?>(PythonEquality.Instance));
                return true;
            case PickleOpcode.Dict:
                var pairs = PopToMark();
                Push(new Dictionary<object, object?>(PythonEquality.Instance));
                SetItems(pairs);
                return true;
            case PickleOpcode.EmptySet:
                Push(new HashSet<object?>(PythonEquality.Instance));
                return true;
            case PickleOpcode.FrozenSet:
                Push(new HashSet<object?>(PopToMark(), PythonEquality.Instance));
                return true;
            default:
                return TryFill(opcode);
        }
    }

    private bool TryFill(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Append:
                AppendItems([Pop()]);
                return true;
            case PickleOpcode.Appends:
                AppendItems(PopToMark());
                return true;
            case PickleOpcode.SetItem:
                var value = Pop();
                SetItems([Pop(), value]);
                return true;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                return true;
            case PickleOpcode.AddItems:
                AppendItems(PopToMark());
                return true;
            default:
                return false;
        }
    }

    private void PushTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        Push(new PythonTuple(items));
    }

    private void AppendItems(ReadOnlySpan<object?> items)
    {
        switch (Top())
        {
            case List<object?> list:
                if (list.Capacity == 0)
                {
                    // Else a list of one item has room for four: of lists within lists there may be millions.
                    list.Capacity = items.Length;
                }

                list.AddRange(items);
                break;
            case HashSet<object?> set:
                foreach (var item in items)
                {
                    set.Add(item);
                }

                break;
            case PythonObject instance:
                instance.Items.AddRange(items);
                break;
            default:
                throw Malformed("items are added to something that is not a list or set");
        }
    }

    private void SetItems(ReadOnlySpan<object?> pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw Malformed("a key has no value");
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            // A .NET dictionary takes no null as a key.
            var key = pairs[i] ?? DBNull.Value;
            switch (Top())
            {
                case Dictionary<object, object?> dictionary:
                    dictionary[key] = pairs[i + 1];
                    break;
                case PythonObject instance:
                    instance.Items.Add(new KeyValuePair<object, object?>(key, pairs[i + 1]));
                    break;
                default:
                    throw Malformed("entries are set in something that is not a dictionary");
            }
        }
    }

    private bool TryMemo(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Memoize:
                Remember(_memo.Count + _sparseMemo.Count);
                return true;
            case PickleOpcode.Put:
                Remember(ReadByte());
                return true;
            case PickleOpcode.LongPut:
                Remember(ReadUInt32());
                return true;
            case PickleOpcode.PutText:
                Remember(LineIndex());
                return true;
            case PickleOpcode.Get:
                Push(Recall(ReadByte()));
                return true;
            case PickleOpcode.LongGet:
                Push(Recall(ReadUInt32()));
                return true;
            case PickleOpcode.GetText:
                Push(Recall(LineIndex()));
                return true;
            case PickleOpcode.Pop:
                PopOrUnmark();
                return true;
            case PickleOpcode.PopMark:
                PopToMark();
                return true;
            case PickleOpcode.Duplicate:
                Push(Top());
                return true;
            default:
                return TryFraming(opcode);
        }
    }

    private bool TryFraming(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                if (ReadByte() > 5)
                {
                    throw Malformed("the protocol is newer than 5");
                }

                return true;
            case PickleOpcode.Frame:
                // Frames only tell a reader of streams how much to fetch.
                Take(8);
                return true;
            default:
                return false;
        }
    }

    private void PopOrUnmark()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private long LineIndex() => Number(ReadLine()) is long index and >= 0 ? index : throw Malformed("an index is not a number");

    private void Remember(long index)
    {
        if (index == _memo.Count)
        {
            _memo.Add(Top());
        }
        else if (index < _memo.Count)
        {
            _memo[(int)index] = Top();
        }
        else
        {
            _sparseMemo[index] = Top();
        }
    }

    private object? Recall(long index)
    {
        if (index < _memo.Count)
        {
            return MayView ? _memo[(int)index] = WithoutViews(_memo[(int)index]) : _memo[(int)index];
        }

        return _sparseMemo.TryGetValue(index, out var value)
            ? WithoutViews(value)
            : throw Malformed($"object {index} is used before it exists");
    }

    /// <summary>Puts the finished form of an object in the place of the one that was announced and is on top of the stack.</summary>
    private void Replace(object announced, object? finished)
    {
        _stack[^1] = finished;

        // It was remembered a few objects ago, before its state. The bound keeps a hostile pickle from asking for long searches.
        for (var i = _memo.Count - 1; i >= 0 && i > _memo.Count - 64; i--)
        {
            if (ReferenceEquals(_memo[i], announced))
            {
                _memo[i] = finished;
            }
        }
    }
}
