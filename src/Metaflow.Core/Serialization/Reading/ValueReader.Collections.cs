using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <content>Collections, tuples and arrays.</content>
internal sealed partial class ValueReader
{
    /// <summary>Converts into the types that most artifacts have, without reflection over them.</summary>
    private object? Common(object value, Type type, Conversion conversion)
    {
        if (value is NumericArray { Shape.Count: 1 } array && type.IsSZArray && NumericType.OfElement(type.GetElementType()!) is not null)
        {
            if (array.TryTake(type) is { } taken)
            {
                return taken;
            }

            var target = Array.CreateInstanceFromArrayType(type, (int)array.Length);
            return array.TryCopyTo(target) ? target : null;
        }

        if (value is List<object?> items)
        {
            if (type == typeof(List<string>) || type == typeof(IReadOnlyList<string>)
                || type == typeof(IEnumerable<string>) || type == typeof(IList<string>))
            {
                return Strings(items, conversion);
            }

            if (type == typeof(List<double>) || type == typeof(IReadOnlyList<double>))
            {
                return Doubles(items);
            }
        }

        var isTable = type == typeof(Dictionary<string, double>) || type == typeof(IReadOnlyDictionary<string, double>);
        return isTable && value is Dictionary<object, object?> pairs ? Table(pairs) : null;
    }

    private List<string> Strings(List<object?> items, Conversion conversion)
    {
        var strings = new List<string>(items.Count);
        conversion.Result = strings;
        _path.EnterItems();
        for (var i = 0; i < items.Count; i++)
        {
            _path.At(i);
            strings.Add(items[i] is string or null ? (string)items[i]! : throw DoesNotFit(items[i], typeof(string)));
        }

        _path.Leave();
        return strings;
    }

    private List<double> Doubles(List<object?> items)
    {
        var numbers = new List<double>(items.Count);
        _path.EnterItems();
        for (var i = 0; i < items.Count; i++)
        {
            _path.At(i);
            numbers.Add(items[i] is double number ? number : (double)Convert(items[i], typeof(double))!);
        }

        _path.Leave();
        return numbers;
    }

    private Dictionary<string, double> Table(Dictionary<object, object?> pairs)
    {
        var table = new Dictionary<string, double>(pairs.Count);
        foreach (var (key, value) in pairs)
        {
            _path.EnterKey(key);
            table[key as string ?? throw DoesNotFit(PlainItems.NoneOrKey(key), typeof(string))] = (double)Convert(value, typeof(double))!;
            _path.Leave();
        }

        return table;
    }

    private object? Sequence(object value, TypeShape shape, Conversion conversion)
    {
        var element = shape.Element!;
        if (PlainItems.Of(value, element) is not { } items)
        {
            return null;
        }

        var factory = shape.Sequences;
        var target = factory.CreateEmpty(shape.Type, items.Count);
        conversion.Result = target;
        var converted = target is null ? new List<object?>(items.Count) : null;
        var index = 0;
        _path.EnterItems();
        foreach (var item in items is List<object?> list ? Items(list) : items)
        {
            _path.At(index);
            var part = Convert(item, element);
            if (target is null)
            {
                converted!.Add(part);
            }
            else
            {
                factory.Add(target, index, part);
            }

            index++;
        }

        _path.Leave();
        return target ?? factory.FromItems(shape.Type, converted!)
            ?? throw SerializationErrors.CannotBeConstructed(
                _path, shape.Type, "The type cannot be constructed from its items");
    }

