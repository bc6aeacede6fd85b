using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Serialization;

/// <summary>Tells the types of .NET itself that have a stored form from those whose public properties are not all that they
/// are.</summary>
internal static class FrameworkTypes
{
    private static readonly Type[] Structures =
    [
        typeof(decimal), typeof(Half), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(TimeSpan), typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Complex), typeof(JsonElement), typeof(Rune),
    ];

    private static readonly Type[] Classes =
    [
        typeof(string), typeof(Uri), typeof(Version), typeof(StringBuilder), typeof(IPAddress), typeof(DBNull), typeof(JsonDocument),
        typeof(JsonNode), typeof(FileInfo), typeof(DirectoryInfo),
    ];

    private static readonly Type[] ForbiddenBases =
    [
        typeof(Delegate), typeof(Stream), typeof(TextReader), typeof(TextWriter), typeof(Task), typeof(ValueTask), typeof(Thread),
        typeof(MemberInfo), typeof(Assembly), typeof(Module), typeof(ParameterInfo), typeof(Pointer), typeof(CancellationToken),
        typeof(CancellationTokenSource), typeof(WaitHandle), typeof(System.Runtime.InteropServices.SafeHandle), typeof(Timer),
        typeof(WeakReference), typeof(SynchronizationContext), typeof(TaskScheduler), typeof(AppDomain),
        typeof(System.Collections.Specialized.NameObjectCollectionBase),
    ];

    /// <summary>Returns true if a type has a form of its own, without parts that are looked at by reflection.</summary>
    public static bool IsScalar(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsPrimitive || bare.IsEnum || Structures.Contains(bare)
            || (Array.Exists(Classes, known => known.IsAssignableFrom(bare)) && IsOfFramework(bare));
    }

    /// <summary>Returns true if a value is written without parts.</summary>
    public static bool IsScalarValue(object value) => value switch
    {
        bool or char or int or long or double or byte or sbyte or short or ushort or uint or ulong or float or Half => true,
        decimal or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan => true,
        BigInteger or Int128 or UInt128 or Complex or nint or nuint or Rune => true,
        _ => value is Enum,
    };

    /// <summary>Returns true if a type is one of .NET that would be another value once its public properties are stored and
    /// read.</summary>
    /// <remarks>What the type declares says nothing when a value must be of another: <see cref="object"/>, interfaces and abstract
    /// classes. A structure all of whose fields are public, such as a vector, has nothing else to lose.</remarks>
    public static bool LosesState(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var isOpen = bare == typeof(object) || bare.IsAbstract || bare.IsArray || bare.IsGenericParameter
            || typeof(ITuple).IsAssignableFrom(bare);
        return !isOpen && IsOfFramework(bare) && !IsTransparent(bare)
            && !(bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));
    }

    /// <summary>Returns true if a value of the type exists only in the process that made it.</summary>
    public static bool IsOfOneProcess(Type type) =>
        type.IsPointer || type.IsFunctionPointer || type.IsByRefLike
        || ForbiddenBases.Any(forbidden => forbidden.IsAssignableFrom(type))
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        || ArgumentsOf(type.GetInterfaces(), typeof(IAsyncEnumerable<>)) is not null
        || ArgumentsOf([type, .. type.GetInterfaces()], typeof(IGrouping<,>)) is not null;

    /// <summary>Returns the arguments of the first interface made from a generic definition.</summary>
    public static Type[]? ArgumentsOf(IEnumerable<Type> interfaces, Type definition) =>
        interfaces.FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition)?.GetGenericArguments();

    private static bool IsTransparent(Type type)
    {
        const BindingFlags AnyAccess = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return type.IsValueType && type.GetFields(AnyAccess) is { Length: > 0 } fields
            && Array.TrueForAll(fields, field => field is { IsPublic: true, IsInitOnly: false });
    }

    public static bool IsOfFramework(Type type) => type.Assembly.GetName().Name is { } name
        && (name is "System" or "mscorlib" or "netstandard" || name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal));
}
