namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Where pip looks for packages. Addresses may have credentials, which are not shown.</summary>
internal sealed record PipSources
{
    /// <summary>Gets the index. The default is <see langword="null"/>: pip's own.</summary>
    public string? Index { get; init; }

    /// <summary>Gets further indices. The default is none.</summary>
    public IReadOnlyList<string> ExtraIndices { get; init; } = [];

    /// <summary>Gets folders and pages with archives. The default is none.</summary>
    public IReadOnlyList<string> FindLinks { get; init; } = [];

    /// <summary>Gets hosts whose certificates are not looked at. The default is none.</summary>
    public IReadOnlyList<string> TrustedHosts { get; init; } = [];

    /// <summary>Gets whether no index is asked. The default is no.</summary>
    public bool HasNoIndex { get; init; }

    /// <summary>Gets the file with the certificates of authorities. The default is <see langword="null"/>: pip's own.</summary>
    public string? Certificates { get; init; }

    /// <summary>Gets whether the configuration of the user and the variables <c>PIP_*</c> count. The default is no.</summary>
    public bool UsesConfiguration { get; init; }

    /// <summary>Returns the lines of a file of requirements that say so. There, and not among the arguments, other users of the machine
    /// see no credentials.</summary>
    /// <returns>The lines.</returns>
    /// <exception cref="Errors.EnvironmentException">A value cannot be in such a line (MF7070).</exception>
    public IEnumerable<string> ToLines() =>
    [
        .. HasNoIndex ? (IEnumerable<string>)["--no-index"] : [],
        .. Index is null || HasNoIndex ? [] : (IEnumerable<string>)["--index-url " + Quote(Index)],
        .. HasNoIndex ? [] : ExtraIndices.Select(static index => "--extra-index-url " + Quote(index)),
        .. FindLinks.Select(static place => "--find-links " + Quote(place)),
        .. TrustedHosts.Select(static host => "--trusted-host " + Quote(host)),
    ];

    // pip reads the options of such a file as a shell reads words, replaces ${NAME}, and cuts off what follows a blank and '#'.
    private static string Quote(string value)
    {
        if (value.Length == 0 || value.StartsWith('-') || value.Any(char.IsControl)
            || value.Contains("${", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal))
        {
            throw PipErrors.Malformed(value, "It is no address, path or name of a host.");
        }

        return $"'{value.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";
    }
}
