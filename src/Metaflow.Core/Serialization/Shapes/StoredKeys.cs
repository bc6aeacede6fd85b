using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Tells the keys and items of sets that differ certainly once they are stored from those that may become the same.</summary>
internal static class StoredKeys
{
    private const BindingFlags AnyField = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
    private const int DeepestType = 8;
    private const long TicksStored = TimeSpan.TicksPerMicrosecond;

    private static readonly ConcurrentDictionary<Type, bool> Sure = new();

    private static readonly Type[] SureScalars =
    [
        typeof(string), typeof(char), typeof(bool), typeof(Guid), typeof(DateOnly), typeof(decimal), typeof(BigInteger), typeof(Int128),
        typeof(UInt128),
    ];

    /// <summary>Returns true if any two values of a type that are not equal are stored as two that are not equal.</summary>
    public static bool AreSure(Type type) => Sure.GetOrAdd(type, static type => AreSure(type, 0));

    /// <summary>Returns true if all of a time is stored, which is kept to the microsecond. Of other values it is not known.</summary>
    public static bool IsWhole(object? key) => key switch
    {
        TimeSpan time => time.Ticks % TicksStored == 0,
        TimeOnly time => time.Ticks % TicksStored == 0,
        DateTime { Kind: not DateTimeKind.Local } time => time.Ticks % TicksStored == 0,
        DateTimeOffset time => time.Ticks % TicksStored == 0,
        _ => false,
    };

    private static bool AreSure(Type type, int depth)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if ((bare.IsPrimitive && bare != typeof(nint) && bare != typeof(nuint)) || bare.IsEnum || Array.IndexOf(SureScalars, bare) >= 0)
        {
            return true;
        }

        // Compared by its parts, all of which are stored.
        var isTuple = typeof(ITuple).IsAssignableFrom(bare) && bare is { IsValueType: true, IsGenericType: true };
        var isRecord = bare.IsSealed && FrameworkTypes.IsOfFramework(bare) is false && IsCompilersRecord(bare);
        return depth < DeepestType && (isTuple || isRecord)
            && Array.TrueForAll(
                bare.GetFields(AnyField), field => !field.IsDefined(typeof(ArtifactIgnoreAttribute)) && AreSure(field.FieldType, depth + 1))
            && Array.TrueForAll(bare.GetProperties(AnyField), static property => !property.IsDefined(typeof(ArtifactIgnoreAttribute)));
    }

    private static bool IsCompilersRecord(Type type)
        => type.BaseType is { } parent && (parent == typeof(object) || parent == typeof(ValueType))
            && !type.IsDefined(typeof(ArtifactByPublicMembersAttribute))
            && type.GetMethod("Equals", [type])?.IsDefined(typeof(CompilerGeneratedAttribute)) == true;
}
