using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Definition;

/// <summary>Reads lists, dictionaries and records from structured data whose keys may be in snake, camel or Pascal case.</summary>
internal static class ParameterJson
{
    // The resolver is named because file-based programs switch reflection off by default.
    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { StructConstruction.Apply } },
        RespectRequiredConstructorParameters = true,
        Converters = { new ScalarConverter(), new PlainDataConverter(), new ReadOnlyCollections() },
    };

    /// <summary>Reads a value.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="text">JSON; where it is not, it is taken as one text, and as items with commas between them where a list of words is
    /// wanted.</param>
    /// <param name="nulls">Where <see langword="null"/> may stand.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is not a value of the type; the message says all that is wrong, with
    /// places.</exception>
    public static object? Read(Type type, string text, NullMap nulls)
    {
        // '1' is a list of one here, although it is JSON.
        if (text.Length > 0 && text.TrimStart() is not ['[', ..] && text.Trim() != "null" && WordOfList(type) is not null)
        {
            return FromTexts(type, text.Split(','), nulls);
        }

        ConfigNode node;
        try
        {
            node = JsonNodes.Parse(text);
        }
        catch (FormatException) when (!LooksLikeJson(text))
        {
            node = new() { Kind = ConfigNodeKind.Loose, Text = text, Line = 1, Column = 1 };
        }

        return Read(type, node, nulls);
    }

    /// <summary>Makes a list of a type from texts.</summary>
    /// <param name="type">The list's type.</param>
    /// <param name="items">The items.</param>
    /// <param name="nulls">Where <see langword="null"/> may stand.</param>
    /// <returns>The list.</returns>
    /// <exception cref="FormatException">The texts are not items of the type.</exception>
    public static object? FromTexts(Type type, IEnumerable<string> items, NullMap nulls)
        => Read(
            type,
            new ConfigNode
            {
                Kind = ConfigNodeKind.List,
                Items = [.. items.Select(static item => new ConfigNode { Kind = ConfigNodeKind.Loose, Text = item })],
            },
            nulls);

    /// <summary>Makes a value of a type from a tree.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="node">The tree.</param>
    /// <param name="nulls">Where <see langword="null"/> may stand.</param>
    /// <param name="isStored">Whether the tree was kept by an earlier run, perhaps of an earlier type: keys that the type lacks are
    /// omitted.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The tree is not a value of the type; the message says all that is wrong, with
    /// places.</exception>
    [SuppressMessage(
        "Design", "CA1031", Justification = "The constructor of a record is the author's: whatever it raises is reported with the place.")]
    public static object? Read(Type type, ConfigNode node, NullMap nulls, bool isStored = false)
    {
        if (ScalarText.Knows(Nullable.GetUnderlyingType(type) ?? type) && node.Kind == ConfigNodeKind.Loose)
        {
            return ScalarText.Read(Nullable.GetUnderlyingType(type) ?? type, node.Text)
                ?? throw new FormatException(
                    $"'{node.Text}' is not {ScalarText.ExpectedFor(Nullable.GetUnderlyingType(type) ?? type, node.Text)}");
        }

        try
        {
            var fitting = new NodeFitting(Options, isStored);
            var json = fitting.Fit(node, type, nulls);
            return JsonSerializer.Deserialize(json, type, Options);
        }
        catch (FormatException)
        {
            throw;
        }
        catch (Exception error)
        {
            var why = error is JsonException { Path: { } path }
                ? $"the value of '{path.TrimStart('$', '.')}' does not fit"
                : error.Message.TrimEnd('.');
            throw new FormatException(node.Place + why, error);
        }
    }

    /// <summary>Returns the type of a list's items where those are words, so that the list needs no JSON.</summary>
    public static Type? WordOfList(Type type)
    {
        try
        {
            return ItemOf(type) is { } item && IsWord(item) ? item : null;
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns true if a type is one of lists, arrays or sets.</summary>
    public static bool IsList(Type type)
    {
        try
        {
            return ItemOf(type) is not null;
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool LooksLikeJson(string text) => text.TrimStart() is ['{' or '[' or '"', ..];

    private static Type? ItemOf(Type type)
        => Options.GetTypeInfo(ReadOnlyCollections.MadeFrom(type)) is { Kind: JsonTypeInfoKind.Enumerable } info ? info.ElementType : null;

    private static bool IsWord(Type item) => item == typeof(string) || ScalarText.Knows(Nullable.GetUnderlyingType(item) ?? item);
}
