using System.Collections;

namespace Metaflow.Serialization;

/// <summary>The entries of dictionaries of any kind.</summary>
internal static class DictionaryEntries
{
    /// <summary>Returns the entries of any kind of dictionary.</summary>
    public static List<KeyValuePair<object?, object?>> Of(object dictionary)
    {
        var pairs = new List<KeyValuePair<object?, object?>>();
        if (dictionary is IDictionary plain)
        {
            foreach (DictionaryEntry entry in plain)
            {
                pairs.Add(new(entry.Key, entry.Value));
            }

            return pairs;
        }

        foreach (var pair in (IEnumerable)dictionary)
        {
            var members = TypeShape.Of(pair.GetType()).Members;
            pairs.Add(new(members[0].Get(pair), members[1].Get(pair)));
        }

        return pairs;
    }

    /// <summary>Returns true if Python can keep all keys in a dictionary.</summary>
    public static bool AreKeysHashable(object dictionary) => PythonHashing.AreHashable(Of(dictionary).Select(static pair => pair.Key));
}
