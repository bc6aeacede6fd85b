using System.Text;

namespace Metaflow.Configs;

/// <summary>Fills the references to configurations in texts: <c>${training.model.name}</c>. Other texts in braces are left as they
/// are.</summary>
/// <remarks>Not for several threads.</remarks>
internal sealed class ConfigTexts
{
    private readonly ConfigSet? _configs;
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    internal ConfigTexts(ConfigSet configs) => _configs = configs;

    private ConfigTexts(Dictionary<string, string> known) => _known = known;

    /// <summary>Gets the references that were filled so far and their texts, as <c>training.model.name=x</c>: what a task needs to fill
    /// them again.</summary>
    public IReadOnlyList<string> Filled => [.. _known.Select(static pair => $"{pair.Key}={pair.Value}")];

    /// <summary>Makes what fills references with given texts.</summary>
    /// <param name="filled">The texts of <see cref="Filled"/>.</param>
    /// <returns>The texts.</returns>
    public static ConfigTexts Of(IReadOnlyList<string> filled)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in filled)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            known[text[..equals]] = text[(equals + 1)..];
        }

        return new ConfigTexts(known);
    }

    /// <summary>Returns true if a text may refer to something.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it has an opening brace behind a dollar sign.</returns>
    public static bool HasReference(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Fills a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text with values for references; lists and dictionaries become JSON.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2044: the configuration has no such key.</exception>
    public string Fill(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var filled = new StringBuilder(text.Length);
        var done = 0;
        while (done < text.Length)
        {
            var start = text.IndexOf("${", done, StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf('}', start);
            if (end < 0)
            {
                break;
            }

            filled.Append(text, done, start - done);
            filled.Append(ValueOf(text[(start + 2)..end], text) ?? text[start..(end + 1)]);
            done = end + 1;
        }

        return filled.Append(text, done, text.Length - done).ToString();
    }

    private string? ValueOf(string reference, string text)
    {
        if (!_known.TryGetValue(reference, out var value) && _configs?.TextOf(reference, text) is { } found)
        {
            _known[reference] = value = found;
        }

        return value;
    }
}
