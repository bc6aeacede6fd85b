using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Metaflow.Definition;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Metaflow.Cli.Configs;

/// <summary>Gives a scalar the type that the core schema of YAML 1.2 gives it.</summary>
internal static partial class YamlScalar
{
    /// <summary>What the tags of the core schema begin with; <c>!!</c> stands for it.</summary>
    internal const string CoreTags = "tag:yaml.org,2002:";

    /// <summary>Makes a node.</summary>
    /// <exception cref="FormatException">The tag of the scalar does not belong to the core schema, or its text does not fit the
    /// tag.</exception>
    public static ConfigNode Node(Scalar scalar)
    {
        var (kind, text) = Tagged(scalar);
        return new() { Kind = kind, Text = text, Line = (int)scalar.Start.Line, Column = (int)scalar.Start.Column };
    }

    /// <summary>Refuses a scalar whose tag would be left out without a word.</summary>
    /// <param name="scalar">The scalar.</param>
    /// <exception cref="FormatException">The tag does not belong to the core schema, or the text does not fit it.</exception>
    public static void RequireKnownTag(Scalar scalar) => Tagged(scalar);

    /// <summary>Returns a tag as users write it.</summary>
    /// <param name="tag">The tag.</param>
    /// <returns>The tag, such as <c>!!int</c>.</returns>
    public static string Shown(TagName tag)
        => tag.Value.StartsWith(CoreTags, StringComparison.Ordinal) ? "!!" + tag.Value[CoreTags.Length..] : tag.Value;

    private static (ConfigNodeKind Kind, string Text) Tagged(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
        {
            return scalar.Style != ScalarStyle.Plain || scalar.Tag.IsNonSpecific
                ? (ConfigNodeKind.Text, scalar.Value)
                : Typed(scalar.Value);
        }

        var typed = Typed(scalar.Value);
        return (scalar.Tag.Value, typed.Kind) switch
        {
            (CoreTags + "str", _) => (ConfigNodeKind.Text, scalar.Value),
            (CoreTags + "int", ConfigNodeKind.Whole) or (CoreTags + "float", ConfigNodeKind.Real) => typed,
            (CoreTags + "bool", ConfigNodeKind.Boolean) or (CoreTags + "null", ConfigNodeKind.Null) => typed,
            (CoreTags + "float", ConfigNodeKind.Whole) => (ConfigNodeKind.Real, typed.Text),
            (CoreTags + "int" or CoreTags + "float" or CoreTags + "bool" or CoreTags + "null", _)
                => throw YamlTree.Wrong(scalar, $"'{scalar.Value}' is not a value of the tag '{Shown(scalar.Tag)}'"),
            _ => throw YamlTree.Wrong(
                scalar,
                $"the tag '{Shown(scalar.Tag)}' is not supported; the tags are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"),
        };
    }

    private static (ConfigNodeKind Kind, string Text) Typed(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => (ConfigNodeKind.Null, ""),
        "true" or "True" or "TRUE" => (ConfigNodeKind.Boolean, "true"),
        "false" or "False" or "FALSE" => (ConfigNodeKind.Boolean, "false"),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => (ConfigNodeKind.Real, "Infinity"),
        "-.inf" or "-.Inf" or "-.INF" => (ConfigNodeKind.Real, "-Infinity"),
        ".nan" or ".NaN" or ".NAN" => (ConfigNodeKind.Real, "NaN"),
        _ when Whole().IsMatch(text) => (ConfigNodeKind.Whole, text),
        _ when Octal().IsMatch(text) => (ConfigNodeKind.Whole, FromOctal(text.AsSpan(2))),
        _ when Hexadecimal().IsMatch(text) => (ConfigNodeKind.Whole, FromHexadecimal(text[2..])),
        _ when Real().IsMatch(text) => (ConfigNodeKind.Real, text),
        _ => (ConfigNodeKind.Text, text),
    };

    private static string FromOctal(ReadOnlySpan<char> digits)
    {
        var number = BigInteger.Zero;
        foreach (var digit in digits)
        {
            number = (number * 8) + (digit - '0');
        }

        return number.ToString(CultureInfo.InvariantCulture);
    }

    // The zero keeps the first digit from being a sign.
    private static string FromHexadecimal(string digits)
        => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^0o[0-7]+\z")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^0x[0-9a-fA-F]+\z")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Real();
}
