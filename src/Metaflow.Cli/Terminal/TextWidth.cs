using System.Globalization;
using System.Text;

namespace Metaflow.Cli.Terminal;

/// <summary>How many columns of a terminal a text takes.</summary>
internal static class TextWidth
{
    /// <summary>Returns the columns of a text of one line without control characters.</summary>
    /// <param name="text">The text.</param>
    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    /// <summary>Returns the beginning of a text that fits into a number of columns, with a sign that it was cut.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">The columns; none for 0 and less.</param>
    /// <param name="ellipsis">The sign, of one column.</param>
    public static string Cut(string text, int columns, string ellipsis)
    {
        if (columns <= 0)
        {
            return "";
        }

        if (text.Length * 2 <= columns || Of(text) <= columns)
        {
            return text;
        }

        var (width, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
            if (width > columns - 1)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length] + ellipsis;
    }

    private static int Of(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff)
            or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or >= 0x1f300 => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            ? 0
            : 1,
    };
}
