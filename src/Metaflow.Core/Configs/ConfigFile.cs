using System.Text;
using Metaflow.Platform;

namespace Metaflow.Configs;

/// <summary>Reads the text of a configuration's file.</summary>
internal static class ConfigFile
{
    /// <summary>The most bytes that are read: whatever is larger is data, and belongs into <c>[IncludeFile]</c>.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    /// <summary>Reads a file; what a shell hands over, such as <c>/dev/stdin</c>, is read to its end.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The text.</returns>
    /// <exception cref="FormatException">The file is too large, no UTF-8, or no file; the message is the rest of a sentence.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ReadText(string path)
    {
        var bytes = ReadBytes(path);
        var start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException error)
        {
            var at = FirstInvalid(bytes);
            var line = bytes.AsSpan(0, at).Count((byte)'\n') + 1;
            var begin = bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
            throw new FormatException($"is no UTF-8: line {line}, byte {at - begin + 1} of the line is 0x{bytes[at]:X2}", error);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        if (UserFile.WhyNotRead(path) is { } why)
        {
            throw new FormatException(why);
        }

        using var file = UserFile.Open(path);
        var content = new MemoryStream();
        var buffer = new byte[81920];
        while (file.Read(buffer) is var count and > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MostBytes)
            {
                throw new FormatException($"is larger than {MostBytes / 1024 / 1024} MB");
            }
        }

        return content.ToArray();
    }

    private static int FirstInvalid(byte[] bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return Math.Min(at, bytes.Length - 1);
    }
}
