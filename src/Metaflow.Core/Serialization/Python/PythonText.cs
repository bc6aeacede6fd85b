using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Metaflow.Serialization;

/// <summary>UTF-8 as Python's pickle writes it: a surrogate without its partner is kept as three bytes (<c>surrogatepass</c>).</summary>
internal static class PythonText
{
    /// <summary>The most characters of a text in .NET.</summary>
    public const int LongestText = 0x3FFFFFDF;

    private const int CountedAtOnce = 1 << 28;
    private const int DecodedAtOnce = 64 << 10;

    public static long CountBytes(string text)
    {
        // The encoder counts a lone surrogate as the three bytes of U+FFFD, which is what it takes here too; a pair takes four.
        var count = 0L;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, CountedAtOnce);
            length -= length < rest.Length && char.IsHighSurrogate(rest[length - 1]) ? 1 : 0;
            count += Encoding.UTF8.GetByteCount(rest[..length]);
            rest = rest[length..];
        }

        return count;
    }

    /// <summary>Returns true if bytes decode to more characters than a text may have.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="encoding">Their encoding.</param>
    /// <param name="longest">The most characters.</param>
    /// <returns>Whether they do.</returns>
    public static bool IsTooLong(ReadOnlySpan<byte> bytes, Encoding encoding, int longest = LongestText)
    {
        if (bytes.Length <= longest)
        {
            return false;
        }

        // No decoding but counting, in parts, as the count of all may be more than an int has; invalid bytes are told by who decodes.
        var decoder = encoding.GetDecoder();
        decoder.Fallback = DecoderFallback.ReplacementFallback;
        var count = 0L;
        var characters = new char[encoding.GetMaxCharCount(DecodedAtOnce)];
        for (; !bytes.IsEmpty && count <= longest; bytes = bytes[Math.Min(bytes.Length, DecodedAtOnce)..])
        {
            count += decoder.GetChars(bytes[..Math.Min(bytes.Length, DecodedAtOnce)], characters, flush: false);
        }

        return count > longest;
    }

    public static void Encode(string text, Span<byte> bytes)
    {
        if (Utf8.FromUtf16(text, bytes, out _, out _, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                bytes = bytes[rune.EncodeToUtf8(bytes)..];
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                bytes[0] = (byte)(0xE0 | (text[i] >> 12));
                bytes[1] = (byte)(0x80 | ((text[i] >> 6) & 0x3F));
                bytes[2] = (byte)(0x80 | (text[i] & 0x3F));
                bytes = bytes[3..];
            }
        }
    }

    /// <summary>Decodes bytes.</summary>
    /// <returns>The text, or <see langword="null"/> when the bytes are not such UTF-8.</returns>
    /// <exception cref="Errors.StorageException">They are more characters than a text may have (MF4012).</exception>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (IsTooLong(bytes, Encoding.UTF8))
        {
            throw SerializationErrors.TextTooLong(LongestText);
        }

        if (Ascii.IsValid(bytes))
        {
            return Encoding.Latin1.GetString(bytes);
        }

        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else if (bytes is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
            {
                text.Append((char)(0xD000 | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F)));
                used = 3;
            }
            else
            {
                return null;
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
