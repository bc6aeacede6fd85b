namespace Metaflow.Serialization;

/// <summary>Equality of the keys of Python's dictionaries and sets: tuples, sets and bytes by content.</summary>
/// <remarks>The work is bounded, since a hostile pickle can nest a tuple without end or share its parts a million times: beyond the bound only
/// the same object is equal.</remarks>
internal sealed class PythonEquality : IEqualityComparer<object?>
{
    private const int MostNodes = 10_000;
    private const int DeepestHash = 4;
    private const int WidestHash = 8;
    private const int DeepestComparison = 200;

    private PythonEquality()
    {
    }

    public static PythonEquality Instance { get; } = new();

    public new bool Equals(object? x, object? y)
    {
        var budget = MostNodes;
        return AreEqual(x, y, DeepestComparison, ref budget);
    }

    public int GetHashCode(object? obj) => Hash(obj, DeepestHash);

    private static bool AreEqual(object? x, object? y, int depth, ref int budget)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        if (--budget < 0 || depth == 0)
        {
            return false;
        }

        switch (x, y)
        {
            case (byte[] first, byte[] second):
                return first.AsSpan().SequenceEqual(second);
            case (PythonTuple first, PythonTuple second):
                return HaveEqualItems(first, second, depth, ref budget);
            case (HashSet<object?> first, HashSet<object?> second):
                return first.Count == second.Count && AreEqualSets(first, second, depth, ref budget);
            case (null, _) or (_, null) or (PythonTuple, _) or (_, PythonTuple):
                return false;
            default:
                return x.Equals(y);
        }
    }

    private static bool HaveEqualItems(PythonTuple first, PythonTuple second, int depth, ref int budget)
    {
        if (first.Count != second.Count)
        {
            return false;
        }

        for (var i = 0; i < first.Count; i++)
        {
            if (!AreEqual(first[i], second[i], depth - 1, ref budget))
            {
                return false;
            }
        }

        return true;
    }

    // The sets' own comparison would start again with a new bound for each set within a set, without end where one contains itself.
    private static bool AreEqualSets(HashSet<object?> first, HashSet<object?> second, int depth, ref int budget)
    {
        if (!first.Any(IsContainer))
        {
            return !second.Any(IsContainer) && first.IsSubsetOf(second);
        }

        foreach (var item in first)
        {
            var isFound = false;
            foreach (var other in second)
            {
                isFound = AreEqual(item, other, depth - 1, ref budget);
                if (isFound)
                {
                    break;
                }
            }

            if (!isFound)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsContainer(object? item) => item is PythonTuple or HashSet<object?>;

    private static int Hash(object? value, int depth)
    {
        switch (value)
        {
            case null:
                return 0;
            case byte[] bytes:
                var hash = default(HashCode);
                hash.AddBytes(bytes);
                return hash.ToHashCode();
            case HashSet<object?> set:
                return set.Aggregate(set.Count, (sum, item) => IsContainer(item) ? sum : sum + Hash(item, 0));
            case PythonTuple tuple:
                var combined = tuple.Count;
                for (var i = 0; i < tuple.Count && i < WidestHash && depth > 0; i++)
                {
                    combined = HashCode.Combine(combined, Hash(tuple[i], depth - 1));
                }

                return combined;
            default:
                return value.GetHashCode();
        }
    }
}
