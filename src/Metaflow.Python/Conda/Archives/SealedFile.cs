using System.Security.Cryptography;
using System.Text;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Archives;

/// <summary>A file that begins with the hash of the rest, so that any change of it is noticed.</summary>
internal static class SealedFile
{
    private const int DigestLength = 64;

    /// <summary>Writes a file durably. Its folder has to be flushed yet.</summary>
    /// <param name="path">The file. One that is there is replaced in one step.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var written = path + ".tmp";
        using (var file = new FileStream(written, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(Encoding.ASCII.GetBytes(DigestOf(content) + "\n"));
            file.Write(content);
            DurableFile.FlushAll(new List<SafeFileHandle> { file.SafeFileHandle });
        }

        File.Move(written, path, overwrite: true);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The content and its SHA-256; <see langword="null"/> when there is no such file, or it was changed.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (ReadOnlyMemory<byte> Content, string Digest)? TryRead(string path)
    {
        try
        {
            var bytes = RegularFile.ReadAllBytes(path);
            if (bytes.Length <= DigestLength || bytes[DigestLength] != '\n')
            {
                return null;
            }

            var content = bytes.AsMemory(DigestLength + 1);
            var digest = DigestOf(content.Span);
            return bytes.AsSpan(0, DigestLength).SequenceEqual(Encoding.ASCII.GetBytes(digest)) ? (content, digest) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads the hash with which a file begins. The rest is not compared with it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The hash; <see langword="null"/> when there is no such file, or it begins with none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? TryReadDigest(string path)
    {
        try
        {
            using var file = RegularFile.Open(path);
            var digest = new byte[DigestLength];
            return file.ReadAtLeast(digest, DigestLength, throwOnEndOfStream: false) == DigestLength
                ? Encoding.Latin1.GetString(digest) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string DigestOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
