using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Hashes as indexes of packages write them.</summary>
internal static class Hashes
{
    /// <summary>The SHA-256 of a text's UTF-8, in small hexadecimal digits.</summary>
    public static string OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The SHA-256 of bytes, in small hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The SHA-256 of a file, in small hexadecimal digits.</summary>
    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The MD5 of a file, which conda still writes beside the SHA-256.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The format of conda has it.")]
    public static string Md5OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(stream));
    }
}
