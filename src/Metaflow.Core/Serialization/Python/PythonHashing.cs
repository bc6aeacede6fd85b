using System.Collections;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>What Python can hash, and so keep in sets and as keys of dictionaries.</summary>
internal static class PythonHashing
{
    /// <summary>Returns true if Python can keep all items in a set.</summary>
    public static bool AreHashable(IEnumerable items) => new Walk().AreHashable(items, DeepStack.DeepestKey);

    /// <summary>Returns true if Python can use a value as a key.</summary>
    public static bool IsHashable(object? key) => new Walk().IsHashable(key, DeepStack.DeepestKey);

    /// <summary>Looks at each container once, however many others share it.</summary>
    private struct Walk
    {
        private HashSet<object>? _seen;

        public bool AreHashable(IEnumerable items, int depth)
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

        public bool IsHashable(object? value, int depth) => value switch
        {
            null or string or Enum or PythonObject or PythonClass or Uri or Version => true,
            byte[] => value.GetType() == typeof(byte[]),
            _ when depth == 0 => false,
            PythonTuple or HashSet<object?> =>
                !(_seen ??= new(ReferenceEqualityComparer.Instance)).Add(value) || AreHashable((IEnumerable)value, depth - 1),
            ITuple tuple => AreItemsHashable(tuple, depth - 1),
            ValueType => FrameworkTypes.IsScalarValue(value),
            _ => false,
        };

        private bool AreItemsHashable(ITuple tuple, int depth)
        {
            for (var i = 0; i < tuple.Length; i++)
            {
                if (!IsHashable(tuple[i], depth))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
