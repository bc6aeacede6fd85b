namespace Metaflow.Serialization;

/// <summary>Reads a list item by item.</summary>
/// <typeparam name="TItems">What the items are collected in.</typeparam>
internal abstract class DirectItemsForm<TItems> : DirectForm
    where TItems : class
{
    public override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        value = null;
        if (!cursor.TryOpen(PickleOpcode.EmptyList))
        {
            return cursor.TryTake(PickleOpcode.None);
        }

        if (++cursor.Depth > Deepest)
        {
            return false;
        }

        var items = Create();
        var isRead = cursor.Peek() == PickleOpcode.Mark ? TryReadBatches(ref cursor, items) : TryReadOne(ref cursor, items);
        cursor.Depth--;
        value = isRead ? Finish(items) : null;
        return isRead;
    }

    protected abstract TItems Create();

    protected abstract bool TryReadItem(ref PickleCursor cursor, TItems items);

    protected abstract void RemoveLast(TItems items);

    protected abstract object Finish(TItems items);

    protected abstract void Expect(TItems items, int count);

    private bool TryReadBatches(ref PickleCursor cursor, TItems items)
    {
        var start = cursor.Position;
        var count = 0;
        while (cursor.TryTake(PickleOpcode.Mark))
        {
            var isFirst = count == 0;
            while (!cursor.TryTake(PickleOpcode.Appends))
            {
                if (!TryReadItem(ref cursor, items))
                {
                    return false;
                }

                count++;
            }

            if (isFirst && cursor.Depth == 1)
            {
                Expect(items, cursor.Expect(count, start));
            }
        }

        return true;
    }

    // A list of one item has no mark; what follows an empty list may look like one until its end.
    private bool TryReadOne(ref PickleCursor cursor, TItems items)
    {
        var mark = cursor.Mark();
        var depth = cursor.Depth;
        var values = cursor.ValueCount;
        if (!TryReadItem(ref cursor, items))
        {
            (cursor.Depth, cursor.ValueCount) = (depth, values);
            return cursor.TryRewind(mark);
        }

        if (cursor.TryTake(PickleOpcode.Append))
        {
            cursor.Forget(mark);
            return true;
        }

        RemoveLast(items);
        return cursor.TryRewind(mark);
    }
}

/// <summary>Reads lists and arrays of texts and numbers.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="form">The form of the items.</param>
/// <param name="isArray">Whether an array is wanted.</param>
internal sealed class DirectListForm<T>(DirectForm<T> form, bool isArray) : DirectItemsForm<List<T>>
{
    protected override List<T> Create() => [];

    protected override bool TryReadItem(ref PickleCursor cursor, List<T> items)
    {
        if (!form.TryRead(ref cursor, out var item))
        {
            return false;
        }

        items.Add(item);
        return true;
    }

    protected override void RemoveLast(List<T> items) => items.RemoveAt(items.Count - 1);

    protected override object Finish(List<T> items) => isArray ? items.ToArray() : items;

    protected override void Expect(List<T> items, int count) => items.EnsureCapacity(count);
}

/// <summary>Reads lists and arrays of anything.</summary>
/// <param name="type">The type of the collection.</param>
/// <param name="factory">The maker of collections of the items.</param>
/// <param name="form">The form of the items.</param>
internal sealed class DirectSequenceForm(Type type, SequenceFactory factory, DirectForm form) : DirectItemsForm<List<object?>>
{
    protected override List<object?> Create() => [];

    protected override bool TryReadItem(ref PickleCursor cursor, List<object?> items)
    {
        if (!form.TryReadObject(ref cursor, out var item))
        {
            return false;
        }

        items.Add(item);
        return true;
    }

    protected override void RemoveLast(List<object?> items) => items.RemoveAt(items.Count - 1);

    protected override object Finish(List<object?> items)
    {
        var target = factory.CreateEmpty(type, items.Count)!;
        for (var i = 0; i < items.Count; i++)
        {
            factory.Add(target, i, items[i]);
        }

        return target;
    }

    protected override void Expect(List<object?> items, int count) => items.EnsureCapacity(count);
}
