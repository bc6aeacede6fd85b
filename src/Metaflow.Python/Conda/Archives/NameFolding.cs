namespace Metaflow.Python.Conda.Archives;

/// <summary>Finds out whether a file system takes names that differ only in capital letters for one.</summary>
internal static class NameFolding
{
    /// <summary>Asks the file system of a folder.</summary>
    /// <param name="folder">The folder, which exists and can be written.</param>
    /// <returns>Whether <c>A</c> and <c>a</c> are one name there.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static bool IsFolded(string folder)
    {
        var name = "." + Guid.NewGuid().ToString("N") + "x";
        var probe = Path.Combine(folder, name);
        File.WriteAllBytes(probe, []);
        try
        {
            return File.Exists(Path.Combine(folder, name.ToUpperInvariant()));
        }
        finally
        {
            File.Delete(probe);
        }
    }
}
