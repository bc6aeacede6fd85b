namespace Metaflow.Environments.Records;

/// <summary>A package of conda. Its hashes are MD5.</summary>
/// <param name="FileName">The file's name without its extension: name, version and build, such as <c>hello-0.1-0</c>.</param>
/// <param name="Url">Where the package came from.</param>
internal sealed record CondaPackage(string FileName, string Url) : ArchivePackage(FileName, Url)
{
    /// <inheritdoc/>
    public override string Category => Categories.Conda;

    /// <summary>Gets the build, such as <c>0</c>; empty if the file's name has none.</summary>
    public string Build => Split is [_, _, var build] ? build : "";

    /// <summary>Gets the version with the build, as the commands show it.</summary>
    public string DetailedVersion => Split is [_, var version, var build] ? $"{version}-{build}" : "";

    /// <inheritdoc/>
    protected override (string Name, string Version) Parts => Split is [var name, var version, _] ? (name, version) : (FileName, "");

    // Names of packages have hyphens, versions and builds have none.
    private string[] Split
    {
        get
        {
            var build = FileName.LastIndexOf('-');
            var version = build > 0 ? FileName.LastIndexOf('-', build - 1) : -1;
            return version < 0 ? [] : [FileName[..version], FileName[(version + 1)..build], FileName[(build + 1)..]];
        }
    }
}
