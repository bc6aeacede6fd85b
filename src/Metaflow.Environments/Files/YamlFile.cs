using Metaflow.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Metaflow.Environments.Files;

/// <summary>The mappings of a file in YAML, with errors that name what is wrong by its key. Every scalar is a text: <c>3.10</c> is no
/// number.</summary>
/// <param name="file">The file.</param>
/// <param name="path">The key of the mapping; empty for the whole file.</param>
/// <param name="members">The members.</param>
internal sealed class YamlFile(InputFile file, string path, IReadOnlyDictionary<string, object?> members)
{
    private const int MaxDepth = 64;

    /// <summary>Gets the keys of the mapping.</summary>
    public IEnumerable<string> Keys => members.Keys;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its mapping.</returns>
    /// <exception cref="ConfigurationException">It is not YAML, or no mapping (MF7115).</exception>
    public static YamlFile Parse(InputFile file)
    {
        try
        {
            var events = new Parser(new StringReader(file.Text));
            events.Consume<StreamStart>();
            events.Consume<DocumentStart>();
            var root = Value(events, new Dictionary<AnchorName, object?>(), 0);
            events.Consume<DocumentEnd>();
            events.Consume<StreamEnd>();
            return root is Dictionary<string, object?> map
                ? new YamlFile(file, "", map) : throw new FormatException("its content is no mapping");
        }
        catch (Exception error) when (error is YamlException or FormatException or InvalidOperationException)
        {
            var line = error is YamlException { Start.Line: > 0 and var number } ? $" in line {number}" : "";
            throw new ConfigurationException(
                ErrorCodes.InputMalformed,
                $"'{file.Name}' is not YAML of the expected form.",
                Sentence.Of(Shortened.Of(error.Message)),
                $"Correct the file{line}.",
                error);
        }
    }

    /// <summary>Returns a mapping in this one.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The mapping; an empty one if there is none.</returns>
    public YamlFile Table(string key)
        => new(file, PathOf(key), Value<Dictionary<string, object?>>(key, "a mapping") ?? []);

    /// <summary>Returns the mappings of a list.</summary>
    /// <param name="key">The key of the list.</param>
    /// <returns>The mappings; none if there is no such list.</returns>
    public IEnumerable<YamlFile> Tables(string key)
        => (Value<List<object?>>(key, "a list of mappings") ?? []).Select((item, index) => item is Dictionary<string, object?> one
            ? new YamlFile(file, $"{PathOf(key)}[{index}]", one)
            : throw Wrong($"{key}[{index}]", "a mapping"));

    /// <summary>Returns a text.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The text; <see langword="null"/> if there is none.</returns>
    public string? Text(string key) => Value<string>(key, "a text");

    /// <summary>Returns a text that must be there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="expected">What it must be.</param>
    /// <returns>The text.</returns>
    public string Required(string key, string expected) => Text(key) is { Length: > 0 } text ? text : throw Wrong(key, expected);

    /// <summary>Returns the texts of a list.</summary>
    /// <param name="key">The key of the list.</param>
    /// <returns>The texts; none if there is no such list.</returns>
    public IEnumerable<string> Texts(string key)
        => (Value<List<object?>>(key, "a list of texts") ?? [])
            .Select((item, index) => item as string ?? throw Wrong($"{key}[{index}]", "a text"));

    /// <summary>Returns the error that a value is wrong.</summary>
    /// <param name="key">Its key in this mapping.</param>
    /// <param name="expected">What it must be, such as <c>a list of texts</c>.</param>
    /// <returns>The error.</returns>
    public ConfigurationException Wrong(string key, string expected)
        => new(
            ErrorCodes.InputMalformed,
            $"'{Shortened.Of(PathOf(key))}' in '{file.Name}' is not {expected}.",
            $"The format demands {expected} there.",
            "Correct the value.");

    // Events are read one by one, so that no nesting exhausts the stack. An alias shares what its anchor names.
    private static object? Value(IParser events, Dictionary<AnchorName, object?> anchors, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"it is nested deeper than {MaxDepth} levels");
        }

        if (events.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var known)
                ? known : throw new FormatException($"'{alias.Value}' is no anchor before its use");
        }

        var anchor = (events.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        object? value;
        if (events.TryConsume<SequenceStart>(out _))
        {
            var items = new List<object?>();
            while (!events.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Value(events, anchors, depth + 1));
            }

            value = items;
        }
        else if (events.TryConsume<MappingStart>(out _))
        {
            value = Map(events, anchors, depth);
        }
        else
        {
            var scalar = events.Consume<Scalar>();
            value = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } ? null : scalar.Value;
        }

        if (!anchor.IsEmpty)
        {
            anchors[anchor] = value;
        }

        return value;
    }

    private static Dictionary<string, object?> Map(IParser events, Dictionary<AnchorName, object?> anchors, int depth)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (!events.TryConsume<MappingEnd>(out _))
        {
            var key = events.Consume<Scalar>().Value;
            if (!map.TryAdd(key, Value(events, anchors, depth + 1)))
            {
                throw new FormatException($"the key '{key}' is there twice");
            }
        }

        return map;
    }

    private T? Value<T>(string key, string expected)
        where T : class
        => members.GetValueOrDefault(key) is not { } value ? null : value as T ?? throw Wrong(key, expected);

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
