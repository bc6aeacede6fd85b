namespace Metaflow.Serialization;

/// <summary>Reads a dictionary of texts entry by entry.</summary>
/// <typeparam name="TTable">What the entries are set in.</typeparam>
internal abstract class DirectEntriesForm<TTable> : DirectForm
    where TTable : class
{
    public override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        value = null;
        if (!cursor.TryOpen(PickleOpcode.EmptyDict))
        {
            return cursor.TryTake(PickleOpcode.None);
        }

        if (++cursor.Depth > Deepest)
        {
            return false;
        }

        var table = Create();
        var isRead = cursor.Peek() == PickleOpcode.Mark ? TryReadBatches(ref cursor, table) : TryReadOne(ref cursor, ref table);
        cursor.Depth--;
        value = isRead ? table : null;
        return isRead;
    }

    protected abstract TTable Create();

    protected abstract bool TryReadValue(ref PickleCursor cursor, TTable table, string key);

    protected abstract void Expect(TTable table, int count);

    private bool TryReadBatches(ref PickleCursor cursor, TTable table)
    {
        var start = cursor.Position;
        var count = 0;
        while (cursor.TryTake(PickleOpcode.Mark))
        {
            var isFirst = count == 0;
            while (!cursor.TryTake(PickleOpcode.SetItems))
            {
                if (!cursor.TryText(out var key) || !TryReadValue(ref cursor, table, key!))
                {
                    return false;
                }

                count++;
            }

            if (isFirst && cursor.Depth == 1 && count > 0)
            {
                Expect(table, cursor.Expect(count, start));
            }
        }

        return true;
    }

    // A dictionary of one entry has no mark; what follows an empty one may look like an entry until its end.
    private bool TryReadOne(ref PickleCursor cursor, ref TTable table)
    {
        var mark = cursor.Mark();
        var depth = cursor.Depth;
        var values = cursor.ValueCount;
        if (cursor.TryText(out var key) && TryReadValue(ref cursor, table, key!) && cursor.TryTake(PickleOpcode.SetItem))
        {
            cursor.Forget(mark);
            return true;
        }

        (cursor.Depth, cursor.ValueCount) = (depth, values);
        table = Create();
        return cursor.TryRewind(mark);
    }
}

/// <summary>Reads dictionaries of texts and numbers.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="form">The form of the values.</param>
internal sealed class DirectTableForm<T>(DirectForm<T> form) : DirectEntriesForm<Dictionary<string, T>>
{
    protected override Dictionary<string, T> Create() => [];

    protected override bool TryReadValue(ref PickleCursor cursor, Dictionary<string, T> table, string key)
    {
        if (!form.TryRead(ref cursor, out var value))
        {
            return false;
        }

        table[key] = value;
        return true;
    }

    protected override void Expect(Dictionary<string, T> table, int count) => table.EnsureCapacity(count);
}

/// <summary>Reads dictionaries of anything by texts.</summary>
/// <param name="type">The type of the dictionary.</param>
/// <param name="factory">The maker of dictionaries of the values.</param>
/// <param name="form">The form of the values.</param>
internal sealed class DirectDictionaryForm(Type type, DictionaryFactory factory, DirectForm form) : DirectEntriesForm<object>
{
    protected override object Create() => factory.CreateEmpty(type, 0)!;

    protected override bool TryReadValue(ref PickleCursor cursor, object table, string key)
    {
        if (!form.TryReadObject(ref cursor, out var value))
        {
            return false;
        }

        factory.Set(table, key, value);
        return true;
    }

    protected override void Expect(object table, int count)
    {
        // Only the typed dictionaries grow without knowing of each other's entries.
    }
}
