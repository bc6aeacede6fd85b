using System.Globalization;
using System.Reflection;

namespace Metaflow.Definition;

/// <summary>Reads members of enumerations by name. Case, <c>_</c> and <c>-</c> do not count where one member alone is meant.</summary>
internal static class EnumText
{
    /// <summary>Returns what is taken, for a message.</summary>
    public static string Expected(Type type) => "one of " + string.Join(", ", Enum.GetNames(type).Select(static name => $"'{name}'"));

    /// <summary>Reads a member, or a combination of those of a type marked <c>[Flags]</c>.</summary>
    /// <param name="type">The enumeration.</param>
    /// <param name="text">The name, or names with commas between them.</param>
    /// <returns>The value; <see langword="null"/> where a name is not a member's or could be several's.</returns>
    public static object? Read(Type type, string text)
    {
        if (!IsFlags(type))
        {
            return Member(type, text);
        }

        var bits = 0UL;
        foreach (var name in text.Split(','))
        {
            if (Member(type, name.Trim()) is not { } member)
            {
                return null;
            }

            bits |= Bits(member);
        }

        return Enum.ToObject(type, bits);
    }

    /// <summary>Returns true if a value is a member, or a combination of members where those are allowed.</summary>
    public static bool IsValid(object value)
    {
        var type = value.GetType();
        if (Enum.IsDefined(type, value))
        {
            return true;
        }

        var known = Enum.GetValues(type).Cast<object>().Aggregate(0UL, static (bits, member) => bits | Bits(member));
        return IsFlags(type) && Bits(value) != 0 && (Bits(value) & ~known) == 0;
    }

    private static bool IsFlags(Type type) => type.GetCustomAttribute<FlagsAttribute>() is not null;

    private static object? Member(Type type, string text)
    {
        var names = Enum.GetNames(type);
        if (names.Contains(text, StringComparer.Ordinal))
        {
            return Enum.Parse(type, text);
        }

        return One(type, names.Where(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)))
            ?? (names.Any(name => name.Equals(text, StringComparison.OrdinalIgnoreCase))
                ? null
                : One(type, names.Where(name => Bare(name) == Bare(text))));
    }

    private static object? One(Type type, IEnumerable<string> names)
        => names.Select(name => Enum.Parse(type, name)).Distinct().ToList() is [var only] ? only : null;

    private static string Bare(string name)
        => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    private static ulong Bits(object value)
        => Type.GetTypeCode(value.GetType()) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64
            ? unchecked((ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture))
            : Convert.ToUInt64(value, CultureInfo.InvariantCulture);
}
