using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Tells the types whose values, once they are read, nobody can change in place: such a value is as it was stored, without
/// looking.</summary>
/// <remarks>It is certain because it follows from the declared type alone, which is exactly what a reader makes: no field of the value,
/// nor of what its fields refer to, can be assigned after the constructor. Only unsafe code and reflection get around that, as they get
/// around all of the language.</remarks>
internal static class ImmutableTypes
{
    // A generic type may be made of ever larger ones of itself.
    private const int MostTypes = 200;

    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    private static readonly Type[] Scalars =
    [
        typeof(string), typeof(decimal), typeof(Half), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly),
        typeof(TimeOnly), typeof(TimeSpan), typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Complex), typeof(Rune), typeof(Uri),
        typeof(Version),
    ];

    /// <summary>Returns true if nobody can change a value that was read into a type.</summary>
    /// <param name="type">The declared type.</param>
    /// <returns>Whether that is certain, for an interface given a value for which <see cref="ReadOnlyViews.Is"/> is true.</returns>
    public static bool Contains(Type type) => type.IsPrimitive || type == typeof(string) || Known.GetOrAdd(type, IsImmutable);

    private static bool IsImmutable(Type type)
        => ReadOnlyViews.Are(type)
            ? Array.TrueForAll(type.GetGenericArguments(), argument => IsImmutable(argument, []))
            : IsImmutable(type, []);

    private static bool IsImmutable(Type declared, HashSet<Type> seen)
    {
        // What is being looked at is taken for immutable meanwhile: if it is not, the answer is no all the same.
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsPrimitive || type.IsEnum || Array.IndexOf(Scalars, type) >= 0 || !seen.Add(type))
        {
            return true;
        }

        if (type.IsPointer || type.IsFunctionPointer || type.IsArray || seen.Count > MostTypes)
        {
            return false;
        }

        var isKnown = type.IsGenericType && IsImmutableCollection(type.GetGenericTypeDefinition());
        if (isKnown || (typeof(ITuple).IsAssignableFrom(type) && FrameworkTypes.IsOfFramework(type)))
        {
            return Array.TrueForAll(type.GetGenericArguments(), argument => IsImmutable(argument, seen));
        }

        return !type.IsInterface && !type.IsAbstract && !FrameworkTypes.IsOfFramework(type) && HasOnlyFixedFields(type, seen);
    }

    // By its namespace first: to name the types loads their assembly, which a process of a task seldom needs.
    private static bool IsImmutableCollection(Type definition) => definition == typeof(KeyValuePair<,>)
        || (definition.Namespace is "System.Collections.Immutable" or "System.Collections.Frozen" && Collections.All.Contains(definition));

    // A structure is copied whenever it is read from a property or a field that cannot be assigned, so that its own fields may be
    // assignable.
    private static bool HasOnlyFixedFields(Type type, HashSet<Type> seen)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (!Array.TrueForAll(
                level.GetFields(Declared), field => (type.IsValueType || field.IsInitOnly) && IsImmutable(field.FieldType, seen)))
            {
                return false;
            }
        }

        return true;
    }

    private static class Collections
    {
        public static readonly HashSet<Type> All =
        [
            typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>),
            typeof(ImmutableQueue<>), typeof(ImmutableStack<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>),
            typeof(FrozenSet<>), typeof(FrozenDictionary<,>),
        ];
    }
}
