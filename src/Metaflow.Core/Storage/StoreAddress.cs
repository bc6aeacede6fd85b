using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Storage;

/// <summary>The address of a datastore: its type and its root.</summary>
/// <param name="Type">The type as settings and metadata name it, such as <c>local</c> or <c>s3</c>.</param>
/// <param name="Root">The root as metadata names it: an absolute path, or <c>s3://bucket/prefix</c>.</param>
/// <remarks>As text, it is the root if that begins with the type and <c>://</c>; otherwise the type, a colon and the root:
/// <c>local:/data/.metaflow</c>.</remarks>
public sealed record StoreAddress(string Type, string Root)
{
    /// <summary>The type of a store in a folder.</summary>
    public const string LocalType = "local";

    /// <summary>Gets a value indicating whether it is a folder of a machine.</summary>
    public bool IsLocal => Type == LocalType;

    /// <summary>Gets the folder of a local address, of which users also write <c>local:///data</c>.</summary>
    internal string Folder => Root.StartsWith($"{LocalType}://", StringComparison.Ordinal) ? Root[(LocalType.Length + 3)..] : Root;

    /// <summary>Returns the address of a folder.</summary>
    /// <param name="folder">The absolute path, which ends in <c>/.metaflow</c>.</param>
    /// <returns>The address.</returns>
    public static StoreAddress Local(string folder) => new(LocalType, folder);

    /// <summary>Returns the address of an open store.</summary>
    /// <param name="blobs">The store.</param>
    /// <returns>The address.</returns>
    public static StoreAddress Of(IBlobStore blobs)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        return new StoreAddress(blobs.TypeName, blobs.Root);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text, such as <c>local:/data/.metaflow</c>.</param>
    /// <param name="address">The address; <see langword="null"/> if the text is not an address.</param>
    /// <returns>Whether it is an address: a bare path is not.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out StoreAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);

        // A type of one letter would be a drive of Windows.
        var isAddress = colon > 1 && colon < text.Length - 1 && text.IndexOf('/', 0, colon) < 0 && text.IndexOf('\\', 0, colon) < 0;
        address = !isAddress ? null
            : text.AsSpan(colon).StartsWith("://") ? new StoreAddress(text[..colon], text)
            : new StoreAddress(text[..colon], text[(colon + 1)..]);
        return isAddress;
    }

    /// <summary>Reads the address of an object in a store of objects, such as <c>s3://bucket/key</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The address of the bucket or container; <see langword="null"/> if the text is not such an address.</param>
    /// <param name="path">The path of the object there.</param>
    /// <returns>Whether it is such an address. Paths of files are not.</returns>
    internal static bool TryParseObject(string text, [NotNullWhen(true)] out StoreAddress? place, out string path)
    {
        const string Separator = "://";
        var start = text.IndexOf(Separator, StringComparison.Ordinal) + Separator.Length;
        var slash = start > Separator.Length ? text.IndexOf('/', start) : -1;
        var isObject = slash > start && slash < text.Length - 1
            && text.AsSpan(0, start - Separator.Length).IndexOfAny("/\\:") < 0;
        place = isObject ? new StoreAddress(text[..(start - Separator.Length)], text[..slash]) : null;
        path = isObject ? text[(slash + 1)..] : "";
        return isObject;
    }

    /// <inheritdoc/>
    public override string ToString() => Root.StartsWith($"{Type}://", StringComparison.Ordinal) ? Root : $"{Type}:{Root}";
}
