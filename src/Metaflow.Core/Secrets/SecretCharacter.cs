using System.Globalization;
using System.Text;

namespace Metaflow.Secrets;

/// <summary>A character of a text to hide, with the backslashes before it.</summary>
internal sealed class SecretCharacter
{
    private readonly int _backslashes;
    private readonly byte[] _plain;
    private readonly bool _isWord;

    // Each is one number or letter after a backslash, or several.
    private readonly byte[][][] _escapes;

    /// <summary>Initializes a character.</summary>
    /// <param name="backslashes">How many backslashes stand before it.</param>
    /// <param name="rune">The character.</param>
    public SecretCharacter(int backslashes, Rune rune)
    {
        _backslashes = backslashes;
        _plain = Encoding.UTF8.GetBytes(rune.ToString());
        _isWord = Rune.IsLetterOrDigit(rune);
        _escapes = [.. EscapesOf(rune, _plain)];
    }

    /// <summary>Returns true if bytes begin with a number or letter of an escape.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="escape">What follows the backslash, its hexadecimal digits in lower case.</param>
    /// <returns>The length; 0 when they do not, <see cref="SecretPattern.More"/> when they may, but end.</returns>
    public static int Compare(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> escape)
    {
        for (var i = 0; i < escape.Length; i++)
        {
            if (i == bytes.Length)
            {
                return SecretPattern.More;
            }

            // The case of the first tells what it is, that of digits nothing.
            if ((i == 0 ? bytes[i] : (byte)(bytes[i] | 0x20)) != escape[i])
            {
                return 0;
            }
        }

        return escape.Length;
    }

    /// <summary>Returns true if bytes begin with the character in any form.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The length of the form; 0 when they do not, <see cref="SecretPattern.More"/> when they may, but end.</returns>
    public int Match(ReadOnlySpan<byte> bytes)
    {
        var (count, length) = SecretPattern.BackslashesOf(bytes);
        var rest = bytes[length..];
        if (rest.IsEmpty)
        {
            return SecretPattern.More;
        }

        if (count < _backslashes)
        {
            return 0;
        }

        // Nobody escapes a letter by itself: after a backslash, an 'n' is a line feed.
        if (count == 0 || _backslashes > 0 || !_isWord)
        {
            var common = rest.CommonPrefixLength(_plain);
            if (common == _plain.Length || common == rest.Length)
            {
                return common == _plain.Length ? length + common : SecretPattern.More;
            }
        }

        var escaped = count > _backslashes ? MatchEscape(rest) : 0;
        return escaped > 0 ? length + escaped : escaped;
    }

    private int MatchEscape(ReadOnlySpan<byte> bytes)
    {
        var found = 0;
        foreach (var escape in _escapes)
        {
            var length = MatchParts(bytes, escape);
            if (length > 0)
            {
                return length;
            }

            found = length == 0 ? found : length;
        }

        return found;
    }

    private static int MatchParts(ReadOnlySpan<byte> bytes, byte[][] parts)
    {
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var backslashes = i == 0 ? (Count: 1, Length: 0) : SecretPattern.BackslashesOf(bytes[at..]);
            at += backslashes.Length;
            var compared = at == bytes.Length ? SecretPattern.More : backslashes.Count == 0 ? 0 : Compare(bytes[at..], parts[i]);
            if (compared <= 0)
            {
                return compared;
            }

            at += compared;
        }

        return at;
    }

    private static IEnumerable<byte[][]> EscapesOf(Rune rune, byte[] utf8)
    {
        yield return [.. rune.ToString().Select(static unit => Number('u', unit, 4))];
        yield return [Number('U', rune.Value, 8)];
        if (rune.Value <= byte.MaxValue)
        {
            yield return [Number('x', rune.Value, 2)];
        }

        if (!rune.IsAscii)
        {
            yield return [.. utf8.Select(static unit => Number('x', unit, 2))];
        }

        if (LetterOf(rune.Value) is { } letter)
        {
            yield return [[(byte)letter]];
        }
    }

    private static byte[] Number(char kind, int value, int digits)
        => Encoding.ASCII.GetBytes(kind + value.ToString("x" + digits, CultureInfo.InvariantCulture));

    private static char? LetterOf(int value) => value switch
    {
        '\0' => '0',
        '\a' => 'a',
        '\b' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\v' => 'v',
        '\f' => 'f',
        '\r' => 'r',
        '\e' => 'e',
        _ => null,
    };
}
