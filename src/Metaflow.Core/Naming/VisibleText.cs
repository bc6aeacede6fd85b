using System.Globalization;
using System.Text;

namespace Metaflow.Naming;

/// <summary>Shows texts that others wrote, so that none of them can move the cursor, change colours or forge a line of its own.</summary>
/// <remarks>What is not shown as it is: control characters (C0, DEL and C1, ESC among them), separators of lines and paragraphs,
/// characters that turn the direction of writing, and surrogates without their other half. They become <c>\n</c>, <c>\x1b</c> or
/// <c>\u202e</c>, as in Python.</remarks>
internal static class VisibleText
{
    private const char Replacement = '\ufffd';

    /// <summary>Returns a text as a part of a line: every character that is not shown as it is becomes an escape, line breaks and tabs
    /// too.</summary>
    /// <param name="text">The text, from wherever.</param>
    /// <returns>The text; the same object when nothing in it needs an escape.</returns>
    public static string Line(string text) => Escape(text, keepsLines: false);

    /// <summary>Returns a text of several lines: as <see cref="Line"/>, but line breaks (<c>\n</c>, <c>\r\n</c>) and tabs stay.</summary>
    /// <param name="text">The text, from wherever.</param>
    /// <returns>The text; the same object when nothing in it needs an escape.</returns>
    public static string Lines(string text) => Escape(text, keepsLines: true);

    /// <summary>Returns the beginning of a text that may be of any length, for a message.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many characters are shown at most.</param>
    /// <returns>The text, or its beginning with an ellipsis.</returns>
    public static string Beginning(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : text[..most] + "…";
    }

    /// <summary>Returns the first character that no name may have, by its code: one that is not shown as it is (<c>U+001B</c>), or the
    /// one that stands for bytes that were not UTF-8.</summary>
    /// <param name="text">A name that someone gives.</param>
    /// <returns>The code; <see langword="null"/> when the text may be a name.</returns>
    public static string? FirstHidden(string text)
    {
        var at = IndexOfHidden(text, 0, keepsLines: false);
        return at >= 0 ? string.Create(CultureInfo.InvariantCulture, $"U+{(int)text[at]:X4}")
            : text.Contains(Replacement, StringComparison.Ordinal) ? "U+FFFD, in place of bytes that are not UTF-8"
            : null;
    }

    private static string Escape(string text, bool keepsLines)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = IndexOfHidden(text, 0, keepsLines);
        if (at < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        var from = 0;
        for (; at >= 0; at = IndexOfHidden(text, from, keepsLines))
        {
            result.Append(text, from, at - from).Append(EscapeOf(text[at]));
            from = at + 1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static int IndexOfHidden(string text, int from, bool keepsLines)
    {
        for (var i = from; i < text.Length; i++)
        {
            var letter = text[i];
            if (char.IsSurrogate(letter))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(letter, text[i + 1]))
                {
                    return i;
                }

                i++;
            }
            else if (IsHidden(letter) && !(keepsLines && IsLayout(text, i)))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsHidden(char letter) => letter is < ' ' or (>= '\x7f' and <= '\x9f')
        or '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff';

    // A carriage return alone goes back over what stands in the line.
    private static bool IsLayout(string text, int at)
        => text[at] is '\n' or '\t' || (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n');

    private static string EscapeOf(char letter) => letter switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        <= '\xff' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
    };
}
