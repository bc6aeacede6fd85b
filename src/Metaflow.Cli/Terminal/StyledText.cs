namespace Metaflow.Cli.Terminal;

/// <summary>How a text looks, if the terminal can show it.</summary>
internal enum TextStyle
{
    Plain,
    Faint,
    Strong,
    Success,
    Failure,
    Warning,
    Status,
}

/// <summary>A text and how it looks.</summary>
/// <param name="Text">The text; it is written as it is.</param>
/// <param name="Style">How it looks.</param>
internal readonly record struct StyledText(string Text, TextStyle Style = TextStyle.Plain)
{
    /// <summary>Makes plain text.</summary>
    public static implicit operator StyledText(string text) => new(text);
}
