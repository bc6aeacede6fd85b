using System.Text;

namespace Metaflow.Secrets;

/// <summary>A text to hide, as it is and in all forms that JSON and the literals of Python, C and their like give it, escaped as often as
/// they like.</summary>
/// <remarks>All of them escape with backslashes. So a character may have more backslashes before it than the text has, and after one more
/// it may be a number or, of a line feed, an 'n'. Which characters a writer escapes, and with digits of which case, does not
/// matter.</remarks>
internal sealed class SecretPattern
{
    /// <summary>What is returned for bytes that end before it is decided.</summary>
    public const int More = -1;

    private const byte Backslash = (byte)'\\';

    // Six times escaped: what has more is nobody's.
    private const int MostBackslashes = 64;

    private readonly byte[] _plain;
    private readonly SecretCharacter[] _characters;
    private readonly int _firstBackslash;
    private readonly int _lastBackslashes;

    /// <summary>Initializes a pattern.</summary>
    /// <param name="text">The text, which is not empty.</param>
    public SecretPattern(string text)
    {
        _plain = Encoding.UTF8.GetBytes(text);
        _firstBackslash = Array.IndexOf(_plain, Backslash) is >= 0 and var first ? first : _plain.Length;
        var known = new Dictionary<(int Backslashes, Rune Rune), SecretCharacter>();
        var characters = new List<SecretCharacter>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == Backslash)
            {
                _lastBackslashes++;
                continue;
            }

            if (!known.TryGetValue((_lastBackslashes, rune), out var character))
            {
                known.Add((_lastBackslashes, rune), character = new SecretCharacter(_lastBackslashes, rune));
            }

            characters.Add(character);
            _lastBackslashes = 0;
        }

        _characters = [.. characters];
    }

    /// <summary>Gets the first byte of the text as it is. Any form may begin with a backslash, too.</summary>
    public byte First => _plain[0];

    /// <summary>Counts backslashes, be they escaped themselves.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>How many the bytes begin with, and how many bytes these are.</returns>
    public static (int Count, int Length) BackslashesOf(ReadOnlySpan<byte> bytes)
    {
        var (count, length) = (0, 0);
        while (length < bytes.Length && count < MostBackslashes)
        {
            if (bytes[length] == Backslash)
            {
                count++;
                length++;
            }
            else if (count > 0 && SecretCharacter.Compare(bytes[length..], "u005c"u8) > 0)
            {
                length += "u005c".Length;
            }
            else
            {
                break;
            }
        }

        return (count, length);
    }

    /// <summary>Returns true if bytes begin with the text in any form.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isEnd">Whether no bytes follow.</param>
    /// <returns>The length of the form; 0 when they do not, <see cref="More"/> when they may, but end.</returns>
    public int Match(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        // Nearly always it is decided here, by comparing many bytes at once: other forms differ by a backslash.
        var common = bytes.CommonPrefixLength(_plain);
        if (common == _plain.Length && _lastBackslashes == 0)
        {
            return common;
        }

        if (common == bytes.Length && common < _plain.Length)
        {
            return More;
        }

        return common > _firstBackslash || bytes[common] == Backslash ? MatchEscaped(bytes, isEnd) : 0;
    }

    private int MatchEscaped(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var at = 0;
        foreach (var character in _characters)
        {
            var length = character.Match(bytes[at..]);
            if (length <= 0)
            {
                return length;
            }

            at += length;
        }

        if (_lastBackslashes == 0)
        {
            return at;
        }

        var last = BackslashesOf(bytes[at..]);
        if (at + last.Length == bytes.Length && !isEnd && last.Count < MostBackslashes)
        {
            return More;
        }

        return last.Count >= _lastBackslashes ? at + last.Length : 0;
    }
}
