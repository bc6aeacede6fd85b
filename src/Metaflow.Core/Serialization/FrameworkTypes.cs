using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Serialization;

/// <summary>Tells the types of .NET itself that have a stored form from those whose public properties are not all that they are.</summary>
internal static class FrameworkTypes
{
    private static readonly Type[] Structures =
    [
        typeof(decimal), typeof(Half), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Complex), typeof(JsonElement), typeof(Rune),
    ];

    private static readonly Type[] Classes =
    [
        typeof(string), typeof(Uri), typeof(Version), typeof(StringBuilder), typeof(IPAddress), typeof(DBNull), typeof(JsonDocument), typeof(JsonNode),
        typeof(FileInfo), typeof(DirectoryInfo),
    ];

    /// <summary>Says whether a type has a form of its own, without parts that are looked at by reflection.</summary>
    public static bool IsScalar(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsPrimitive || bare.IsEnum || Structures.Contains(bare) || (Array.Exists(Classes, known => known.IsAssignableFrom(bare)) && IsOfFramework(bare));
    }

    /// <summary>Says whether a type is one of .NET that would be another value once its public properties are stored and read.</summary>
    /// <remarks>What the type declares says nothing when a value must be of another: <see cref="object"/>, interfaces and abstract classes.
    /// A structure all of whose fields are public, such as a vector, has nothing else to lose.</remarks>
    public static bool LosesState(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var isOpen = bare == typeof(object) || bare.IsAbstract || bare.IsArray || bare.IsGenericParameter || typeof(ITuple).IsAssignableFrom(bare);
        return !isOpen && IsOfFramework(bare) && !IsTransparent(bare)
            && !(bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));
    }

    private static bool IsTransparent(Type type)
    {
        const BindingFlags AnyAccess = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return type.IsValueType && type.GetFields(AnyAccess) is { Length: > 0 } fields && Array.TrueForAll(fields, field => field is { IsPublic: true, IsInitOnly: false });
    }

    public static bool IsOfFramework(Type type) => type.Assembly.GetName().Name is { } name
        && (name is "System" or "mscorlib" or "netstandard" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal));
}
