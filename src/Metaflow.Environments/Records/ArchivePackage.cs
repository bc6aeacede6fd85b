namespace Metaflow.Environments.Records;

/// <summary>A package of conda or of the Python package index. It may exist as files of several formats.</summary>
/// <param name="FileName">The file's name without its extension.</param>
/// <param name="Url">Where the package came from.</param>
internal abstract record ArchivePackage(string FileName, string Url) : LockedPackage(FileName, Url)
{
    private static readonly string[] FormatsOfTwoParts = [".tar.gz", ".tar.bz2"];

    /// <summary>Gets the format of the file at <see cref="LockedPackage.Url"/>, such as <c>.conda</c>. The default is what the address
    /// ends with.</summary>
    public string UrlFormat
    {
        get => field ?? FormatOf(Url);
        init;
    }

    /// <summary>Gets the hashes of its files in hexadecimal digits, by format.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the SHA-256 of the file at <see cref="LockedPackage.Url"/> in hexadecimal digits; <see langword="null"/> if only
    /// <see cref="Hashes"/> are known. The hash that the extension keeps for packages of conda, MD5, does not protect against a package
    /// that somebody replaces on purpose. The extension leaves this one out when it writes a record again.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets where the cache has its files, by format.</summary>
    public IReadOnlyDictionary<string, CachedFile> CachedFiles { get; init; } = new Dictionary<string, CachedFile>();

    /// <inheritdoc/>
    public override string? Hash => Hashes.GetValueOrDefault(UrlFormat);

    /// <summary>Gets the format of the file that is installed, such as <c>.whl</c>. It is <see cref="UrlFormat"/> unless the record has an
    /// archive of sources and what was built of it, as those of the extension.</summary>
    public virtual string Format => UrlFormat;

    /// <summary>Gets the hash of the file that is installed; <see langword="null"/> if none is known.</summary>
    public string? FileHash => Hashes.GetValueOrDefault(Format);

    /// <inheritdoc/>
    public override string ContentKey => FileHash ?? Url;

    /// <summary>Gets the name of the file that is installed.</summary>
    public string FullName => FileName + Format;

    /// <inheritdoc/>
    public override string Name => Parts.Name;

    /// <inheritdoc/>
    public override string Version => Parts.Version;

    /// <summary>Gets the name and the version that the file's name says.</summary>
    protected abstract (string Name, string Version) Parts { get; }

    /// <summary>Returns the format that a file's name says.</summary>
    /// <param name="name">The name, or an address that ends with it.</param>
    /// <returns>The extension with its dot; empty for none.</returns>
    public static string FormatOf(string name)
        => Array.Find(FormatsOfTwoParts, format => name.EndsWith(format, StringComparison.Ordinal)) ?? Path.GetExtension(name);
}
