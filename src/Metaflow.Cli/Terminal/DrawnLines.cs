using System.Text;
using Metaflow.Commands;

namespace Metaflow.Cli.Terminal;

/// <summary>The characters that drawings are made of.</summary>
/// <param name="Vertical">A line from above to below.</param>
/// <param name="Branch">Where a line goes off to the right and goes on below.</param>
/// <param name="Step">A step.</param>
/// <param name="Split">Where several tasks or branches begin.</param>
/// <param name="Join">Where they meet.</param>
/// <param name="Choice">Where one of several ways is taken.</param>
/// <param name="Arrow">A way on to a step that is drawn below.</param>
/// <param name="Loop">A way back to a step that is drawn above.</param>
internal sealed record DrawnLines(
    char Vertical, string Branch, string Step, string Split, string Join, string Choice, string Arrow, string Loop)
{
    private static readonly DrawnLines Unicode = new('\u2502', "\u251c\u2500", "\u25cf", "\u2442", "\u22c8", "\u25c7", "\u2192", "\u21bb");
    private static readonly DrawnLines Ascii = new('|', "|-", "o", "<", ">", "?", "->", "^");

    /// <summary>Returns the characters that a console shows: those of ASCII where its encoding, or a terminal of few characters, has no
    /// others.</summary>
    /// <param name="streams">The console.</param>
    public static DrawnLines Of(ConsoleStreams streams)
    {
        var isUnicode = streams.Out.Encoding is UTF8Encoding or UnicodeEncoding or UTF32Encoding;
        return isUnicode && streams.Environment.GetValueOrDefault("TERM") is not ("dumb" or "linux") ? Unicode : Ascii;
    }
}
