using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Files that commands write for users.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file whole: until it is complete, the old one stays. Of a link, the file that it names is written.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="overwrite">Whether a file that exists is replaced.</param>
    /// <param name="isPrivate">Whether only its owner may read it. The default is <see langword="false"/>.</param>
    /// <exception cref="ConfigurationException">MF2104: it cannot be written, or exists.</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite, bool isPrivate = false)
    {
        if (!overwrite && File.Exists(path))
        {
            throw new ConfigurationException(
                ErrorCodes.OutputFile, $"The file '{path}' was not written.", "It exists already.",
                "Add '--overwrite' to replace it, or name another file.");
        }

        // Beside the file, so that the rename stays on one disk.
        var target = TargetOf(path);
        var unfinished = $"{target}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (isPrivate && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(unfinished, options))
            {
                write(stream);
            }

            File.Move(unfinished, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, error, error.Message.Replace(unfinished, path, StringComparison.Ordinal));
        }
        finally
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }
        }
    }

    private static string TargetOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is no such file yet, or the links form a ring.
            return error is FileNotFoundException or DirectoryNotFoundException ? path : throw NotWritten(path, error, error.Message);
        }
    }

    /// <summary>Makes the folder of a file.</summary>
    /// <exception cref="ConfigurationException">MF2104: it cannot be made.</exception>
    public static void CreateFolderOf(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, error, error.Message);
        }
    }

    /// <summary>Checks, before work begins whose result goes there, that the folder of a file exists.</summary>
    /// <exception cref="ConfigurationException">MF2104: it does not.</exception>
    public static void CheckFolderOf(string path)
    {
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
        {
            throw new ConfigurationException(
                ErrorCodes.OutputFile, $"The file '{path}' could not be written.", $"There is no folder '{folder}'.",
                "Make the folder, or name another file.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    private static ConfigurationException NotWritten(string path, Exception error, string why) => new(
        ErrorCodes.OutputFile, $"The file '{path}' was not written.", Sentence(why),
        "Check the folder and its permissions, or name another file.", error);

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
