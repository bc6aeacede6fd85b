using Metaflow.Cli.Terminal;

namespace Metaflow.Cli.Views;

/// <summary>The parts of live lines that say how far something is.</summary>
internal static class ProgressBar
{
    /// <summary>The most columns of a bar.</summary>
    public const int Longest = 30;

    /// <summary>The fewest columns with which a bar says something.</summary>
    public const int Shortest = 5;

    private const int SpinnerInterval = 100;

    /// <summary>Returns the sign that turns before something that works.</summary>
    /// <param name="signs">The signs of the terminal.</param>
    /// <param name="now">The time.</param>
    public static char Spinner(TerminalSigns signs, DateTimeOffset now)
        => signs.Spinner[(int)(now.ToUnixTimeMilliseconds() / SpinnerInterval % signs.Spinner.Length)];

    /// <summary>Returns a bar.</summary>
    /// <param name="signs">The signs of the terminal.</param>
    /// <param name="fraction">The part that is done, from 0 to 1.</param>
    /// <param name="width">The columns.</param>
    /// <param name="style">How what is done looks.</param>
    public static IEnumerable<StyledText> Of(TerminalSigns signs, double fraction, int width, TextStyle style)
    {
        var done = (int)Math.Floor(fraction * width);
        var hasHead = done < width && fraction > 0;
        yield return new(string.Concat(Enumerable.Repeat(signs.Bar, done)) + (hasHead ? signs.BarHead : ""), style);
        yield return new(string.Concat(Enumerable.Repeat(signs.BarRest, width - done - (hasHead ? 1 : 0))), TextStyle.Faint);
    }

    /// <summary>Cuts a line that is too long.</summary>
    /// <param name="line">The line, which is changed.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="signs">The signs of the terminal.</param>
    public static List<StyledText> Cut(List<StyledText> line, int columns, TerminalSigns signs)
    {
        var left = columns;
        for (var i = 0; i < line.Count; i++)
        {
            var text = TextWidth.Cut(line[i].Text, left, signs.Ellipsis);
            line[i] = line[i] with { Text = text };
            left -= TextWidth.Of(text);
        }

        return line;
    }
}
