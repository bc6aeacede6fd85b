using System.Collections;
using System.Runtime.InteropServices;

namespace Metaflow.Serialization;

/// <content>Lists, tuples, sets and dictionaries.</content>
internal sealed partial class ValueWriter
{
    private IList ItemsOf(IEnumerable items)
    {
        if (items is IList list)
        {
            return list;
        }

        var copy = new List<object?>();
        foreach (var item in items)
        {
            copy.Add(item);
        }

        if (items is not (ICollection or ValueType))
        {
            _enumerated ??= new(ReferenceEqualityComparer.Instance);
            _enumerated[items] = copy;
        }

        return copy;
    }

    private void WriteList(IList items, object identity)
    {
        _emitter.Opcode(PickleOpcode.EmptyList);
        _emitter.Memoize(identity is ValueType ? null : identity);
        switch (items)
        {
            case List<double> { Count: > 1 } numbers:
                WriteFloats(CollectionsMarshal.AsSpan(numbers));
                return;
            case List<int> { Count: > 1 } numbers:
                WriteInts(CollectionsMarshal.AsSpan(numbers));
                return;
            case List<string> { Count: > 1 } texts:
                WriteTexts(CollectionsMarshal.AsSpan(texts));
                return;
            case string[] { Length: > 1 } texts:
                WriteTexts(texts);
                return;
        }

        if (items.Count > 1 && items[0] is not (null or ValueType))
        {
            _emitter.Expect(items.Count);
        }

        _path.EnterItems();
        if (items.Count == 1)
        {
            WriteItem(items[0], 0);
            _emitter.Opcode(PickleOpcode.Append);
        }
        else
        {
            WriteBatches(items);
        }

        _path.Leave();
    }

    private void WriteBatches(IList items)
    {
        for (var start = 0; start < items.Count; start += BatchSize)
        {
            _emitter.Opcode(PickleOpcode.Mark);
            for (var i = start; i < items.Count && i < start + BatchSize; i++)
            {
                WriteItem(items[i], i);
            }

            _emitter.Opcode(PickleOpcode.Appends);
        }
    }

    private void WriteItem(object? item, int index)
    {
        _path.At(index);
        Write(item);
    }

    private void WriteFloats(Span<double> numbers)
    {
        for (; !numbers.IsEmpty; numbers = numbers[Math.Min(BatchSize, numbers.Length)..])
        {
            _emitter.Opcode(PickleOpcode.Mark);
            foreach (var number in numbers[..Math.Min(BatchSize, numbers.Length)])
            {
                _emitter.Boundary();
                _emitter.Float(number);
            }

            _emitter.Opcode(PickleOpcode.Appends);
        }
    }

    private void WriteInts(Span<int> numbers)
    {
        for (; !numbers.IsEmpty; numbers = numbers[Math.Min(BatchSize, numbers.Length)..])
        {
            _emitter.Opcode(PickleOpcode.Mark);
            foreach (var number in numbers[..Math.Min(BatchSize, numbers.Length)])
            {
                _emitter.Boundary();
                _emitter.Int(number);
            }

            _emitter.Opcode(PickleOpcode.Appends);
        }
    }

    private void WriteTexts(ReadOnlySpan<string?> texts)
    {
        _emitter.Expect(texts.Length);
        for (; !texts.IsEmpty; texts = texts[Math.Min(BatchSize, texts.Length)..])
        {
            _emitter.Opcode(PickleOpcode.Mark);
            foreach (var text in texts[..Math.Min(BatchSize, texts.Length)])
            {
                WriteText(text);
            }

            _emitter.Opcode(PickleOpcode.Appends);
        }
    }

    private void WriteText(string? text)
    {
        if (text is null)
        {
            _emitter.Boundary();
            _emitter.Opcode(PickleOpcode.None);
        }
        else
        {
            _emitter.Text(text);
        }
    }

