using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Metaflow.Definition;

/// <summary>The kind of a part of structured data.</summary>
public enum ConfigNodeKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A boolean: <c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number of any size.</summary>
    Whole,

    /// <summary>Another number; <c>NaN</c> and infinities too.</summary>
    Real,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A text from a source that has no other kind, for example environment variables. It is converted to the expected
    /// type.</summary>
    Loose,

    /// <summary>A list.</summary>
    List,

    /// <summary>Members by name.</summary>
    Map,
}

/// <summary>A part of a parsed configuration with its place. Numbers keep the text that the user wrote, so that nothing is
/// rounded.</summary>
public sealed record ConfigNode
{
    /// <summary>Gets what this is.</summary>
    public required ConfigNodeKind Kind { get; init; }

    /// <summary>Gets the text of a scalar: numbers in the invariant culture with base 10, booleans as <c>true</c> or <c>false</c>; empty
    /// by default.</summary>
    public string Text { get; init; } = "";

    /// <summary>Gets the items of a list; empty by default.</summary>
    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    /// <summary>Gets the members of a map in their order, each name once; empty by default.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigNode>> Members { get; init; } = [];

    /// <summary>Gets the line in the user's text, from 1; 0 (the default) if it is not known.</summary>
    public int Line { get; init; }

    /// <summary>Gets the column in the user's text, from 1; 0 (the default) if it is not known.</summary>
    public int Column { get; init; }

    /// <summary>Gets the line of the name that this is the value of, from 1; 0 (the default) if it has none, or it is not
    /// known.</summary>
    public int NameLine { get; init; }

    /// <summary>Gets the column of the name that this is the value of, from 1; 0 (the default) if it has none, or it is not
    /// known.</summary>
    public int NameColumn { get; init; }

    /// <summary>Gets the place of the name that this is the value of, for what is wrong with the name; else that of the value.</summary>
    internal ConfigNode AtName => NameLine == 0 ? this : this with { Line = NameLine, Column = NameColumn };

    internal string Place => Line == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: ");

    /// <summary>Creates nodes from plain data.</summary>
    /// <param name="value">Texts, numbers, booleans, lists, dictionaries or <see langword="null"/>.</param>
    /// <returns>The node, without a place.</returns>
    public static ConfigNode Of(object? value) => value switch
    {
        null => new() { Kind = ConfigNodeKind.Null },
        ConfigNode node => node,
        bool truth => new() { Kind = ConfigNodeKind.Boolean, Text = truth ? "true" : "false" },
        string text => new() { Kind = ConfigNodeKind.Text, Text = text },
        Enum member => new() { Kind = ConfigNodeKind.Text, Text = member.ToString() },
        _ when ScalarText.IsInteger(value.GetType()) => new() { Kind = ConfigNodeKind.Whole, Text = ScalarText.Write(value) },
        float number => new() { Kind = ConfigNodeKind.Real, Text = ScalarText.Write((double)number) },
        Half number => new() { Kind = ConfigNodeKind.Real, Text = ScalarText.Write((double)number) },
        _ when ScalarText.IsReal(value.GetType()) => new() { Kind = ConfigNodeKind.Real, Text = ScalarText.Write(value) },
        _ when ScalarText.Knows(value.GetType()) => new() { Kind = ConfigNodeKind.Text, Text = ScalarText.Write(value) },
        IDictionary members => new() { Kind = ConfigNodeKind.Map, Members = [.. Entries(members)] },
        IEnumerable items => new() { Kind = ConfigNodeKind.List, Items = [.. items.Cast<object?>().Select(Of)] },
        _ => new() { Kind = ConfigNodeKind.Map, Members = [.. Properties(value)] },
    };

    /// <summary>Returns the data without places.</summary>
    /// <returns>Texts, whole numbers as <see cref="long"/> or, if they are larger, <see cref="BigInteger"/>, other numbers as
    /// <see cref="double"/>, booleans, lists, dictionaries or <see langword="null"/>.</returns>
    public object? ToPlain() => Kind switch
    {
        ConfigNodeKind.Null => null,
        ConfigNodeKind.Boolean => Text == "true",
        ConfigNodeKind.Whole => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? (object)whole : BigInteger.Parse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        ConfigNodeKind.Real => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture),
        ConfigNodeKind.List => Items.Select(static item => item.ToPlain()).ToList(),
        ConfigNodeKind.Map =>
            Members.ToDictionary(static member => member.Key, static member => member.Value.ToPlain(), StringComparer.Ordinal),
        _ => Text,
    };

    private static IEnumerable<KeyValuePair<string, ConfigNode>> Entries(IDictionary members)
    {
        foreach (DictionaryEntry member in members)
        {
            yield return new(member.Key is string name ? name : Of(member.Key).Text, Of(member.Value));
        }
    }

    private static IEnumerable<KeyValuePair<string, ConfigNode>> Properties(object value) => value.GetType().GetProperties()
        .Where(static property => property.CanRead && property.GetMethod!.IsPublic && !property.GetMethod.IsStatic
            && property.GetIndexParameters().Length == 0)
        .Select(property => KeyValuePair.Create(property.Name, Of(property.GetValue(value))));
}
