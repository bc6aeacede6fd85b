using System.Globalization;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Texts as pickles of protocol 0 write them: with the escapes of Python's source.</summary>
internal static class PythonLiteral
{
    /// <summary>Reads a text between quotes.</summary>
    /// <returns>The text, or <see langword="null"/> when it is not well-formed.</returns>
    public static string? Unquote(string line)
    {
        var isQuoted = line.Length >= 2 && line[0] is '\'' or '"' && line[^1] == line[0];
        return isQuoted ? Unescape(line[1..^1], rawUnicode: false) : null;
    }

    /// <summary>Replaces escapes.</summary>
    /// <param name="text">The text as written.</param>
    /// <param name="rawUnicode">Whether only <c>\u</c> and <c>\U</c> are escapes.</param>
    /// <returns>The text, or <see langword="null"/> when an escape is not well-formed.</returns>
    public static string? Unescape(string text, bool rawUnicode)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || (rawUnicode && (i + 1 == text.Length || text[i + 1] is not ('u' or 'U'))))
            {
                result.Append(text[i]);
                continue;
            }

            if (++i == text.Length)
            {
                return null;
            }

            var digits = text[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits == 0)
            {
                result.Append(Simple(text[i]));
                continue;
            }

            if (i + digits >= text.Length
                || !int.TryParse(text.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                return null;
            }

            i += digits;
            if (Rune.IsValid(code))
            {
                result.Append(new Rune(code).ToString());
            }
            else if (code is >= 0 and <= char.MaxValue)
            {
                result.Append((char)code);
            }
            else
            {
                return null;
            }
        }

        return result.ToString();
    }

    private static string Simple(char letter) => letter switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '0' => "\0",
        '\\' or '\'' or '"' => letter.ToString(),
        _ => "\\" + letter,
    };
}
