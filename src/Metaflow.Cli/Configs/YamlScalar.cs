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
    /// <summary>Makes a node.</summary>
    public static ConfigNode Node(Scalar scalar)
    {
        var isText = scalar.Style != ScalarStyle.Plain || scalar.Tag is { IsEmpty: false, IsNonSpecific: false, Value: "tag:yaml.org,2002:str" };
        var (kind, text) = isText ? (ConfigNodeKind.Text, scalar.Value) : Typed(scalar.Value);
        return new() { Kind = kind, Text = text, Line = (int)scalar.Start.Line, Column = (int)scalar.Start.Column };
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
        => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^0o[0-7]+\z")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^0x[0-9a-fA-F]+\z")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Real();
}
