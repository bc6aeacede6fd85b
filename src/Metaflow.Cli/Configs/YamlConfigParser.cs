using System.Globalization;
using Metaflow.Configs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Metaflow.Cli.Configs;

/// <summary>Reads configurations in YAML (files that end with <c>.yaml</c> or <c>.yml</c>) as plain data, by the core schema of YAML 1.2.</summary>
/// <remarks>Anchors, aliases and merge keys are understood; tags other than those of the core schema are not, so that reading never makes objects.</remarks>
public sealed class YamlConfigParser : IConfigParser
{
    private const int MaxDepth = 64;
    private const int MaxValues = 1_000_000;
    private const string MergeKey = "<<";

    /// <inheritdoc/>
    public bool Reads(string extension) => extension is ".yaml" or ".yml";

    /// <inheritdoc/>
    public object? Parse(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => null,
                1 => new Reading().Plain(stream.Documents[0].RootNode, 0),
                var count => throw new FormatException($"it has {count} documents"),
            };
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}: {error.Message}", error);
        }
    }

    /// <summary>Makes plain data of one document.</summary>
    private sealed class Reading
    {
        private int _values;

        // A few aliases of aliases can stand for more values than there is memory.
        public object? Plain(YamlNode node, int depth) => node switch
        {
            _ when depth > MaxDepth => throw new FormatException($"line {node.Start.Line}: it is nested deeper than {MaxDepth} levels"),
            _ when ++_values > MaxValues => throw new FormatException($"line {node.Start.Line}: it has more than {MaxValues} values"),
            YamlMappingNode mapping => PlainMapping(mapping, depth),
            YamlSequenceNode sequence => sequence.Children.Select(item => Plain(item, depth + 1)).ToList(),
            YamlScalarNode scalar => PlainScalar(scalar),
            _ => null,
        };

        private Dictionary<string, object?> PlainMapping(YamlMappingNode mapping, int depth)
        {
            var members = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (key, value) in mapping.Children)
            {
                var name = key as YamlScalarNode ?? throw new FormatException($"line {key.Start.Line}: a key is no text");
                if (!IsMerge(name))
                {
                    members[name.Value ?? ""] = Plain(value, depth + 1);
                }
            }

            // What a mapping says itself comes before what it merges, wherever it stands.
            foreach (var merged in mapping.Children.Where(static child => child.Key is YamlScalarNode name && IsMerge(name)).SelectMany(static child => MergedIn(child.Value)))
            {
                foreach (var (name, value) in PlainMapping(merged, depth + 1))
                {
                    members.TryAdd(name, value);
                }
            }

            return members;
        }

        private static bool IsMerge(YamlScalarNode key) => key is { Style: ScalarStyle.Plain, Value: MergeKey };

        private static IEnumerable<YamlMappingNode> MergedIn(YamlNode value) => value switch
        {
            YamlMappingNode mapping => [mapping],
            YamlSequenceNode sequence => sequence.Children.SelectMany(MergedIn),
            _ => throw new FormatException($"line {value.Start.Line}: '{MergeKey}' merges no mapping"),
        };
    }

    private static object? PlainScalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        var isText = scalar.Style != ScalarStyle.Plain || scalar.Tag is { IsEmpty: false, Value: "tag:yaml.org,2002:str" };
        return isText ? text : text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ => PlainNumber(text) ?? text,
        };
    }

    private static object? PlainNumber(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole))
        {
            return whole;
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var hexadecimal))
        {
            return hexadecimal;
        }

        return text.ToUpperInvariant() switch
        {
            ".INF" or "+.INF" => double.PositiveInfinity,
            "-.INF" => double.NegativeInfinity,
            ".NAN" => double.NaN,
            _ when char.IsAsciiDigit(text.AsSpan().TrimStart("+-.").IsEmpty ? ' ' : text.AsSpan().TrimStart("+-.")[0])
                && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, culture, out var number) => number,
            _ => null,
        };
    }
}
