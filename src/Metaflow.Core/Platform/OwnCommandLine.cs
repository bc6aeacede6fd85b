using System.Text;

namespace Metaflow.Platform;

/// <summary>How this process was started, with what stands before the arguments that its <c>Main</c> gets: the options of the host that
/// runs it.</summary>
internal static class OwnCommandLine
{
    private const string File = "/proc/self/cmdline";

    /// <summary>Returns the words of the command line, without the executable.</summary>
    /// <returns>The words; <see langword="null"/> where the system does not tell.</returns>
    public static IReadOnlyList<string>? Arguments()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // Each word ends with a zero, the last one too.
            return [.. Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File)).TrimEnd('\0').Split('\0').Skip(1)];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }
}
