namespace Metaflow.ObjectStorage.Data;

/// <summary>What is known about an object, or about a folder in a list.</summary>
public sealed record ObjectInfo
{
    /// <summary>Gets the key: relative to the folder that was opened, or the full address if it was opened without one. Other calls accept
    /// it as it is. The key of a folder ends in a slash.</summary>
    public required string Key { get; init; }

    /// <summary>Gets the full address, such as <c>s3://bucket/prefix/key</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the key of the folder that was asked for, for objects of lists and of recursive calls; otherwise the empty
    /// text.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Gets the part of the key behind <see cref="Prefix"/>, without slashes around it.</summary>
    public string Suffix => Key[Prefix.Length..].Trim('/');

    /// <summary>Gets a value indicating whether there is an object with the key. Folders in lists are none.</summary>
    public bool Exists { get; init; }

    /// <summary>Gets the length of the whole object in bytes; 0 if there is none.</summary>
    public long Size { get; init; }

    /// <summary>Gets when the object was stored, by the store's clock; <see langword="null"/> where the store does not say it.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Gets the type of the content, such as <c>text/csv</c>; <see langword="null"/> in lists, which do not have it.</summary>
    public string? ContentType { get; init; }

    /// <summary>Gets the texts that were stored with the object. Empty if there are none, and in lists, which do not have them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = UserMetadata.None;

    /// <inheritdoc/>
    public override string ToString() => Exists ? $"{Address} ({Size} bytes)" : $"{Address} (no object)";
}
