using System.Security.Cryptography;
using System.Text;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>A file that says which packages are wanted.</summary>
/// <param name="Name">The name that the user gave, for messages.</param>
/// <param name="Text">The content, without a byte order mark.</param>
/// <param name="Sha256">The SHA-256 of the bytes, in hexadecimal digits.</param>
internal sealed record InputFile(string Name, string Text, string Sha256)
{
    // The longest lock files have some thousand packages.
    private const long LongestFile = 32 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Gets the place for messages.</summary>
    public string Place => $"the file '{Name}'";

    /// <summary>Gets the lines with their numbers from 1.</summary>
    public IEnumerable<(int Number, string Text)> Lines
        => Text.ReplaceLineEndings("\n").Split('\n').Select(static (line, index) => (index + 1, line));

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ConfigurationException">It cannot be read, is not text, or is too long (MF7110).</exception>
    public static InputFile Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= LongestFile
                ? Of(path, File.ReadAllBytes(path))
                : throw Unreadable(path, $"It has {length} bytes; no list of packages is that long.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, Directory.Exists(path) ? "It is a folder." : Sentence.Of(error.Message), error);
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="name">The name for messages.</param>
    /// <param name="bytes">The content: UTF-8, or UTF-16 with a byte order mark, which consoles of Windows write.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ConfigurationException">It is not text (MF7110).</exception>
    public static InputFile Of(string name, byte[] bytes)
    {
        var encoding = bytes switch
        {
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => (Encoding)Utf8,
        };
        try
        {
            return Of(name, encoding.GetString(bytes), bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw Unreadable(name, "It is not text in UTF-8.", error);
        }
    }

    /// <summary>Makes a file of a text.</summary>
    /// <param name="name">The name for messages.</param>
    /// <param name="text">The content.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ConfigurationException">It is not text (MF7110).</exception>
    public static InputFile Of(string name, string text) => Of(name, text, Encoding.UTF8.GetBytes(text));

    /// <summary>Returns a line without its comment: from the first <c>#</c> on that begins the line or follows a blank. One in an address
    /// is none.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The line, without blanks at its end.</returns>
    public static string WithoutComment(string line)
    {
        for (var sign = line.IndexOf('#', StringComparison.Ordinal); sign >= 0; sign = line.IndexOf('#', sign + 1))
        {
            if (sign == 0 || char.IsWhiteSpace(line[sign - 1]))
            {
                return line[..sign].TrimEnd();
            }
        }

        return line.TrimEnd();
    }

    /// <summary>Returns the error of a line.</summary>
    /// <param name="code">The code.</param>
    /// <param name="line">The number of the line, from 1; 0 if it is not known.</param>
    /// <param name="text">What stands there.</param>
    /// <param name="why">Why it is wrong, a sentence.</param>
    /// <param name="fix">What to do about it, a sentence.</param>
    /// <returns>The error.</returns>
    public ConfigurationException Error(string code, int line, string text, string why, string fix)
        => new(code, $"{(line > 0 ? $"Line {line} of '{Name}'" : $"'{Name}'")} has '{Shortened.Of(text)}'.", why, fix);

    private static InputFile Of(string name, string text, byte[] bytes)
        => text.Contains('\0', StringComparison.Ordinal)
            ? throw Unreadable(name, "It is a binary file.")
            : new InputFile(name, text.TrimStart('\uFEFF'), Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static ConfigurationException Unreadable(string name, string why, Exception? error = null)
        => new(
            ErrorCodes.InputUnreadable,
            $"The file '{Shortened.Of(name)}' cannot be read.",
            why,
            "Name a text file that lists packages, and make it readable.",
            error);
}
