using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Metaflow.Platform;

/// <summary>The text of a file that a user wrote: UTF-8, or what the byte order mark at its beginning says (UTF-16 and UTF-32 of either
/// order). A character is never guessed.</summary>
internal static class UserText
{
    /// <summary>Reads bytes as text.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <returns>The text, without the mark.</returns>
    /// <exception cref="FormatException">The bytes are not text; the message is the rest of a sentence that begins with the file, without
    /// its full stop.</exception>
    public static string Of(ReadOnlySpan<byte> content)
    {
        var (encoding, mark) = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Utf8, 3),
            [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true), 4),
            [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true), 4),
            [0xFF, 0xFE, ..] => (new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true), 2),
            [0xFE, 0xFF, ..] => (new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true), 2),
            _ => ((Encoding)Utf8, 0),
        };
        try
        {
            return encoding.GetString(content[mark..]);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException(
                ReferenceEquals(encoding, Utf8)
                    ? $"is not UTF-8: {PlaceOf(content)}"
                    : $"begins with the byte order mark of {encoding.WebName}, but is not: near byte {mark + error.Index} "
                        + "no character can be read",
                error);
        }
    }

    /// <summary>Says where bytes are not UTF-8, in a sentence.</summary>
    /// <param name="content">The bytes; some of them are not characters.</param>
    internal static string WhereInvalid(ReadOnlySpan<byte> content) => content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
        ? "It begins with the byte order mark of UTF-16."
        : $"In {PlaceOf(content)}, where no character can be read.";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static string PlaceOf(ReadOnlySpan<byte> content)
    {
        var at = FirstInvalid(content);
        var line = content[..at].Count((byte)'\n') + 1;
        var begin = content[..at].LastIndexOf((byte)'\n') + 1;
        return $"line {line}, byte {at - begin + 1} of the line is 0x{content[at]:X2}";
    }

    private static int FirstInvalid(ReadOnlySpan<byte> content)
    {
        var at = 0;
        while (at < content.Length && Rune.DecodeFromUtf8(content[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return Math.Min(at, content.Length - 1);
    }
}
