using Metaflow.Definition;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Metaflow.Cli.Configs;

/// <summary>Makes a tree of the events of one text. Events are read one by one, so that neither depth nor aliases can exhaust the
/// machine.</summary>
/// <param name="events">The events.</param>
internal sealed class YamlTree(IParser events)
{
    private const int MaxDepth = 64;
    private const int MaxValues = 1_000_000;
    private const string MergeKey = "<<";

    private readonly Dictionary<AnchorName, (ConfigNode Node, int Size)> _anchors = [];
    private int _values;

    /// <summary>Reads the only document.</summary>
    public ConfigNode Read()
    {
        events.Consume<StreamStart>();
        if (events.Accept<StreamEnd>(out _))
        {
            return new() { Kind = ConfigNodeKind.Null };
        }

        events.Consume<DocumentStart>();
        var root = Value(0);
        events.Consume<DocumentEnd>();
        return events.Accept<StreamEnd>(out _)
            ? root
            : throw Wrong(events.Current!, "a second document begins, but a configuration has only one");
    }

    private ConfigNode Value(int depth)
    {
        var current = events.Current ?? throw new FormatException("the text ends early");
        if (depth > MaxDepth)
        {
            throw Wrong(current, $"it is nested deeper than {MaxDepth} levels");
        }

        if (events.TryConsume<AnchorAlias>(out var alias))
        {
            return Aliased(alias);
        }

        var before = _values;
        Count(current, 1);
        var anchor = ((NodeEvent)current).Anchor;
        var node = current switch
        {
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => YamlScalar.Node(events.Consume<Scalar>()),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (node, _values - before);
        }

        return node;
    }

    // A few aliases of aliases can stand for more values than there is memory.
    private ConfigNode Aliased(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var known))
        {
            throw Wrong(alias, $"'{alias.Value}' is not an anchor before this line");
        }

        Count(alias, known.Size);
        return known.Node;
    }

    private void Count(ParsingEvent at, int values)
    {
        _values += values;
        if (_values > MaxValues)
        {
            throw Wrong(at, $"it has more than {MaxValues} values");
        }
    }

    private ConfigNode List(int depth)
    {
        var start = events.Consume<SequenceStart>();
        RequireTag(start, "seq");
        var items = new List<ConfigNode>();
        while (!events.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Value(depth + 1));
        }

        return new() { Kind = ConfigNodeKind.List, Items = items, Line = (int)start.Start.Line, Column = (int)start.Start.Column };
    }

    private ConfigNode Map(int depth)
    {
        var start = events.Consume<MappingStart>();
        RequireTag(start, "map");
        var members = new OrderedDictionary<string, ConfigNode>(StringComparer.Ordinal);
        var merged = new List<ConfigNode>();
        while (!events.TryConsume<MappingEnd>(out _))
        {
            if (!events.TryConsume<Scalar>(out var key))
            {
                throw Wrong(events.Current!, "a key is not a string");
            }

            YamlScalar.RequireKnownTag(key);
            var value = Value(depth + 1);
            if (key is { Style: ScalarStyle.Plain, Value: MergeKey })
            {
                merged.Add(value);
            }
            else
            {
                // Of a name that is written twice the last value counts, as in Python Metaflow.
                members[key.Value] = value with { NameLine = (int)key.Start.Line, NameColumn = (int)key.Start.Column };
            }
        }

        // What a mapping says itself comes before what it merges, wherever it stands.
        foreach (var (name, value) in merged.SelectMany(MergedIn).SelectMany(static map => map.Members))
        {
            members.TryAdd(name, value);
        }

        return new() { Kind = ConfigNodeKind.Map, Members = [.. members], Line = (int)start.Start.Line, Column = (int)start.Start.Column };
    }

    private static IEnumerable<ConfigNode> MergedIn(ConfigNode value) => value.Kind switch
    {
        ConfigNodeKind.Map => [value],
        ConfigNodeKind.List => value.Items.SelectMany(MergedIn),
        _ => throw new FormatException($"line {value.Line}, column {value.Column}: '{MergeKey}' merges something that is not a mapping"),
    };

    private static void RequireTag(NodeEvent start, string kind)
    {
        if (start.Tag is { IsEmpty: false, IsNonSpecific: false } && start.Tag.Value != YamlScalar.CoreTags + kind)
        {
            throw Wrong(
                start, $"the tag '{YamlScalar.Shown(start.Tag)}' is not allowed for a {(kind == "seq" ? "list" : "mapping")} here");
        }
    }

    /// <summary>Returns the error of a part of the text, with its place.</summary>
    internal static FormatException Wrong(ParsingEvent at, string what) => new($"line {at.Start.Line}, column {at.Start.Column}: {what}");
}