    private void WriteTuple(IReadOnlyList<object?> items, object? identity)
    {
        _emitter.Boundary();
        if (items.Count == 0)
        {
            _emitter.Opcode(PickleOpcode.EmptyTuple);
            return;
        }

        if (items.Count > 3)
        {
            _emitter.Opcode(PickleOpcode.Mark);
        }

        _path.EnterItems();
        for (var i = 0; i < items.Count; i++)
        {
            WriteItem(items[i], i);
        }

        _path.Leave();
        if (identity is not null && _emitter.IsMemoized(identity))
        {
            WriteTupleAgain(items.Count, identity);
            return;
        }

        _emitter.Opcode(items.Count switch
        {
            1 => PickleOpcode.Tuple1,
            2 => PickleOpcode.Tuple2,
            3 => PickleOpcode.Tuple3,
            _ => PickleOpcode.Tuple,
        });
        _emitter.Memoize(identity);
    }

    // A tuple that one of its items contains was written, as the item's, while its own items were: these are thrown away for it.
    private void WriteTupleAgain(int count, object identity)
    {
        if (count > 3)
        {
            _emitter.Opcode(PickleOpcode.PopMark);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                _emitter.Opcode(PickleOpcode.Pop);
            }
        }

        _emitter.TryReference(identity);
    }

    private void WriteSet(IEnumerable set, TypeShape shape)
    {
        var items = set.Cast<object?>().ToList();
        if (!PythonHashing.AreHashable(items))
        {
            WriteList(items, set);
            return;
        }

        if (shape.IsUnordered && items.TrueForAll(item => item is string))
        {
            items.Sort((x, y) => string.CompareOrdinal((string?)x, (string?)y));
        }

        WriteSetItems(items, set);
    }

    private void WriteSetItems(List<object?> items, object identity)
    {
        _emitter.Opcode(PickleOpcode.EmptySet);
        _emitter.Memoize(identity);
        if (items.Count == 0)
        {
            return;
        }

        // CPython ends with an empty batch when the last one was full.
        for (var start = 0; start <= items.Count; start += BatchSize)
        {
            _emitter.Opcode(PickleOpcode.Mark);
            for (var i = start; i < items.Count && i < start + BatchSize; i++)
            {
                WriteKey(items[i]);
            }

            _emitter.Opcode(PickleOpcode.AddItems);
        }
    }

    // Within a set or as a key Python takes frozen sets only.
    private void WriteKey(object? key)
    {
        if (key is not HashSet<object?> frozen)
        {
            Write(key);
            return;
        }

        _emitter.Boundary();
        if (!_emitter.TryReference(frozen))
        {
            _emitter.Opcode(PickleOpcode.Mark);
            foreach (var item in frozen)
            {
                WriteKey(item);
            }

            _emitter.Opcode(PickleOpcode.FrozenSet);
            _emitter.Memoize(frozen);
        }
    }

    private void WriteDictionary(object dictionary, TypeShape shape)
    {
        if (TryWriteTable(dictionary))
        {
            return;
        }

        var pairs = DictionaryEntries.Of(dictionary);
        if (!pairs.TrueForAll(pair => PythonHashing.IsHashable(pair.Key)))
        {
            WriteList(pairs.ConvertAll(pair => (object?)new PythonTuple(pair.Key, pair.Value)), dictionary);
            return;
        }

        if (shape.IsUnordered && pairs.TrueForAll(pair => pair.Key is string))
        {
            pairs.Sort((x, y) => string.CompareOrdinal((string?)x.Key, (string?)y.Key));
        }

        _emitter.Opcode(PickleOpcode.EmptyDict);
        _emitter.Memoize(dictionary);
        WritePairs(pairs);
    }

    private void WritePairs(List<KeyValuePair<object?, object?>> pairs)
    {
        if (pairs.Count == 1)
        {
            WritePair(pairs[0]);
            _emitter.Opcode(PickleOpcode.SetItem);
            return;
        }

        if (pairs.Count == 0)
        {
            return;
        }

        // As with sets there is an empty batch behind a full one.
        for (var start = 0; start <= pairs.Count; start += BatchSize)
        {
            _emitter.Opcode(PickleOpcode.Mark);
            for (var i = start; i < pairs.Count && i < start + BatchSize; i++)
            {
                WritePair(pairs[i]);
            }

            _emitter.Opcode(PickleOpcode.SetItems);
        }
    }

    private void WritePair(KeyValuePair<object?, object?> pair)
    {
        WriteKey(pair.Key);
        _path.EnterKey(pair.Key ?? "None");
        Write(pair.Value);
        _path.Leave();
    }
}
