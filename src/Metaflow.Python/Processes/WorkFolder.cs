namespace Metaflow.Python.Processes;

/// <summary>A folder that only this user can read, with the files of one run of a program. It is deleted at the end.</summary>
/// <param name="program">The name of the program, which the name of the folder shows.</param>
internal sealed class WorkFolder(string program) : IDisposable
{
    /// <summary>Gets the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory($"metaflow-{program}-").FullName;

    /// <summary>Returns the path of a file.</summary>
    /// <param name="name">The name of the file.</param>
    /// <returns>The path.</returns>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of lines.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The path.</returns>
    public async Task<string> WriteAsync(string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await File.WriteAllLinesAsync(PathOf(name), lines, cancellationToken).ConfigureAwait(false);
        return PathOf(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is in the folder for temporary files.
        }
    }
}
