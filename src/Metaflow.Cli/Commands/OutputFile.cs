using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Files that commands write for users.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file whole: until it is complete, the old one stays.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="overwrite">Whether a file that exists is replaced.</param>
    /// <exception cref="ConfigurationException">MF2104: it cannot be written, or exists.</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
        {
            throw new ConfigurationException(
                ErrorCodes.OutputFile, $"The file '{path}' was not written.", "It exists already.", "Add '--overwrite' to replace it, or name another file.");
        }

        // Beside the file, so that the rename stays on one disk.
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew))
            {
                write(stream);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                ErrorCodes.OutputFile, $"The file '{path}' was not written.", Sentence(error.Message), "Check the folder and its permissions, or name another file.", error);
        }
        finally
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }
        }
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
