using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Python.Conda.Linking;

/// <summary>The signatures without which macOS does not start a program on its own processors. A changed program needs a new
/// one.</summary>
internal static class CodeSignature
{
    /// <summary>The kind of machine whose programs need signatures.</summary>
    public const string Subdir = "osx-arm64";

    private const string Tool = "/usr/bin/codesign";

    /// <summary>Returns true if a file is a program or a library of macOS.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether it is.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsNeeded(string path)
    {
        Span<byte> first = stackalloc byte[4];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, first, 0) == first.Length
            && BinaryPrimitives.ReadUInt32BigEndian(first) is 0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE or 0xCAFEBABE;
    }

    /// <summary>Signs a file anew, with no name, as those who built the package did.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the file is signed.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7067: the tool is not there, or fails.</exception>
    public static async Task SignAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Tool, ["--sign", "-", "--force", path])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            var text = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw LinkErrors.SigningFailed(path, text.Trim());
            }
        }
        catch (Win32Exception error)
        {
            throw LinkErrors.SigningFailed(path, error.Message);
        }
    }
}
