using System.Globalization;
using System.Net;
using System.Text;

namespace Metaflow.Serialization;

/// <content>Values without parts.</content>
internal sealed partial class ValueReader
{
    /// <summary>The most flags that are combined: Python combines them one by one, each with those before.</summary>
    private const int DeepestMember = 100;

    /// <summary>Converts a plain value without parts; <see langword="null"/> when it does not fit.</summary>
    public static object? Scalar(object value, Type type)
    {
        if (type.IsEnum)
        {
            return EnumMember(value, type);
        }

        if (JsonForm.Is(type))
        {
            return JsonForm.FromPlain(value, type);
        }

        return value switch
        {
            string text => FromText(text, type),
            DateTimeOffset { Offset.Ticks: 0 } time when type == typeof(DateTime) => time.UtcDateTime,
            _ => PythonNumber.Convert(value, type),
        };
    }

    private static object? FromText(string text, Type type)
    {
        if (type == typeof(char))
        {
            return text.Length == 1 ? text[0] : null;
        }

        if (type == typeof(Rune))
        {
            return Rune.DecodeFromUtf16(text, out var letter, out var length) == System.Buffers.OperationStatus.Done
                && length == text.Length ? letter : null;
        }

        if (type == typeof(FileInfo) || type == typeof(DirectoryInfo))
        {
            return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal)
                ? null
                : type == typeof(FileInfo)
                ? new FileInfo(text)
                : new DirectoryInfo(text);
        }

        if (type == typeof(Uri))
        {
            return UriText.Parse(text);
        }

        if (type == typeof(StringBuilder))
        {
            return new StringBuilder(text);
        }

        if (type == typeof(IPAddress))
        {
            // A mere number is taken for an address too.
            return IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text)
                ? address
                : null;
        }

        return type == typeof(Version) && Version.TryParse(text, out var version) ? version : null;
    }

    // A member of Python's own enumerations is a call of the class with the member's value, or, by some versions of Python 3.11, the
    // attribute of the class with the member's name. A class within another is an attribute too, where the pickle is of an early
    // protocol.
    private static object? EnumMember(object value, Type type) => EnumMember(value, type, DeepestMember);

    private static object? EnumMember(object value, Type type, int depth) => value switch
    {
        _ when depth == 0 => null,
        string name => EnumByName(name, type),
        long number => EnumByNumber(number, type),
        PythonObject
        {
            IsCall: true,
            Module: "builtins",
            Name: "getattr",
            Arguments: [PythonClass or PythonObject, string or long] and [_, { } inner],
        } => EnumMember(inner, type, depth - 1),
        PythonObject { IsCall: true, Module: "_operator" or "operator", Name: "or_", Arguments: [{ } left, { } right] } => Combined(
            EnumMember(left, type, depth - 1), right is PythonObject { Name: "or_" } ? null : EnumMember(right, type, depth - 1), type),
        PythonObject { IsCall: true, Arguments: [string or long] and [{ } inner] } => EnumMember(inner, type, depth - 1),
        _ => null,
    };

    private static object? Combined(object? left, object? right, Type type)
    {
        if (left is null || right is null)
        {
            return null;
        }

        return Enum.GetUnderlyingType(type) == typeof(ulong)
            ? Enum.ToObject(
                type,
                System.Convert.ToUInt64(left, CultureInfo.InvariantCulture) | System.Convert.ToUInt64(right, CultureInfo.InvariantCulture))
            : Enum.ToObject(
                type,
                System.Convert.ToInt64(left, CultureInfo.InvariantCulture) | System.Convert.ToInt64(right, CultureInfo.InvariantCulture));
    }

    private static object? EnumByName(string name, Type type)
    {
        // Digits would be taken for a member's number.
        var isName = name.Length > 0 && !char.IsDigit(name[0]) && name[0] is not ('-' or '+');
        if (isName
            && (Enum.TryParse(type, name, ignoreCase: false, out var member) || Enum.TryParse(type, name, ignoreCase: true, out member)))
        {
            return member;
        }

        // A number that is not a member is written as its digits.
        return long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? EnumByNumber(number, type)
            : EnumByFormerNames(name, type);
    }

    /// <summary>Returns the member that had a name before it was renamed; of flags, the members of each name.</summary>
    private static object? EnumByFormerNames(string names, Type type)
    {
        var former = TypeShape.Of(type).FormerMembers;
        object? all = null;
        foreach (var name in former.Count == 0 ? [] : names.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!former.TryGetValue(name, out var member)
                && (char.IsDigit(name.FirstOrDefault()) || !Enum.TryParse(type, name, ignoreCase: false, out member)))
            {
                return null;
            }

            all = all is null ? member : Combined(all, member, type);
        }

        return all;
    }

    private static object? EnumByNumber(long number, Type type) =>
        PythonNumber.Convert(number, Enum.GetUnderlyingType(type)) is { } value ? Enum.ToObject(type, value) : null;
}
