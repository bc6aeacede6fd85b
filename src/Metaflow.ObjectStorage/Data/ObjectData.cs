using System.Text;

namespace Metaflow.ObjectStorage.Data;

/// <summary>An object that was downloaded, or a part of one. Its file is removed with the <see cref="ObjectFolder"/> that it comes
/// from.</summary>
public sealed class ObjectData
{
    private readonly string? _path;

    internal ObjectData(ObjectInfo info, string? path, long offset, long size)
    {
        (Info, _path, Offset, Size) = (info, path, offset, size);
    }

    /// <summary>Gets what is known about the object.</summary>
    public ObjectInfo Info { get; }

    /// <summary>Gets the key, as of <see cref="ObjectInfo.Key"/>.</summary>
    public string Key => Info.Key;

    /// <summary>Gets the full address.</summary>
    public string Address => Info.Address;

    /// <summary>Gets a value indicating whether there is such an object. If not, it has no content.</summary>
    public bool Exists => _path is not null;

    /// <summary>Gets the number of bytes that were downloaded. <see cref="ObjectInfo.Size"/> is the length of the whole object.</summary>
    public long Size { get; }

    /// <summary>Gets the position in the object of the first byte that was downloaded.</summary>
    public long Offset { get; }

    /// <summary>Gets the file. Copy or move it to keep it.</summary>
    /// <exception cref="Errors.StorageException">There is no such object (MF3027).</exception>
    public string Path => _path ?? throw DataErrors.Missing(Info.Address);

    /// <summary>Reads the bytes.</summary>
    /// <returns>The bytes.</returns>
    /// <exception cref="Errors.StorageException">There is no such object (MF3027).</exception>
    public byte[] ReadBytes() => File.ReadAllBytes(Path);

    /// <summary>Reads the content as text.</summary>
    /// <param name="encoding">The encoding; UTF-8 by default.</param>
    /// <returns>The text.</returns>
    /// <exception cref="Errors.StorageException">There is no such object (MF3027).</exception>
    public string ReadText(Encoding? encoding = null) => File.ReadAllText(Path, encoding ?? Encoding.UTF8);

    /// <summary>Opens the file for reading.</summary>
    /// <returns>A stream that the caller disposes.</returns>
    /// <exception cref="Errors.StorageException">There is no such object (MF3027).</exception>
    public Stream OpenRead() => File.OpenRead(Path);

    /// <summary>Returns it as an object of a folder that was asked for.</summary>
    /// <param name="prefix">The key of the folder.</param>
    internal ObjectData Below(string prefix) => new(Info with { Prefix = prefix }, _path, Offset, Size);

    /// <inheritdoc/>
    public override string ToString() => Info.ToString();
}
