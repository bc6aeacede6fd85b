using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which texts a parameter of a type can be read from, as the command line does.</summary>
internal static class DefaultTexts
{
    private static readonly string[] Lists = ["List", "IList", "IReadOnlyList", "ICollection", "IReadOnlyCollection", "IEnumerable"];

    /// <summary>Returns what the type takes when the text is none of it; else <see langword="null"/>.</summary>
    public static string? WhatIsExpected(string text, ITypeSymbol type)
    {
        var trimmed = text.Trim();
        var isGood = type switch
        {
            { TypeKind: TypeKind.Enum } => IsMember(trimmed, type),
            _ when IsList(type) => trimmed == "null" || trimmed.StartsWith("[", StringComparison.Ordinal) || trimmed.StartsWith("/", StringComparison.Ordinal),
            _ => CanBeRead(trimmed, NameOf(type)),
        };
        return isGood ? null : Kind(type);
    }

    /// <summary>Says whether no number and no truth converts to the type.</summary>
    public static bool IsTextOnly(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || IsList(type)
        || NameOf(type) is "DateTime" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Guid";

    /// <summary>Says whether the type is one of single values.</summary>
    public static bool IsScalar(ITypeSymbol type) => !IsList(type) && (IsTextOnly(type)
        || type.SpecialType is SpecialType.System_Boolean or (>= SpecialType.System_SByte and <= SpecialType.System_Double));

    /// <summary>Returns what the type takes, for a message.</summary>
    public static string Kind(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } => "one of " + string.Join(", ", type.GetMembers().OfType<IFieldSymbol>().Select(static member => $"'{member.Name}'")),
        _ when IsList(type) => "a list in JSON such as '[1, 2]'",
        _ => NameOf(type) switch
        {
            "Boolean" => "'true' or 'false'",
            "DateTime" or "DateTimeOffset" => "a time such as '2026-01-31T12:00:00'",
            "DateOnly" => "a date such as '2026-01-31'",
            "TimeOnly" => "a time of day such as '12:30'",
            "TimeSpan" => "a duration such as '01:30:00'",
            "Guid" => "a GUID",
            "Double" or "Single" or "Decimal" => "a number",
            _ => "an integer in its range",
        },
    };

    private static string NameOf(ITypeSymbol type)
        => type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true } && type.ContainingType is null ? type.Name : "";

    // Bytes are read from base64 text.
    private static bool IsList(ITypeSymbol type) => type is IArrayTypeSymbol { ElementType.SpecialType: not SpecialType.System_Byte }
        || (Lists.Contains(type.Name) && type.ContainingNamespace?.ToDisplayString() == "System.Collections.Generic"
            && type is INamedTypeSymbol { TypeArguments.Length: 1 } list && list.TypeArguments[0].SpecialType != SpecialType.System_Byte);

    // Numbers are refused, and dashes and underscores are dropped, as on the command line.
    private static bool IsMember(string text, ITypeSymbol type)
        => !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) && text.Replace("-", "").Replace("_", "").Split(',').All(part =>
            type.GetMembers().OfType<IFieldSymbol>().Any(member => string.Equals(member.Name, part.Trim(), StringComparison.OrdinalIgnoreCase)));

    private static bool CanBeRead(string text, string type)
    {
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            "Boolean" => text.ToUpperInvariant() is "TRUE" or "1" or "YES" or "Y" or "T" or "ON" or "FALSE" or "0" or "NO" or "N" or "F" or "OFF",
            "SByte" => sbyte.TryParse(text, NumberStyles.Integer, culture, out _),
            "Byte" => byte.TryParse(text, NumberStyles.Integer, culture, out _),
            "Int16" => short.TryParse(text, NumberStyles.Integer, culture, out _),
            "UInt16" => ushort.TryParse(text, NumberStyles.Integer, culture, out _),
            "Int32" => int.TryParse(text, NumberStyles.Integer, culture, out _),
            "UInt32" => uint.TryParse(text, NumberStyles.Integer, culture, out _),
            "Int64" => long.TryParse(text, NumberStyles.Integer, culture, out _),
            "UInt64" => ulong.TryParse(text, NumberStyles.Integer, culture, out _),
            "Single" => IsSingle(text),
            "Double" => text.ToUpperInvariant() is "INF" or "+INF" or "-INF" || double.TryParse(text, NumberStyles.Float, culture, out _),
            "Decimal" => decimal.TryParse(text, NumberStyles.Number ^ NumberStyles.AllowThousands, culture, out var number) && (number != 0 || !HasDigits(text)),
            "Guid" => Guid.TryParse(text, out _),
            "TimeSpan" => IsDuration(text),
            "DateTimeOffset" => DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out _),
            "DateTime" or "DateOnly" or "TimeOnly" => DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind, out _),
            _ => true,
        };
    }

    // A number that the type cannot hold is refused rather than made infinite or zero.
    private static bool IsSingle(string text)
        => text.ToUpperInvariant() is "INF" or "+INF" or "-INF" || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (!float.IsInfinity((float)number) || !text.Any(char.IsDigit)) && ((float)number != 0 || !HasDigits(text.Split('e', 'E')[0])));

    private static bool HasDigits(string text) => text.Any(static letter => letter is >= '1' and <= '9');

    private static bool IsDuration(string text)
    {
        if (text.Split('T')[0].IndexOfAny(['Y', 'M', 'W']) >= 0)
        {
            // Years and months differ in length; weeks stand alone.
            var digits = text.TrimStart('-');
            return digits.Length > 2 && digits[0] == 'P' && digits[digits.Length - 1] == 'W' && int.TryParse(digits.Substring(1, digits.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        }

        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _))
        {
            return true;
        }

        try
        {
            _ = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }
}
