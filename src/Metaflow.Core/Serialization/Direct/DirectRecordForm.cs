using System.Reflection;

namespace Metaflow.Serialization;

/// <summary>Reads records by their constructor and the members that are set afterwards.</summary>
/// <param name="shape">The shape of the record's type.</param>
internal sealed class DirectRecordForm(TypeShape shape) : DirectForm
{
    private readonly ConstructionPlan _plan = shape.Construction;
    private readonly ConstructorInvoker _constructor = ConstructorInvoker.Create(shape.Construction.Constructor!);
    private readonly string[] _keys =
    [
        .. shape.Construction.Parameters.Select(parameter => parameter.Key), .. shape.Construction.Settable.Select(member => member.Key),
    ];
    private readonly bool _mayBeNull = !shape.Type.IsValueType;

    // Found when the first record is read, since a record may contain others of its own type.
    private DirectForm?[]? _forms;

    public override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        value = null;
        if (!cursor.TryOpen(PickleOpcode.EmptyDict))
        {
            return _mayBeNull && cursor.TryTake(PickleOpcode.None);
        }

        _forms ??= FindForms();
        var start = cursor.ValueCount;
        if (_keys.Length is 0 or > 64 || ++cursor.Depth > Deepest)
        {
            return false;
        }

        cursor.ValueCount += _keys.Length;
        if (cursor.Values.Length < cursor.ValueCount)
        {
            var values = cursor.Values;
            Array.Resize(ref values, cursor.ValueCount * 2);
            cursor.Values = values;
        }

        var isRead = TryReadMembers(ref cursor, start) && TryConstruct(cursor.Values.AsSpan(start, _keys.Length), out value);
        cursor.ValueCount = start;
        cursor.Depth--;
        return isRead;
    }

    private DirectForm?[] FindForms() =>
    [
        .. _plan.Parameters.Select(parameter => Of(parameter.Type)), .. _plan.Settable.Select(member => Of(member.Type)),
    ];

    private bool TryReadMembers(ref PickleCursor cursor, int start)
    {
        var isMarked = cursor.TryTake(PickleOpcode.Mark);
        var found = 0UL;
        var slot = -1;
        do
        {
            if (!cursor.TryText(out var key))
            {
                return false;
            }

            slot = Find(key!, slot + 1);
            if (slot < 0)
            {
                // An entry that no member takes, such as a property that is computed.
                if (!cursor.TryPlain(out _))
                {
                    return false;
                }

                continue;
            }

            if ((found & (1UL << slot)) != 0 || _forms![slot] is not { } form || !form.TryReadObject(ref cursor, out var value))
            {
                return false;
            }

            found |= 1UL << slot;
            cursor.Values[start + slot] = value;
        }
        while (isMarked && !cursor.TryTake(PickleOpcode.SetItems));

        // Without all entries there are names in another case and defaults to think of.
        return System.Numerics.BitOperations.PopCount(found) == _keys.Length && (isMarked || cursor.TryTake(PickleOpcode.SetItem));
    }

    private int Find(string key, int likely)
    {
        if (likely < _keys.Length && _keys[likely] == key)
        {
            return likely;
        }

        return Array.IndexOf(_keys, key);
    }

    private bool TryConstruct(Span<object?> values, out object? instance)
    {
        var count = _plan.Parameters.Count;
        try
        {
            instance = _constructor.Invoke(values[..count]);
            foreach (var (parameter, field) in _plan.Kept)
            {
                field.SetValue(instance, values[parameter]);
            }

            for (var i = count; i < values.Length; i++)
            {
                _plan.Settable[i - count].Set(instance, values[i]);
            }

            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The user's code threw. It will again when the value is read with its path, which the error names.
            instance = null;
            return false;
        }
    }
}
