using System.Text;
using System.Text.Unicode;
using Metaflow.Naming;
using Metaflow.Platform;

namespace Metaflow.Artifacts;

/// <summary>Reads bytes as a text in an encoding of a name; a byte order mark at the beginning is not part of the text, and says which of
/// two orders the bytes have.</summary>
internal static class TextEncoding
{
    /// <summary>Finds an encoding. It raises <see cref="DecoderFallbackException"/> for bytes that stand for no character.</summary>
    /// <param name="name">The name, of .NET or of Python.</param>
    /// <returns>The encoding, or <see langword="null"/> when it is not known here.</returns>
    public static Encoding? Find(string name) => EncodingNames.CodePageOf(name) is { } page ? OfPage(page) : null;

    /// <summary>Returns the encoding in which content is to be read, and how many bytes its mark has.</summary>
    /// <param name="encoding">The encoding of the name.</param>
    /// <param name="content">The content.</param>
    public static (Encoding Encoding, int MarkLength) For(Encoding encoding, ReadOnlySpan<byte> content) => content switch
    {
        [0xEF, 0xBB, 0xBF, ..] when encoding.CodePage == EncodingNames.Utf8 => (encoding, 3),
        [0xFF, 0xFE, 0, 0, ..] when encoding.CodePage is 12000 or 12001 => (OfPage(12000), 4),
        [0, 0, 0xFE, 0xFF, ..] when encoding.CodePage is 12000 or 12001 => (OfPage(12001), 4),
        [0xFF, 0xFE, ..] when encoding.CodePage is 1200 or 1201 => (OfPage(1200), 2),
        [0xFE, 0xFF, ..] when encoding.CodePage is 1200 or 1201 => (OfPage(1201), 2),
        _ => (encoding, 0),
    };

    /// <summary>Checks that every byte of content stands for a character.</summary>
    /// <param name="encoding">The encoding of the name.</param>
    /// <param name="content">The content.</param>
    /// <returns>Where it does not, as the end of a sentence; <see langword="null"/> when all is well.</returns>
    public static string? WhyInvalid(Encoding encoding, ReadOnlySpan<byte> content)
    {
        if (encoding.CodePage == EncodingNames.Utf8)
        {
            return Utf8.IsValid(content) ? null : UserText.WhereInvalid(content);
        }

        try
        {
            var (actual, mark) = For(encoding, content);
            _ = actual.GetCharCount(content[mark..]);
            return null;
        }
        catch (DecoderFallbackException error)
        {
            return $"Near byte {error.Index}, the bytes {Convert.ToHexString(error.BytesUnknown ?? [])} are not a character.";
        }
    }

    private static Encoding OfPage(int page)
        => CodePagesEncodingProvider.Instance.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
}