    // An item that is the list itself, read as an object, has its arrays put in place while it is enumerated here.
    private static IEnumerable<object?> Items(List<object?> list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            yield return list[i];
        }
    }

    /// <summary>Makes an array for a type that says nothing of its items.</summary>
    private object? AnyArray(object value)
    {
        if (value is List<object?> items)
        {
            return items.ToArray();
        }

        if (value is not NumericArray numbers || NaturalArrays.ElementOf(numbers.ElementType) is not { } element)
        {
            return null;
        }

        return numbers.Shape.Count == 1 ? _arrays.Of(numbers) : Rectangle(numbers, element.MakeArrayType(numbers.Shape.Count));
    }

    private object? Dictionary(object value, TypeShape shape, Conversion conversion)
    {
        if (PairsOf(value) is not { } pairs)
        {
            return null;
        }

        var (keyType, valueType) = shape.KeyAndValue!.Value;
        var factory = shape.Dictionaries;
        var target = factory.CreateEmpty(shape.Type, pairs.Count);
        conversion.Result = target;
        var entries = target ?? factory.CreateBuffer();
        foreach (var (key, item) in pairs)
        {
            _path.EnterKey(key ?? "None");
            var convertedKey = Convert(key, keyType) ?? throw DoesNotFit(key, keyType);
            factory.Set(entries, convertedKey, Convert(item, valueType));
            _path.Leave();
        }

        return target ?? factory.FromPairs(shape.Type, entries)
            ?? throw SerializationErrors.CannotBeConstructed(
                _path, shape.Type, "The type cannot be constructed from its entries");
    }

    // A dictionary whose keys Python cannot hash is stored as a list of pairs.
    private static List<KeyValuePair<object?, object?>>? PairsOf(object value)
    {
        switch (value)
        {
            case Dictionary<object, object?> pairs:
                return pairs.Select(pair => new KeyValuePair<object?, object?>(PlainItems.NoneOrKey(pair.Key), pair.Value)).ToList();
            case List<object?> list when list.TrueForAll(item => item is PythonTuple { Count: 2 }):
                return list.ConvertAll(item => new KeyValuePair<object?, object?>(((PythonTuple)item!)[0], ((PythonTuple)item)[1]));
            case PythonObject { Items: { Count: > 0 } items } when items.TrueForAll(item => item is KeyValuePair<object, object?>):
                return items.ConvertAll(item => new KeyValuePair<object?, object?>(
                    ((KeyValuePair<object, object?>)item!).Key, ((KeyValuePair<object, object?>)item).Value));
            default:
                return null;
        }
    }

    private object? Tuple(object value, Type type)
    {
        var types = ItemTypes(type);
        var items = value switch
        {
            PythonTuple tuple => tuple,
            List<object?> list => list,
            PythonObject { State: null, IsCall: false } named => named.Arguments,
            _ => null,
        };
        if (items is null || items.Count != types.Count)
        {
            return null;
        }

        var converted = new object?[types.Count];
        _path.EnterItems();
        for (var i = 0; i < converted.Length; i++)
        {
            _path.At(i);
            converted[i] = Convert(items[i], types[i]);
        }

        _path.Leave();
        return CreateTuple(type, converted);
    }

    // A tuple of more than seven items keeps the rest in another tuple.
    private static List<Type> ItemTypes(Type tuple)
    {
        var types = tuple.GetGenericArguments();
        return types.Length == 8 && typeof(ITuple).IsAssignableFrom(types[7]) ? [.. types[..7], .. ItemTypes(types[7])] : [.. types];
    }

    private static object CreateTuple(Type type, object?[] items) => items.Length <= 7
        ? Activator.CreateInstance(type, items)!
        : Activator.CreateInstance(type, [.. items[..7], CreateTuple(type.GetGenericArguments()[7], items[7..])])!;

    private Array? Rectangle(object value, Type type)
    {
        if (value is NumericArray whole && whole.TryTake(type) is { } taken)
        {
            return taken;
        }

        var element = type.GetElementType()!;
        var lengths = new List<int>();
        for (var level = value; lengths.Count < type.GetArrayRank() && PlainItems.Of(level!, element) is { } items;)
        {
            lengths.Add(items.Count);
            level = items.Count == 0 ? new List<object?>() : items.First();
        }

        if (lengths.Count != type.GetArrayRank() || value is NumericArray { Shape.Count: var axes } && axes != lengths.Count)
        {
            return null;
        }

        var sizes = value is NumericArray { Shape: var shape } ? shape.Select(length => (int)length).ToArray() : [.. lengths];
        var target = Array.CreateInstance(element, sizes);
        if (value is not NumericArray array || !array.TryCopyTo(target))
        {
            FillRectangle(target, value, new int[sizes.Length], 0);
        }

        return target;
    }

    private void FillRectangle(Array target, object? value, int[] indices, int axis)
    {
        var element = target.GetType().GetElementType()!;
        var items = value is null ? null : PlainItems.Of(value, element);
        if (items is null || items.Count != target.GetLength(axis))
        {
            throw DoesNotFit(value, target.GetType());
        }

        _path.EnterItems();
        indices[axis] = 0;
        foreach (var item in items)
        {
            _path.At(indices[axis]);
            if (axis == target.Rank - 1)
            {
                target.SetValue(Convert(item, element), indices);
            }
            else
            {
                FillRectangle(target, item, indices, axis + 1);
            }

            indices[axis]++;
        }

        _path.Leave();
    }
}
