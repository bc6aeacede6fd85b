using System.Text.RegularExpressions;
using Metaflow.Naming;

namespace Metaflow.Cli.Terminal;

/// <summary>Shows what a task printed, in a terminal whose other lines are painted anew.</summary>
internal static partial class TaskText
{
    private const string Reset = "\e[0m";

    /// <summary>Returns a line of a task: tabs and colours stay, other control characters are made visible, since they could move the
    /// cursor into lines of the view.</summary>
    /// <param name="text">The line.</param>
    public static string Of(string text)
    {
        if (!text.Contains('\e', StringComparison.Ordinal))
        {
            return Visible(text);
        }

        var shown = string.Concat(Parts(text));
        return shown.Contains('\e', StringComparison.Ordinal) ? shown + Reset : shown;
    }

    private static IEnumerable<string> Parts(string text)
    {
        var from = 0;
        foreach (Match color in Colors().Matches(text))
        {
            yield return Visible(text[from..color.Index]);
            yield return text.Substring(color.Index, color.Length);
            from = color.Index + color.Length;
        }

        yield return Visible(text[from..]);
    }

    // Tabs alone are kept of what VisibleText.Lines keeps: a line of a task has no line break.
    private static string Visible(string text) => VisibleText.Lines(text).Replace("\n", "\\n", StringComparison.Ordinal);

    [GeneratedRegex(@"\e\[[0-9;:]*m")]
    private static partial Regex Colors();
}
