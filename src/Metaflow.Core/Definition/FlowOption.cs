namespace Metaflow.Definition;

/// <summary>An option that a flow's decorator adds to every command of its program. It is also set by <c>METAFLOW_NAME</c> and forwarded
/// to tasks.</summary>
/// <param name="Name">The name without its dashes, with <c>-</c> between words.</param>
/// <param name="Help">The text for help.</param>
/// <param name="ValueName">What help calls the value; <see langword="null"/> if the option takes no value.</param>
/// <param name="IsRepeatable">Whether it may be given several times.</param>
public sealed record FlowOption(string Name, string Help, string? ValueName = null, bool IsRepeatable = false);

/// <summary>The values of the options that a flow's decorators add.</summary>
/// <param name="values">The values by option, in the order given; of an option without a value <c>True</c> or <c>False</c>.</param>
public sealed class FlowOptionValues(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    /// <summary>Gets the values of a run without any option.</summary>
    public static FlowOptionValues None { get; } = new(new Dictionary<string, IReadOnlyList<string>>());

    /// <summary>Gets the values by option.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByName => values;

    /// <summary>Returns all values of an option, in the order given.</summary>
    /// <param name="option">The option's name.</param>
    /// <returns>The values; none if it was not given.</returns>
    public IReadOnlyList<string> All(string option) => values.TryGetValue(option, out var all) ? all : [];

    /// <summary>Returns the last value of an option.</summary>
    /// <param name="option">The option's name.</param>
    /// <returns>The value, or <see langword="null"/> if it was not given.</returns>
    public string? Text(string option) => All(option) is [.., var last] ? last : null;

    /// <summary>Returns true if an option that takes no value is set.</summary>
    /// <param name="option">The option's name.</param>
    /// <returns>Whether it is; <see langword="null"/> when it was not given.</returns>
    public bool? Flag(string option) => Text(option) is { } text ? text == bool.TrueString : null;

    /// <summary>Returns the values as texts <c>name=value</c>, in the form that tasks get.</summary>
    /// <returns>The texts.</returns>
    public IReadOnlyList<string> ToTexts()
    {
        var texts = new List<string>();
        foreach (var (name, given) in values)
        {
            texts.AddRange(given.Select(value => $"{name}={value}"));
        }

        return texts;
    }

    /// <summary>Reads the texts of <see cref="ToTexts"/>.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The values.</returns>
    public static FlowOptionValues FromTexts(IReadOnlyList<string> texts)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = text[..equals];
            values[name] = [.. values.TryGetValue(name, out var earlier) ? earlier : [], text[(equals + 1)..]];
        }

        return new FlowOptionValues(values);
    }
}
