using System.Text.RegularExpressions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>A text, a text with stars, or a regular expression (<c>^…$</c>) that another text must match. Letters of both cases are the
/// same.</summary>
internal sealed class TextMatch : IEquatable<TextMatch>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex? _expression;

    private TextMatch(string text, Regex? expression)
    {
        Text = text;
        _expression = expression;
    }

    /// <summary>Gets the text as it was written.</summary>
    public string Text { get; }

    /// <summary>Gets a value indicating whether only one text matches.</summary>
    public bool IsExact => _expression is null && Text != "*";

    /// <summary>Reads a text to match.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The match; <see langword="null"/> if the regular expression is none.</returns>
    public static TextMatch? Read(string text)
    {
        var isExpression = text.Length > 1 && text[0] == '^' && text[^1] == '$';
        if (text == "*" || (!isExpression && !text.Contains('*', StringComparison.Ordinal)))
        {
            return new TextMatch(text, null);
        }

        var pattern = isExpression ? text : $"^(?:{Regex.Escape(text).Replace(@"\*", ".*", StringComparison.Ordinal)})$";
        try
        {
            return new TextMatch(text, new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, Limit));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Says whether a text matches.</summary>
    /// <param name="other">The text.</param>
    /// <returns>Whether it does.</returns>
    public bool Matches(string? other)
    {
        if (other is null)
        {
            return false;
        }

        if (_expression is null)
        {
            return Text == "*" || string.Equals(Text, other, StringComparison.OrdinalIgnoreCase);
        }

        try
        {
            return _expression.IsMatch(other);
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern of a channel must not hang the solver.
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(TextMatch? other) => string.Equals(Text, other?.Text, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextMatch);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
