namespace Metaflow.Serialization;

/// <content>Dictionaries of texts and simple values, written without boxing, and members of records likewise.</content>
internal sealed partial class ValueWriter
{
    private bool TryWriteTable(object dictionary)
    {
        var type = dictionary.GetType();
        if (type == typeof(Dictionary<string, double>))
        {
            WriteTable((Dictionary<string, double>)dictionary, static (writer, value) => writer._emitter.Float(value));
        }
        else if (type == typeof(Dictionary<string, int>))
        {
            WriteTable((Dictionary<string, int>)dictionary, static (writer, value) => writer._emitter.Int(value));
        }
        else if (type == typeof(Dictionary<string, long>))
        {
            WriteTable((Dictionary<string, long>)dictionary, static (writer, value) => writer._emitter.Int(value));
        }
        else if (type == typeof(Dictionary<string, string>))
        {
            _emitter.Expect(((Dictionary<string, string>)dictionary).Count);
            WriteTable((Dictionary<string, string>)dictionary, static (writer, value) => writer.WriteText(value));
        }
        else
        {
            return false;
        }

        return true;
    }

    private void WriteTable<T>(Dictionary<string, T> table, Action<ValueWriter, T> writeValue)
    {
        _emitter.Opcode(PickleOpcode.EmptyDict);
        _emitter.Memoize(table);

        // The keys of a dictionary are different objects, so in a value that is nothing but it none can have been written before.
        var areUnique = ReferenceEquals(table, _root) && typeof(T) != typeof(string) && table.Comparer == EqualityComparer<string>.Default;
        if (table.Count > 0 && !areUnique)
        {
            _emitter.Expect(table.Count);
        }

        var index = 0;
        foreach (var (key, value) in table)
        {
            if (index % BatchSize == 0 && table.Count > 1)
            {
                WriteBatchStart(index);
            }

            if (areUnique)
            {
                _emitter.UniqueText(key);
            }
            else
            {
                _emitter.Text(key);
            }

            _emitter.Boundary();
            writeValue(this, value);
            index++;
        }

        WriteTableEnd(table.Count);
    }

    private void WriteBatchStart(int index)
    {
        if (index > 0)
        {
            _emitter.Opcode(PickleOpcode.SetItems);
        }

        _emitter.Opcode(PickleOpcode.Mark);
    }

    private void WriteTableEnd(int count)
    {
        if (count == 0)
        {
            return;
        }

        if (count > 1 && count % BatchSize == 0)
        {
            // Behind a full batch CPython writes an empty one.
            WriteBatchStart(count);
        }

        _emitter.Opcode(count == 1 ? PickleOpcode.SetItem : PickleOpcode.SetItems);
    }

    private void WriteMember(MemberShape member, object value)
    {
        switch (member.FastGetter)
        {
            case MemberGetter<string?> texts:
                WriteText(Get(texts, value));
                break;
            case MemberGetter<double> numbers:
                var number = Get(numbers, value);
                _emitter.Boundary();
                _emitter.Float(number);
                break;
            case MemberGetter<int> numbers:
                WriteInt(Get(numbers, value));
                break;
            case MemberGetter<long> numbers:
                WriteInt(Get(numbers, value));
                break;
            case MemberGetter<object?> objects:
                Write(Get(objects, value));
                break;
            case MemberGetter<bool> flags:
                var flag = Get(flags, value);
                _emitter.Boundary();
                _emitter.Opcode(flag ? PickleOpcode.True : PickleOpcode.False);
                break;
            case MemberGetter<DateTime> times:
                WriteTime(Get(times, value));
                break;
            case MemberGetter<decimal> numbers:
                WriteDecimal(Get(numbers, value));
                break;
            case MemberGetter<DateTimeOffset> times:
                var instant = Get(times, value);
                WriteTime(instant.DateTime, instant.Offset);
                break;
            case MemberGetter<DateOnly> dates:
                WriteDate(Get(dates, value));
                break;
            default:
                Write(Get(member, value));
                break;
        }
    }

    private void WriteInt(long value)
    {
        _emitter.Boundary();
        _emitter.Int(value);
    }
}
