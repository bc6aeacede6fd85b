namespace Metaflow.Python.Conda.Matching;

/// <summary>The name of a file of a package: <c>name-version-build.conda</c> or <c>.tar.bz2</c>.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">The version.</param>
/// <param name="Build">The build.</param>
internal sealed record PackageFileName(string Name, string Version, string Build)
{
    /// <summary>The ends of such names, the preferred one first.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".conda", ".tar.bz2"];

    /// <summary>Returns the name of a file without its extension.</summary>
    /// <param name="fileName">The name.</param>
    /// <returns>The name without its extension; <see langword="null"/> if it has another one.</returns>
    public static string? Stem(string fileName)
        => Extensions.FirstOrDefault(extension => fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) is { } extension
            ? fileName[..^extension.Length]
            : null;

    /// <summary>Reads the name of a file.</summary>
    /// <param name="fileName">The name.</param>
    /// <returns>Its parts; <see langword="null"/> if it is not the name of a package's file.</returns>
    public static PackageFileName? Read(string fileName)
    {
        // Names of packages have hyphens, versions and builds have none.
        if (Stem(fileName) is not { } stem)
        {
            return null;
        }

        var build = stem.LastIndexOf('-');
        var version = build > 0 ? stem.LastIndexOf('-', build - 1) : -1;
        return version <= 0
            ? null
            : new PackageFileName(stem[..version].ToLowerInvariant(), stem[(version + 1)..build], stem[(build + 1)..]);
    }
}
