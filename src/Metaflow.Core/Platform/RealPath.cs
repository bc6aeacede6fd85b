namespace Metaflow.Platform;

/// <summary>Finds the one path of a folder that links may name in many ways.</summary>
internal static class RealPath
{
    /// <summary>Follows all links in a path.</summary>
    /// <param name="path">An absolute path. The folder need not exist.</param>
    /// <returns>The path without links, as far as they can be followed.</returns>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        var own = Path.Combine(Of(parent), Path.GetFileName(full));
        try
        {
            // The target of a link may lie behind another link.
            return new DirectoryInfo(own).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Of(target.FullName) : own;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return own;
        }
    }
}
