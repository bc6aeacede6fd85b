namespace Metaflow.Python.Conda.Archives;

/// <summary>The names in packages, which anybody may have written.</summary>
internal static class EntryPath
{
    /// <summary>Brings a name into the one form in which it is compared: parts with <c>/</c> between them, none of them <c>.</c>.</summary>
    /// <param name="name">The name as it stands in the package.</param>
    /// <param name="path">The path below the package's folder; empty for the folder itself.</param>
    /// <returns>Why it must not be used, as the rest of a sentence; <see langword="null"/> when it may.</returns>
    public static string? TryNormalize(string name, out string path)
    {
        path = "";
        if (name.StartsWith('/'))
        {
            return "has an absolute path";
        }

        if (name.AsSpan().IndexOfAny('\0', '\uFFFD') >= 0)
        {
            return "has a name that is not UTF-8";
        }

        // A colon begins a drive, or another stream of a file.
        if (OperatingSystem.IsWindows() && name.AsSpan().IndexOfAny('\\', ':') >= 0)
        {
            return "has a name that means another path on Windows";
        }

        if (!NeedsWork(name))
        {
            path = name;
            return null;
        }

        var parts = name.Split('/').Where(static part => part is not ("" or ".")).ToList();
        path = string.Join('/', parts);
        return parts.Contains("..") ? "leads out of the package" : null;
    }

    /// <summary>Returns the folder of a path.</summary>
    /// <param name="path">A path in the form of <see cref="TryNormalize"/>.</param>
    /// <returns>The folder; empty for the package's own.</returns>
    public static string FolderOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static bool NeedsWork(ReadOnlySpan<char> name)
    {
        foreach (var part in name.Split('/'))
        {
            if (name[part] is "" or "." or "..")
            {
                return true;
            }
        }

        return false;
    }
}
