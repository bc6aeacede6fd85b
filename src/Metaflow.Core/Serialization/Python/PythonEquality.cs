using System.Numerics;

namespace Metaflow.Serialization;

/// <summary>Equality of the keys of Python's dictionaries and sets: tuples, sets and bytes by content.</summary>
/// <remarks>The work is bounded, since a hostile pickle can nest a tuple without end or share its parts a million times: each tuple is
/// hashed once, and one that is nested more deeply than Python can hash is refused; beyond the bound of a comparison only the same object
/// is equal.</remarks>
internal sealed class PythonEquality : IEqualityComparer<object?>
{
    private const int MostNodes = 10_000;
    private const int MostItemsHashed = 1_000;
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

    public int GetHashCode(object? obj) => Hash(obj);

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

    private static int Hash(object? value) => value switch
    {
        null => 0,
        byte[] bytes => Hash(bytes.AsSpan()),
        PythonTuple tuple => tuple.Hash ??= HashItems(tuple),
        HashSet<object?> set => set.Count > MostItemsHashed
            ? set.Count
            : set.Aggregate(set.Count, static (sum, item) => IsContainer(item) ? sum : sum + Hash(item)),
        _ => Seeded(value),
    };

    private static int HashItems(PythonTuple tuple)
    {
        if (tuple.Height > DeepStack.DeepestKey)
        {
            throw SerializationErrors.NestedTooDeeply(DeepStack.DeepestKey);
        }

        var hash = default(HashCode);
        foreach (var item in tuple)
        {
            hash.Add(Hash(item));
        }

        return hash.ToHashCode();
    }

    // The hashes of numbers and times are known to everybody, so that a pickle can hold fifty thousand keys of one hash. Those that begin
    // with the process's own secret cannot be foreseen. What is equal has the same hash: zeros of both signs, and all that are not
    // numbers.
    private static int Seeded(object value) => value switch
    {
        long number => HashCode.Combine((int)number, (int)(number >> 32)),
        double number => number == 0 ? 0 : double.IsNaN(number) ? 1 : Seeded(BitConverter.DoubleToInt64Bits(number)),
        DateTime time => Seeded(time.Ticks),
        DateTimeOffset time => Seeded(time.UtcTicks),
        TimeSpan span => Seeded(span.Ticks),
        TimeOnly time => Seeded(time.Ticks),
        DateOnly date => date.DayNumber,
        Complex number => HashCode.Combine(Seeded(number.Real), Seeded(number.Imaginary)),
        Guid id => Hash(id.ToByteArray()),
        decimal number => HashDecimal(number / 1.000000000000000000000000000000000m),
        _ => value.GetHashCode(),
    };

    private static int HashDecimal(decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        return number == 0 ? 0 : HashCode.Combine(bits[0], bits[1], bits[2], bits[3]);
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
