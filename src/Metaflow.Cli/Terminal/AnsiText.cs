using System.Text;

namespace Metaflow.Cli.Terminal;

/// <summary>Writes styles as the control sequences of terminals.</summary>
/// <remarks>For what is painted many times a second, or printed by the thousand lines: <see cref="RichConsole"/> makes several objects of
/// each text, and loads a library first.</remarks>
internal static class AnsiText
{
    private const string Reset = "\e[0m";

    /// <summary>Appends a text in its style.</summary>
    /// <param name="target">Receives it.</param>
    /// <param name="text">The text.</param>
    /// <param name="hasColors">Whether the terminal is to show styles; otherwise the text stays plain.</param>
    public static void Append(StringBuilder target, StyledText text, bool hasColors)
    {
        var start = hasColors && text.Text.Length > 0 ? StartOf(text.Style) : "";
        target.Append(start).Append(text.Text).Append(start.Length > 0 ? Reset : "");
    }

    // The eight colours of every terminal follow its theme.
    private static string StartOf(TextStyle style) => style switch
    {
        TextStyle.Faint => "\e[2m",
        TextStyle.Strong => "\e[1m",
        TextStyle.Success => "\e[32m",
        TextStyle.Failure => "\e[31m",
        TextStyle.Warning => "\e[33m",
        TextStyle.Status => "\e[36m",
        _ => "",
    };
}
