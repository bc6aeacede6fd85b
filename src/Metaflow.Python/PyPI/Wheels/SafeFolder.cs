namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Guards against links that lead out of a folder.</summary>
internal static class SafeFolder
{
    /// <summary>Refuses a folder that is a link to one outside.</summary>
    /// <param name="root">The folder to stay in.</param>
    /// <param name="folder">The folder below it; those above were looked at.</param>
    /// <exception cref="IOException">It leads out.</exception>
    public static void Require(string root, string folder)
    {
        if (!IsInside(root, folder))
        {
            throw new IOException($"'{folder}' is a link that leads out of '{root}'.");
        }
    }

    /// <summary>Returns true if a folder is no link to one outside.</summary>
    /// <param name="root">The folder to stay in.</param>
    /// <param name="folder">The folder below it; those above were looked at.</param>
    /// <returns>Whether what it leads to is inside.</returns>
    public static bool IsInside(string root, string folder)
    {
        if (new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true) is not { } target)
        {
            return true;
        }

        var path = Path.GetFullPath(target.FullName);
        return path == root || path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>Returns true if a folder keeps names apart that differ in case alone.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <returns>Whether it does. Nothing is written to know it.</returns>
    public static bool IsCaseSensitive(string folder)
    {
        var name = Path.GetFileName(folder);
        var upper = name.ToUpperInvariant();
        var other = string.Equals(upper, name, StringComparison.Ordinal) ? name.ToLowerInvariant() : upper;
        return string.Equals(name, other, StringComparison.Ordinal)
            || !Directory.Exists(Path.Combine(Path.GetDirectoryName(folder)!, other));
    }
}
