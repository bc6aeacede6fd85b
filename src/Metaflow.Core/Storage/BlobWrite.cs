namespace Metaflow.Storage;

/// <summary>One object to store.</summary>
/// <param name="Path">The path relative to the store's root, with <c>/</c>.</param>
/// <param name="WriteAsync">Writes the bytes to the stream given. A store may call it several times, as when it tries again: each call
/// writes the same bytes from the first on.</param>
public sealed record BlobWrite(string Path, Func<Stream, CancellationToken, ValueTask> WriteAsync)
{
    /// <summary>Initializes an object of known bytes.</summary>
    /// <param name="path">The path relative to the store's root, with <c>/</c>.</param>
    /// <param name="content">The bytes, which must not change before the object is stored.</param>
    public BlobWrite(string path, ReadOnlyMemory<byte> content)
        : this(path, (target, _) => Write(content, target))
        => Length = content.Length;

    /// <summary>Gets the length in bytes, or <see langword="null"/> when only the end of the writer tells. The default is
    /// <see langword="null"/>.</summary>
    public long? Length { get; init; }

    /// <summary>Gets how a content-addressed blob is packed, or <see langword="null"/>, the default, for a plain file.</summary>
    public BlobPacking? Packing { get; init; }

    /// <summary>Gets a value indicating whether the object becomes visible only after all others of the same call are durable. The
    /// default is <see langword="false"/>.</summary>
    /// <remarks>The mark that an attempt is complete is such an object: who sees it finds everything that it speaks for.</remarks>
    public bool IsLast { get; init; }

    /// <summary>Returns an object whose writer does not wait for anything.</summary>
    /// <param name="path">The path relative to the store's root, with <c>/</c>.</param>
    /// <param name="write">Writes the bytes; may be called several times.</param>
    /// <returns>The object.</returns>
    public static BlobWrite Of(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new BlobWrite(path, (target, _) =>
        {
            write(target);
            return ValueTask.CompletedTask;
        });
    }

    private static ValueTask Write(ReadOnlyMemory<byte> content, Stream target)
    {
        // Not WriteAsync: on a local file it hops to the pool.
        target.Write(content.Span);
        return ValueTask.CompletedTask;
    }
}

/// <summary>How the bytes of a content-addressed blob are packed, kept beside it as Python Metaflow does.</summary>
/// <param name="IsRaw">Whether the payload is stored as it is, rather than in gzip.</param>
public sealed record BlobPacking(bool IsRaw);

/// <summary>An object that was opened for reading.</summary>
/// <param name="Content">The bytes as stored; the reader disposes it.</param>
/// <param name="Packing">The packing kept beside it, or <see langword="null"/> when nothing is.</param>
public sealed record BlobRead(Stream Content, BlobPacking? Packing);

/// <summary>What a store knows of an object without reading it.</summary>
/// <remarks>No structure: code for lists of one would have to be compiled in each process of a task.</remarks>
/// <param name="Length">The length in bytes.</param>
/// <param name="ChangedAt">When it was last stored, by the store's clock.</param>
public sealed record BlobState(long Length, DateTimeOffset ChangedAt);

/// <summary>What lies directly under a folder.</summary>
/// <param name="Name">The name, without the folder.</param>
/// <param name="IsFolder">Whether objects lie below it; else it is an object.</param>
public readonly record struct BlobEntry(string Name, bool IsFolder);
