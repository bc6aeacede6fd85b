using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>What a collection is beside its items: whether it was set at all, and by which comparer it tells and orders them. A comparer
/// is not stored, so that what only a comparer of the collection's own holds apart, or in order, would be lost.</summary>
internal static class CollectionState
{
    private static readonly ConcurrentDictionary<Type, ComparerOf?> Comparers = new();

    private static readonly Type[] Sorted =
        [
            typeof(SortedSet<>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(ImmutableSortedSet<>),
            typeof(ImmutableSortedDictionary<,>),
        ];

    /// <summary>Returns true if a type has values that are not a collection yet, and are stored as nothing.</summary>
    public static bool MayBeUnset(Type type)
        => type.IsValueType && type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    /// <summary>Returns true if a value is the default of a structure that cannot even be enumerated.</summary>
    public static bool IsUnset(object value)
        => value is ValueType && MayBeUnset(value.GetType())
            && value.GetType().GetProperty(nameof(ImmutableArray<int>.IsDefault))!.GetValue(value) is true;

    /// <summary>Throws where an entry or the order of a set or dictionary would be lost.</summary>
    /// <returns>Whether what is stored certainly holds its entries apart; otherwise only reading it back tells.</returns>
    /// <exception cref="Errors.StorageException">MF4112.</exception>
    public static bool RequireKept(ValuePath path, object collection, TypeShape shape)
    {
        if (shape.Kind is not (ShapeKind.Set or ShapeKind.Dictionary))
        {
            return true;
        }

        var key = shape.KeyAndValue?.Key ?? shape.Element ?? typeof(object);
        var hasOwnComparer = Comparers.GetOrAdd(shape.Type, static (type, key) => ComparerOf.Find(type, key), key) is { } comparer
            && comparer.IsOwn(collection);
        var isSure = StoredKeys.AreSure(key);
        if (!hasOwnComparer && isSure)
        {
            return true;
        }

        List<object?> keys = shape.Kind == ShapeKind.Set
            ? [.. ((IEnumerable)collection).Cast<object?>()]
            : DictionaryEntries.Of(collection).ConvertAll(static pair => pair.Key);
        RequireDistinct(path, keys, shape.Type);
        if (hasOwnComparer && shape.Type.IsGenericType && Sorted.Contains(shape.Type.GetGenericTypeDefinition()) && !IsInDefaultOrder(keys))
        {
            throw SerializationErrors.LosesOrder(path, shape.Type);
        }

        return isSure || keys.TrueForAll(StoredKeys.IsWhole);
    }

    private static void RequireDistinct(ValuePath path, List<object?> keys, Type type)
    {
        var seen = new Dictionary<object, object?>(PythonEquality.Instance);
        foreach (var key in keys)
        {
            if (!seen.TryAdd(AsStored(key), key))
            {
                throw SerializationErrors.LosesEntry(path, type, key);
            }
        }
    }

    // As Python compares keys: 1, 1.0 and True are one key, and what is stored as a text is equal to that text.
    private static object AsStored(object? key) => key switch
    {
        null or DBNull => DBNull.Value,
        bool flag => flag ? BigInteger.One : BigInteger.Zero,
        byte or sbyte or short or ushort or int or uint or long =>
            new BigInteger(Convert.ToInt64(key, System.Globalization.CultureInfo.InvariantCulture)),
        ulong number => new BigInteger(number),
        Int128 number => (BigInteger)number,
        UInt128 number => (BigInteger)number,
        double number => double.IsInteger(number) ? new BigInteger(number) : number,
        float number => AsStored((double)number),
        Half number => AsStored((double)number),
        decimal number => decimal.IsInteger(number) ? new BigInteger(number) : (decimal)(double)number == number ? (double)number : number,
        Complex { Imaginary: 0 } number => AsStored(number.Real),
        char or Enum or Version or Rune or IPAddress or StringBuilder => key.ToString()!,
        Uri uri => UriText.Of(uri),
        TimeSpan time => new TimeSpan(time.Ticks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond),
        ITuple tuple when FrameworkTypes.IsOfFramework(key.GetType()) =>
            new PythonTuple([.. Enumerable.Range(0, tuple.Length).Select(i => AsStored(tuple[i]))]),
        _ => key,
    };

    private static bool IsInDefaultOrder(List<object?> keys)
    {
        try
        {
            return keys.TrueForAll(static key => key is null or IComparable)
                && keys.Zip(keys.Skip(1)).All(static pair => Comparer.Default.Compare(pair.First, pair.Second) < 0);
        }
        catch (ArgumentException)
        {
            // Items that know no order among each other.
            return false;
        }
    }

    /// <summary>How a type of collections tells its comparer, and which one it has by default.</summary>
    private sealed class ComparerOf(PropertyInfo property, object?[] defaults)
    {
        public static ComparerOf? Find(Type type, Type key)
        {
            var property = type.GetProperty("KeyComparer") ?? type.GetProperty("Comparer");
            return property is null
                ? null
                : new(property, [DefaultOf(typeof(EqualityComparer<>), key), DefaultOf(typeof(Comparer<>), key)]);
        }

        public bool IsOwn(object collection) => property.GetValue(collection) is { } comparer && !defaults.Contains(comparer);

        private static object? DefaultOf(Type comparer, Type key) => comparer.MakeGenericType(key).GetProperty("Default")!.GetValue(null);
    }
}
