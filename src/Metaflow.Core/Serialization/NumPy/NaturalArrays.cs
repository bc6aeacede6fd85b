using System.Collections;
using System.Numerics;

namespace Metaflow.Serialization;

/// <summary>Puts .NET's arrays in the place of NumPy's in plain data that is read as objects: each array once, so that what was one object
/// stays one.</summary>
internal sealed class NaturalArrays
{
    private readonly Dictionary<object, object> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns a value with its one-dimensional arrays of numbers as arrays of .NET. Lists and dictionaries are changed in place;
    /// what is within tuples and Python's objects is left, since these do not change.</summary>
    public object Of(object value)
    {
        if (value is NumericArray array)
        {
            return Natural(array);
        }

        // Not by recursion: plain lists may be nested without limit.
        var open = new Stack<object>([value]);
        while (open.TryPop(out var part))
        {
            if (part is List<object?> or Dictionary<object, object?> && _known.TryAdd(part, part))
            {
                Replace(part, open);
            }
        }

        return value;
    }

    /// <summary>Returns the .NET type of the items of an array; <see langword="null"/> when there is none.</summary>
    public static Type? ElementOf(NumericType type) => (type.Kind, type.ItemSize) switch
    {
        ('b', 1) => typeof(bool),
        ('i', 1) => typeof(sbyte),
        ('u', 1) => typeof(byte),
        ('i', 2) => typeof(short),
        ('u', 2) => typeof(ushort),
        ('i', 4) => typeof(int),
        ('u', 4) => typeof(uint),
        ('i', 8) => typeof(long),
        ('u', 8) => typeof(ulong),
        ('f', 2) => typeof(Half),
        ('f', 4) => typeof(float),
        ('f', 8) => typeof(double),
        ('c', 16) => typeof(Complex),
        _ => null,
    };

    private void Replace(object part, Stack<object> open)
    {
        if (part is List<object?> items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                // Unchanged items are not set: whoever enumerates the list would be told that it changed.
                if (Placed(items[i], open) is var placed && !ReferenceEquals(placed, items[i]))
                {
                    items[i] = placed;
                }
            }
        }
        else if (part is Dictionary<object, object?> pairs)
        {
            // Only values of keys that are there are set, which an enumeration bears.
            foreach (var (key, item) in pairs)
            {
                if (item is NumericArray or ICollection)
                {
                    pairs[key] = Placed(item, open);
                }
            }
        }
    }

    private object? Placed(object? item, Stack<object> open)
    {
        if (item is NumericArray array)
        {
            return Natural(array);
        }

        if (item is List<object?> or Dictionary<object, object?>)
        {
            open.Push(item);
        }

        return item;
    }

    private object Natural(NumericArray array)
    {
        if (_known.TryGetValue(array, out var known))
        {
            return known;
        }

        if (array.Shape.Count != 1 || ElementOf(array.ElementType) is not { } element)
        {
            return array;
        }

        if (array.TryTake(element.MakeArrayType()) is { } items)
        {
            return _known[array] = items;
        }

        var target = Array.CreateInstance(element, array.Length);
        return _known[array] = array.TryCopyTo(target) ? target : array;
    }
}
