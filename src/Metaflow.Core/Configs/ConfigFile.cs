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
    /// <exception cref="FormatException">The file is too large, no text, or no file; the message is the rest of a sentence.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ReadText(string path)
    {
        return UserText.Of(ReadBytes(path));
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
}
