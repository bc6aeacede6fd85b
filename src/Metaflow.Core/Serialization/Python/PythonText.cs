using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Metaflow.Serialization;

/// <summary>UTF-8 as Python's pickle writes it: a surrogate without its partner is kept as three bytes (<c>surrogatepass</c>).</summary>
internal static class PythonText
{
    /// <summary>The most characters of a text in .NET.</summary>
    public const int LongestText = 0x3FFFFFDF;

    /// <summary>The most bytes of a character of .NET: a pair of surrogates takes four.</summary>
    public const int MostBytesOfCharacter = 3;

    private const int CountedAtOnce = 1 << 28;
    private const int DecodedAtOnce = 64 << 10;
    private const int EncodedAtOnce = 1 << 18;

    public static long CountBytes(string text)
    {
        // The encoder counts a lone surrogate as the three bytes of U+FFFD, which is what it takes here too; a pair takes four.
        var count = 0L;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = LengthOfPart(rest, CountedAtOnce);
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

    /// <summary>Encodes a long text part by part.</summary>
    /// <param name="text">The text.</param>
    /// <param name="add">Receives the bytes of each part, which change afterwards.</param>
    public static void Encode(string text, Action<ReadOnlySpan<byte>> add)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Min(text.Length, EncodedAtOnce) * MostBytesOfCharacter);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var part = rest[..LengthOfPart(rest, EncodedAtOnce)];
            add(bytes.AsSpan(0, Encode(part, bytes)));
            rest = rest[part.Length..];
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">Receives the bytes.</param>
    /// <returns>How many there are.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (Utf8.FromUtf16(text, bytes, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            return written;
        }

        var room = bytes.Length;
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.DecodeFromUtf16(text[i..], out var rune, out var used) == OperationStatus.Done)
            {
                bytes = bytes[rune.EncodeToUtf8(bytes)..];
                i += used - 1;
            }
            else
            {
                bytes[0] = (byte)(0xE0 | (text[i] >> 12));
                bytes[1] = (byte)(0x80 | ((text[i] >> 6) & 0x3F));
                bytes[2] = (byte)(0x80 | (text[i] & 0x3F));
                bytes = bytes[3..];
            }
        }

        return room - bytes.Length;
    }

    /// <summary>Returns how many bytes do not end within a character.</summary>
    /// <param name="bytes">The beginning of longer UTF-8.</param>
    /// <returns>The number; that of all bytes if they are not UTF-8 at their end.</returns>
    public static int LengthOfWholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= MostBytesOfCharacter && back <= bytes.Length; back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) != 0x80)
            {
                var length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
                return length > back ? bytes.Length - back : bytes.Length;
            }
        }

        return bytes.Length;
    }

    // A pair of surrogates is not taken apart.
    private static int LengthOfPart(ReadOnlySpan<char> rest, int most)
        => most >= rest.Length ? rest.Length : char.IsHighSurrogate(rest[most - 1]) ? most - 1 : most;

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
