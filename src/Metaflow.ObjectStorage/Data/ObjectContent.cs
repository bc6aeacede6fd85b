using System.Text;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The content of an object that is stored. Texts and arrays of bytes become one by themselves.</summary>
public sealed class ObjectContent
{
    private readonly Func<Stream> _open;
    private readonly bool _isOwned;

    private ObjectContent(Func<Stream> open, bool isOwned)
    {
        (_open, _isOwned) = (open, isOwned);
    }

    /// <summary>Returns the content that a text is, in UTF-8.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator ObjectContent(string text) => FromString(text);

    /// <summary>Returns the content that bytes are.</summary>
    /// <param name="bytes">The bytes, which must not change before they are stored.</param>
    public static implicit operator ObjectContent(byte[] bytes) => FromBytes(bytes);

    /// <summary>Returns the content that a text is, in UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The content.</returns>
    public static ObjectContent FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromBytes(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Returns the content that bytes are.</summary>
    /// <param name="bytes">The bytes, which must not change before they are stored.</param>
    /// <returns>The content.</returns>
    public static ObjectContent FromBytes(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new ObjectContent(() => new MemoryStream(bytes, writable: false), isOwned: true);
    }

    /// <summary>Returns the content of a file.</summary>
    /// <param name="path">The file. It is opened when it is stored, and must not change meanwhile.</param>
    /// <returns>The content.</returns>
    public static ObjectContent FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ObjectContent(
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan),
            isOwned: true);
    }

    /// <summary>Returns what a stream has from its position to its end.</summary>
    /// <param name="stream">The stream. It is read once and stays open. If it cannot seek, the object gets no checksum.</param>
    /// <returns>The content, which can be stored once.</returns>
    public static ObjectContent FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new ObjectContent(() => stream, isOwned: false);
    }

    /// <summary>Opens it.</summary>
    /// <param name="what">What cannot be done when that fails, as a sentence.</param>
    /// <exception cref="Errors.StorageException">The file cannot be read.</exception>
    internal OpenContent Open(string what)
    {
        try
        {
            return new OpenContent(_open(), _isOwned);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.NotReadable(what, error);
        }
    }
}
