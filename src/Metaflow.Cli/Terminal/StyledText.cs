namespace Metaflow.Cli.Terminal;

/// <summary>How a text shall look where that is possible.</summary>
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

/// <summary>A text and how it shall look.</summary>
/// <param name="Text">The text; it is written as it is.</param>
/// <param name="Style">How it shall look.</param>
internal readonly record struct StyledText(string Text, TextStyle Style = TextStyle.Plain)
{
    /// <summary>Makes plain text.</summary>
    public static implicit operator StyledText(string text) => new(text);
}
