using System.Globalization;
using Metaflow.Configs;
using Metaflow.Definition;
using YamlDotNet.Core;

namespace Metaflow.Cli.Configs;

/// <summary>Reads configurations in YAML (files that end with <c>.yaml</c> or <c>.yml</c>) as plain data, by the core schema of YAML
/// 1.2.</summary>
/// <remarks>Anchors, aliases and merge keys are understood; other tags than those of the core schema are refused, so that reading never
/// makes objects.</remarks>
internal sealed class YamlConfigParser : IConfigTreeParser
{
    /// <inheritdoc/>
    public bool Reads(string extension) => extension is ".yaml" or ".yml";

    /// <inheritdoc/>
    public object? Parse(string text) => ParseTree(text).ToPlain();

    /// <inheritdoc/>
    public ConfigNode ParseTree(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RequireText(text);
        try
        {
            return new YamlTree(new Parser(new StringReader(text))).Read();
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }
    }

    // The library skips a line with nothing but such a character, and speaks of mappings elsewhere.
    private static void RequireText(string text)
    {
        var (line, column) = (1, 1);
        foreach (var letter in text)
        {
            if (char.IsControl(letter) && letter is not ('\t' or '\n' or '\r' or '\u0085'))
            {
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"line {line}, column {column}: the control character U+{(int)letter:X4} is not allowed in YAML"));
            }

            (line, column) = letter == '\n' ? (line + 1, 1) : (line, column + 1);
        }
    }
}
