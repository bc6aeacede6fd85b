namespace Metaflow.Environments.Records;

/// <summary>A package of a resolved environment: the exact one, with its hash.</summary>
/// <param name="FileName">The file's name without its extension, such as <c>hello-0.1-0</c> or <c>newtonsoft.json.12.0.3</c>.</param>
/// <param name="Url">Where the package came from.</param>
internal abstract record LockedPackage(string FileName, string Url)
{
    /// <summary>Gets the category of the package; see <see cref="Categories"/>.</summary>
    public abstract string Category { get; }

    /// <summary>Gets the hash that counts for the identity of environments; <see langword="null"/> if none is known.</summary>
    public abstract string? Hash { get; }

    /// <summary>Gets what tells the package's file apart from all others: a hash, or the address where none is known.</summary>
    public abstract string ContentKey { get; }

    /// <summary>Gets the length of the file in bytes; 0, the default, if it is not known.</summary>
    public long Length { get; init; }

    /// <summary>Gets the name of the package.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the version of the package.</summary>
    public abstract string Version { get; }

    /// <summary>Gets the members of its record that this version does not know, to be written again.</summary>
    internal OtherMembers Others { get; init; } = OtherMembers.None;
}
