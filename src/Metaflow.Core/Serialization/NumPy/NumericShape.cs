using System.Text;

namespace Metaflow.Serialization;

/// <summary>Fits the content of NumPy arrays to their shapes.</summary>
internal static class NumericShape
{
    private const long MostItemsWithoutBytes = 1 << 20;

    // Of an array of .NET.
    private const long MostItems = uint.MaxValue;
    private const int MostAxes = 32;

    /// <summary>Makes an array.</summary>
    /// <returns>The array, or <see langword="null"/> when the content does not fit the shape.</returns>
    public static NumericArray? Create(NumericType type, object? shape, bool isFortranOrder, object? content)
    {
        var array = new NumericArray(type, [0], default);
        return TryFill(array, type, shape, isFortranOrder, content) ? array : null;
    }

    /// <summary>Fills an array that was announced.</summary>
    /// <returns>Whether the content fits the shape.</returns>
    public static bool TryFill(NumericArray array, NumericType type, object? shape, bool isFortranOrder, object? content)
    {
        var lengths = shape switch
        {
            PythonTuple tuple => Lengths(tuple),
            long length and >= 0 => [length],
            _ => null,
        };

        // Python 2 wrote bytes as texts.
        content = content is string text ? Encoding.Latin1.GetBytes(text) : content;
        if (lengths is null || CountOf(lengths) is not { } count || !Fits(type, count, content))
        {
            return false;
        }

        array.Fill(type, lengths, isFortranOrder, content!);
        return true;
    }

    /// <summary>Makes the array of .NET that has a type and shape.</summary>
    /// <param name="type">The type of the items.</param>
    /// <param name="shape">The lengths of the axes.</param>
    /// <param name="length">The bytes of all items.</param>
    /// <returns>The array; <see langword="null"/> if .NET has none, or it has another length.</returns>
    public static Array? TryMakeItems(NumericType type, PythonTuple shape, long length)
    {
        if (!type.IsNativeOrder || shape.Count is 0 or > MostAxes || NaturalArrays.ElementOf(type) is not { } element
            || Lengths(shape) is not { } lengths || CountOf(lengths) is not { } count || !Fits(type, count, length)
            || Array.Exists(lengths, static axis => axis > Array.MaxLength))
        {
            return null;
        }

        return Array.CreateInstance(element, lengths);
    }

    private static bool Fits(NumericType type, long count, object? content) => content switch
    {
        byte[] bytes => Fits(type, count, bytes.LongLength),
        ContentView view => Fits(type, count, view.Bytes.Length),
        ContentItems { Items: var items } => Fits(type, count, items.LongLength * type.ItemSize),
        List<object?> items => type.Kind == 'O' && items.Count == count,
        _ => false,
    };

    private static bool Fits(NumericType type, long count, long length) =>
        type.Kind != 'O' && count <= Math.Max(length, MostItemsWithoutBytes) && length == count * type.ItemSize;

    private static long[]? Lengths(PythonTuple shape)
    {
        var lengths = new long[shape.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            if (shape[i] is not long length || length < 0)
            {
                return null;
            }

            lengths[i] = length;
        }

        return lengths.Length <= 64 ? lengths : null;
    }

    private static long? CountOf(long[] lengths)
    {
        if (lengths.Contains(0))
        {
            return 0;
        }

        Int128 count = 1;
        foreach (var length in lengths)
        {
            count *= length;
            if (count > MostItems)
            {
                return null;
            }
        }

        return (long)count;
    }
}
