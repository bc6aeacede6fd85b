using System.Collections;

namespace Metaflow.Definition;

/// <summary>Says what the text of a parameter looks like: for help, and for examples that can be typed.</summary>
internal static class ParameterForms
{
    private const int LongestEnum = 40;

    /// <summary>Returns the word for a parameter's values, such as <c>number</c>, <c>path</c> or, for lists,
    /// <c>number,number…</c>.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The word.</returns>
    public static string ValueName(ParameterDefinition parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (parameter.IncludeFile is not null)
        {
            return "path";
        }

        var type = Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType;
        var item = type == typeof(string) ? null : ParameterJson.WordOfList(type);
        return item is null ? Word(type) : $"{Word(item)}{Separator(parameter)}{Word(item)}…";
    }

    /// <summary>Returns the default as the text that the command line takes.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The text; <see langword="null"/> where there is no default, or where it is computed.</returns>
    public static string? DefaultText(ParameterDefinition parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Default switch
        {
            null => null,
            string text => text,
            IEnumerable items => ListText(parameter, items),
            var value when ScalarText.Knows(value.GetType()) => ScalarText.Write(value),
            var value => RawJson.TextOf(ConfigNode.Of(value)),
        };
    }

    /// <summary>Returns true if values of a parameter are lists of items.</summary>
    /// <param name="parameter">The parameter.</param>
    public static bool IsList(ParameterDefinition parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.IncludeFile is null && parameter.ValueType != typeof(string)
            && (parameter.Separator is not null || ParameterJson.IsList(parameter.ValueType));
    }

    /// <summary>Makes one text of the texts that were given for a list.</summary>
    /// <param name="parameter">The parameter; <see cref="IsList"/> is so.</param>
    /// <param name="texts">The texts, each of one item or several.</param>
    /// <returns>A text of which the items of all are read; <see langword="null"/> where JSON is among them, or where items need
    /// it.</returns>
    public static string? Joined(ParameterDefinition parameter, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(texts);
        var isPlain = parameter.Separator is { Length: > 0 }
            || (ParameterJson.WordOfList(parameter.ValueType) is not null && !texts.Any(static text => text.TrimStart() is ['[', ..]));
        return isPlain ? string.Join(Separator(parameter), texts) : null;
    }

    private static string ListText(ParameterDefinition parameter, IEnumerable items)
    {
        var nodes = ConfigNode.Of(items);
        var separator = Separator(parameter);
        var isPlain = nodes.Items.Count > 0
            && nodes.Items.All(item => item.Kind is not (ConfigNodeKind.Null or ConfigNodeKind.List or ConfigNodeKind.Map)
                && !item.Text.Contains(separator, StringComparison.Ordinal));
        var text = string.Join(separator, nodes.Items.Select(static item => item.Text));
        var isTaken = parameter.Separator is not null
            || (text.Length > 0 && text.TrimStart() is not ['[', ..] && text.Trim() != "null"
                && ParameterJson.WordOfList(parameter.ValueType) is not null);
        return isPlain && isTaken ? text : parameter.Separator is not null && nodes.Items.Count == 0 ? "" : RawJson.TextOf(nodes);
    }

    private static string Separator(ParameterDefinition parameter) => parameter.Separator is { Length: > 0 } separator ? separator : ",";

    private static string Word(Type given)
    {
        var type = Nullable.GetUnderlyingType(given) ?? given;
        return type switch
        {
            _ when type.IsEnum => string.Join('|', Enum.GetNames(type)) is { Length: <= LongestEnum } names ? names : type.Name,
            _ when type == typeof(bool) => "true|false",
            _ when type == typeof(string) => "text",
            _ when ScalarText.Knows(type) => ScalarText.Word(type),
            _ => "json",
        };
    }
}
