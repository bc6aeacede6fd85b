using System.Globalization;
using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>What a service keeps beside the bytes of an object.</summary>
internal sealed class ObjectProperties
{
    /// <summary>The type of objects of which nobody says what they are.</summary>
    public const string Bytes = BlobProperties.Bytes;

    /// <summary>Gets the type of the content, as HTTP names it.</summary>
    public string ContentType { get; init; } = Bytes;

    /// <summary>Gets the author's own texts by their names in lower case.</summary>
    public SortedTexts Metadata { get; } = new();
}

/// <summary>What a service says about an object.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="ChangedAt">When it was stored.</param>
/// <param name="Metadata">The author's own texts by their names in lower case.</param>
internal sealed record ObjectFacts(long Length, DateTimeOffset ChangedAt, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Gets what changes with the content, such as an entity tag; <see langword="null"/> where the service does not say
    /// it.</summary>
    public string? Version { get; init; }

    /// <summary>Gets the type of the content, as HTTP names it; <see langword="null"/> where the service does not say it.</summary>
    public string? ContentType { get; init; }

    /// <summary>Reads a time as services write it.</summary>
    /// <param name="text">The time, in the form of ISO 8601 or of HTTP.</param>
    /// <returns>The time; the earliest of all if the text is none.</returns>
    public static DateTimeOffset TimeOf(string? text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;
}

/// <summary>An object, or a folder, in a list.</summary>
/// <remarks>Most lists are read for their names alone, so the rest stays text until somebody asks.</remarks>
/// <param name="key">The key; that of a folder ends in a slash.</param>
/// <param name="isFolder">Whether it is a folder.</param>
/// <param name="length">The length in bytes, in digits.</param>
/// <param name="changedAt">When it was stored, in words.</param>
internal sealed class ListedObject(string key, bool isFolder, string? length = null, string? changedAt = null)
{
    /// <summary>Gets the key; that of a folder ends in a slash.</summary>
    public string Key => key;

    /// <summary>Gets a value indicating whether it is a folder.</summary>
    public bool IsFolder => isFolder;

    /// <summary>Gets the length in bytes; 0 for a folder.</summary>
    public long Length => long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    /// <summary>Gets when it was stored.</summary>
    public DateTimeOffset ChangedAt => ObjectFacts.TimeOf(changedAt);
}
