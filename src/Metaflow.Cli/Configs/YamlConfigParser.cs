using Metaflow.Configs;
using Metaflow.Definition;
using YamlDotNet.Core;

namespace Metaflow.Cli.Configs;

/// <summary>Reads configurations in YAML (files that end with <c>.yaml</c> or <c>.yml</c>) as plain data, by the core schema of YAML 1.2.</summary>
/// <remarks>Anchors, aliases and merge keys are understood; tags other than those of the core schema are not, so that reading never makes objects.</remarks>
public sealed class YamlConfigParser : IConfigTreeParser
{
    /// <inheritdoc/>
    public bool Reads(string extension) => extension is ".yaml" or ".yml";

    /// <inheritdoc/>
    public object? Parse(string text) => ParseTree(text).ToPlain();

    /// <inheritdoc/>
    public ConfigNode ParseTree(string text)
    {
        try
        {
            return new YamlTree(new Parser(new StringReader(text))).Read();
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }
    }
}
