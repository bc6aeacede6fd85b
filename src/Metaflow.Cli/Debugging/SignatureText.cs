using System.Text.RegularExpressions;

namespace Metaflow.Cli.Debugging;

/// <summary>Writes the parameters of methods as C# does: the runtime writes <c>(System.String, Int32)</c>, and another form for each kind
/// of type.</summary>
internal static partial class SignatureText
{
    private const string ByRef = " ByRef";

    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["Boolean"] = "bool",
        ["Byte"] = "byte",
        ["Char"] = "char",
        ["Decimal"] = "decimal",
        ["Double"] = "double",
        ["Int16"] = "short",
        ["Int32"] = "int",
        ["Int64"] = "long",
        ["IntPtr"] = "nint",
        ["Object"] = "object",
        ["SByte"] = "sbyte",
        ["Single"] = "float",
        ["String"] = "string",
        ["UInt16"] = "ushort",
        ["UInt32"] = "uint",
        ["UInt64"] = "ulong",
        ["UIntPtr"] = "nuint",
        ["Void"] = "void",
    };

    /// <summary>Returns the parameters with the keywords of C# and with names of types without their namespaces.</summary>
    /// <param name="parameters">The parameters as the runtime writes them, with their parentheses.</param>
    public static string Of(string parameters)
    {
        var named = Nullable().Replace(TypeName().Replace(parameters, static name => Short(name.Value)), "$1?");
        return named.Contains(ByRef, StringComparison.Ordinal) ? Reference().Replace(named, "ref $1") : named;
    }

    private static string Short(string name)
    {
        var plain = name.Split('`')[0];
        var last = plain[(plain.LastIndexOf('.') + 1)..];
        return (plain == last || plain == "System." + last) && Keywords.TryGetValue(last, out var keyword)
            ? keyword
            : last.Replace('+', '.');
    }

    [GeneratedRegex(@"(?!ByRef\b)[\p{L}_][\p{L}\p{N}_.+`]*")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\bNullable<([^<>]+)>")]
    private static partial Regex Nullable();

    [GeneratedRegex(@"([^\s,()][^,()]*) ByRef")]
    private static partial Regex Reference();
}
