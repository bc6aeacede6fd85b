namespace Metaflow.ObjectStorage.Data;

/// <summary>An object to store.</summary>
/// <param name="Key">The key: relative to the folder, or a full address if the folder was opened without one.</param>
/// <param name="Content">The content.</param>
public sealed record ObjectPut(string Key, ObjectContent Content)
{
    /// <summary>Gets the type of the content, such as <c>text/csv</c>. The default is <c>binary/octet-stream</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>Gets texts that are stored with the object, and that Python Metaflow reads too. None by default. Services limit them to
    /// some kilobytes.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>An object that a call was to store.</summary>
/// <param name="Key">The key, as it was given.</param>
/// <param name="Address">The full address.</param>
/// <param name="IsStored">Whether the call stored it; <see langword="false"/> if there was an object already that was not to be
/// overwritten.</param>
public sealed record StoredObject(string Key, string Address, bool IsStored);
