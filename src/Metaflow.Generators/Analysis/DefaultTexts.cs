using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which texts a parameter of a type can be read from, as the command line does.</summary>
internal static class DefaultTexts
{
    /// <summary>Returns what the type accepts if the text is not a value of it; otherwise <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The type, without <c>?</c>.</param>
    /// <param name="separator">What parts items; <see langword="null"/> for commas, or JSON.</param>
    public static string? WhatIsExpected(string text, ITypeSymbol type, string? separator)
    {
        if (ReadableTypes.ItemOf(type) is { } item)
        {
            return CanBeItems(text, ReadableTypes.WithoutNullable(item), separator) ? null : Kind(type);
        }

        return separator is not null || !ReadableTypes.IsWord(type) || CanBeRead(text, type) ? null : Kind(type);
    }

    /// <summary>Returns what the type takes, for a message.</summary>
    public static string Kind(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } =>
            "one of " + string.Join(", ", type.GetMembers().OfType<IFieldSymbol>().Select(static member => $"'{member.Name}'")),
        _ when ReadableTypes.ItemOf(type) is { } item =>
            ReadableTypes.IsWord(ReadableTypes.WithoutNullable(item)) || item.SpecialType == SpecialType.System_String
                ? $"a list like '[1, 2]' or 'a,b'; each item is {ItemKind(ReadableTypes.WithoutNullable(item))}" : "a list in JSON",
        _ => ScalarTexts.Kind(type),
    };

    private static string ItemKind(ITypeSymbol item) => item.SpecialType == SpecialType.System_String ? "a text" : Kind(item);

    private static bool CanBeItems(string text, ITypeSymbol item, string? separator)
    {
        var isText = item.SpecialType == SpecialType.System_String;
        if (separator is { Length: > 0 })
        {
            return text.Length == 0 || text.Split([separator], StringSplitOptions.None)
                .All(part => isText || !ReadableTypes.IsWord(item) || CanBeRead(part, item));
        }

        // Of JSON only the kind is looked at.
        if (text.Length == 0 || text.TrimStart().StartsWith("[", StringComparison.Ordinal) || text.Trim() == "null")
        {
            return text.Length > 0;
        }

        return isText || (ReadableTypes.IsWord(item) && text.Split(',').All(part => CanBeRead(part, item)));
    }

    private static bool CanBeRead(string text, ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            return EnumTexts.CanBeRead(text.Trim(), type);
        }

        var keepsSpace = type.SpecialType == SpecialType.System_Char || ReadableTypes.NameOf(type) == "System.Text.Rune";
        return ScalarTexts.CanBeRead(keepsSpace && text.Length == 1 ? text : text.Trim(), type);
    }
}
