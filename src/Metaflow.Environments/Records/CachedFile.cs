namespace Metaflow.Environments.Records;

/// <summary>Where the cache has a file of a package.</summary>
/// <param name="Path">The path below the root of the cache. Its last component but one is the hash of the content.</param>
internal sealed record CachedFile(string Path)
{
    /// <summary>Gets the category that the record names; <see langword="null"/>, the default, for that of the package.</summary>
    public string? Category { get; init; }

    /// <summary>Gets the members of its record that this version does not know, to be written again.</summary>
    public OtherMembers Others { get; init; } = OtherMembers.None;

    /// <summary>Gets the hash of the content.</summary>
    public string Hash => Path.Split('/') is [.., var hash, _] ? hash : "";
}
