namespace Metaflow.Serialization;

/// <summary>What a plain value yields when Python iterates over it.</summary>
internal static class PlainItems
{
    /// <summary>Returns the items for a collection of a type.</summary>
    /// <returns>The items, or <see langword="null"/> when the value is not a collection, or a dictionary and no pairs are
    /// wanted.</returns>
    public static IReadOnlyCollection<object?>? Of(object value, Type element) => value switch
    {
        List<object?> list => list,
        PythonTuple tuple => tuple,
        HashSet<object?> set => set,
        NumericArray { Shape.Count: > 0 } array =>
            new ArrayItems(array, asCounts: array.IsTime && (Nullable.GetUnderlyingType(element) ?? element) == typeof(long)),
        byte[] bytes => Array.ConvertAll(bytes, item => (object?)(long)item),
        Dictionary<object, object?> pairs when IsPair(element) => Pairs(pairs),
        PythonObject { Items.Count: > 0, State: null } instance => instance.Items,
        _ => null,
    };

    public static object? At(object? value, int index, Type element, string name)
    {
        var items = value switch
        {
            null => null,
            string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()).ToList(),
            Dictionary<object, object?> keys when !IsPair(element) => keys.Keys.Select(NoneOrKey).ToList(),
            NumericArray { Shape: [var length, ..] } array when index >= 0 && index < length => [array.GetItem(index)],
            _ => Of(value, element),
        };
        var position = value is NumericArray && items?.Count == 1 ? 0 : index;
        if (items is null || position < 0 || position >= items.Count)
        {
            throw SerializationErrors.NoSuchItem(name, index, PythonTypeName.OfPlain(value));
        }

        return items is IReadOnlyList<object?> list ? list[position] : items.ElementAt(position);
    }

    /// <summary>Returns the key of a plain dictionary, where <see cref="DBNull"/> stands for <c>None</c>.</summary>
    public static object? NoneOrKey(object key) => key is DBNull ? null : key;

    private static bool IsPair(Type element) => element.IsGenericType && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static List<object?> Pairs(Dictionary<object, object?> pairs) =>
        pairs.Select(pair => (object?)new PythonTuple(NoneOrKey(pair.Key), pair.Value)).ToList();

    private sealed class ArrayItems(NumericArray array, bool asCounts) : IReadOnlyList<object?>
    {
        public int Count => (int)array.Shape[0];

        public object? this[int index] => asCounts && array.Shape.Count == 1 ? array.GetCount(index) : array.GetItem(index);

        public IEnumerator<object?> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
            {
                yield return this[i];
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
