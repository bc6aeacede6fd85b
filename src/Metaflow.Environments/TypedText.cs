namespace Metaflow.Environments;

/// <summary>A requirement or a source together with its category: <c>nuget::newtonsoft.json==[12.0.3]</c>.</summary>
/// <param name="Category">Who resolves it; see <see cref="Categories"/>.</param>
/// <param name="Value">The rest: <c>name</c>, <c>name==constraint</c>, or the name or address of a source.</param>
internal sealed record TypedText(string Category, string Value)
{
    private const string Separator = "::";

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text, such as <c>conda::python==3.11.*</c>. The category <c>pip</c> of old records means
    /// <c>pypi</c>.</param>
    /// <returns>The parts; <see langword="null"/> if the text has no category.</returns>
    public static TypedText? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        if (end <= 0)
        {
            return null;
        }

        var category = text[..end];
        return new TypedText(category == Categories.FormerPyPI ? Categories.PyPI : category, text[(end + Separator.Length)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Category}{Separator}{Value}";
}
