namespace Metaflow.Serialization;

/// <summary>The entries of a stored record, found by key and then by the name of the member whatever its case.</summary>
/// <param name="fields">The entries; keys that are not texts are ignored.</param>
internal sealed class RecordFields(Dictionary<object, object?> fields)
{
    private Dictionary<string, object?>? _anyCase;

    /// <summary>Reads the state of a Python instance: its dictionary, its slots, or both.</summary>
    /// <returns>The entries, or <see langword="null"/> when the state is not such a thing.</returns>
    public static RecordFields? OfState(object state) => state switch
    {
        Dictionary<object, object?> fields => new RecordFields(fields),
        PythonTuple { Count: 2 } both when both.All(part => part is null or Dictionary<object, object?>) => new RecordFields(
            both.OfType<Dictionary<object, object?>>().SelectMany(part => part).DistinctBy(field => field.Key).ToDictionary(
                field => field.Key, field => field.Value)),
        _ => null,
    };

    /// <summary>Names values by their position, as those of a named tuple, whose names are in its class only.</summary>
    public static RecordFields OfPositions(IReadOnlyList<string> keys, IReadOnlyList<object?> values) =>
        new(keys.Select((key, i) => (key, values[i])).ToDictionary(field => (object)field.key, field => field.Item2));

    /// <summary>Gets the keys that are texts.</summary>
    public IEnumerable<string> Keys => fields.Keys.OfType<string>();

    public bool TryGet(string key, string memberName, IReadOnlyList<string> formerNames, out object? value)
    {
        if (fields.TryGetValue(key, out value) || (_anyCase ??= AnyCase()).TryGetValue(memberName, out value))
        {
            return true;
        }

        foreach (var name in formerNames)
        {
            if (fields.TryGetValue(name, out value))
            {
                return true;
            }
        }

        return false;
    }

    private Dictionary<string, object?> AnyCase()
    {
        var anyCase = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in fields)
        {
            if (key is string text)
            {
                anyCase.TryAdd(text, value);
            }
        }

        return anyCase;
    }
}
