using System.Globalization;
using System.Reflection;

namespace Metaflow.Tests.Reference;

/// <summary>How a member is written in a table: its type as in C#, and its default.</summary>
internal static class MemberText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string OfType(PropertyInfo property) => Of(new NullabilityInfoContext().Create(property));

    public static string OfType(MethodInfo method) => Of(new NullabilityInfoContext().Create(method.ReturnParameter));

    /// <summary>Returns the text of a default; <see langword="null"/> where the table says in words that there is none.</summary>
    public static string? OfDefault(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        Array { Length: 0 } => "[]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Of(NullabilityInfo info)
    {
        if (Nullable.GetUnderlyingType(info.Type) is { } value)
        {
            return NameOf(value) + "?";
        }

        var name = info.ElementType is { } element ? Of(element) + "[]"
            : info.GenericTypeArguments is [_, ..] arguments
                ? $"{info.Type.Name[..info.Type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", arguments.Select(Of))}>"
                : NameOf(info.Type);
        return info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? name + "?" : name;
    }

    private static string NameOf(Type type) => Keywords.GetValueOrDefault(type, type.Name);
}
