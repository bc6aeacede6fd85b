using System.Collections;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>What Python can hash, and so keep in sets and as keys of dictionaries.</summary>
internal static class PythonHashing
{
    // Python hashes keys by recursion too, and gives up at a thousand levels.
    private const int DeepestKey = 500;

    /// <summary>Says whether Python can keep all items in a set.</summary>
    public static bool AreHashable(IEnumerable items) => AreHashable(items, DeepestKey);

    /// <summary>Says whether Python can keep all keys in a dictionary.</summary>
    public static bool HasHashableKeys(object dictionary) => ValueWriter.Pairs(dictionary).TrueForAll(pair => IsHashable(pair.Key));

    /// <summary>Says whether Python can use a value as a key.</summary>
    public static bool IsHashable(object? key) => IsHashable(key, DeepestKey);

    private static bool AreHashable(IEnumerable items, int depth)
    {
        foreach (var item in items)
        {
            if (!IsHashable(item, depth))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsHashable(object? value, int depth) => value switch
    {
        null or string or Enum or PythonObject or PythonClass or Uri or Version => true,
        byte[] => value.GetType() == typeof(byte[]),
        _ when depth == 0 => false,
        PythonTuple tuple => AreHashable(tuple, depth - 1),
        ITuple tuple => Enumerable.Range(0, tuple.Length).All(i => IsHashable(tuple[i], depth - 1)),
        HashSet<object?> frozen => AreHashable(frozen, depth - 1),
        ValueType => ValueWriter.IsScalar(value),
        _ => false,
    };
}
