namespace Metaflow.Storage;

/// <summary>One object to store.</summary>
/// <param name="Path">The path relative to the store's root, with <c>/</c>.</param>
/// <param name="WriteAsync">Writes the bytes to the stream given. A store may call it several times, for example when it tries again.
/// Each call must write the same bytes from the beginning.</param>
public sealed record BlobWrite(string Path, Func<Stream, CancellationToken, ValueTask> WriteAsync)
{
    /// <summary>Initializes an object of known bytes.</summary>
    /// <param name="path">The path relative to the store's root, with <c>/</c>.</param>
    /// <param name="content">The bytes, which must not change before the object is stored.</param>
    public BlobWrite(string path, ReadOnlyMemory<byte> content)
        : this(path, (target, _) => Write(content, target))
        => Length = content.Length;

    /// <summary>Gets the length in bytes, or <see langword="null"/> if it is known only at the end of the writer. The default is
    /// <see langword="null"/>.</summary>
    public long? Length { get; init; }

    /// <summary>Gets how a content-addressed blob is packed, or <see langword="null"/>, the default, for a plain file.</summary>
    public BlobPacking? Packing { get; init; }

    /// <summary>Gets the type and the texts that an <see cref="IBlobPropertyStore"/> keeps with the object; <see langword="null"/>, the
    /// default, for none.</summary>
    internal BlobProperties? Properties { get; init; }

    /// <summary>Gets a value indicating whether the object becomes visible only after all others of the same call are durable. The
    /// default is <see langword="false"/>.</summary>
    /// <remarks>The mark that an attempt is complete is such an object: a reader that sees the mark finds everything that belongs to
    /// it.</remarks>
    public bool IsLast { get; init; }

    /// <summary>Returns an object with a synchronous writer.</summary>
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
/// <param name="IsRaw">Whether the payload is stored without gzip.</param>
public sealed record BlobPacking(bool IsRaw);

/// <summary>An object that was opened for reading.</summary>
/// <param name="Content">The bytes as stored; the reader disposes it.</param>
/// <param name="Packing">The packing kept beside it, or <see langword="null"/> if there is none.</param>
public sealed record BlobRead(Stream Content, BlobPacking? Packing);

/// <summary>The facts about an object that a store knows without reading it.</summary>
/// <remarks>It is not a struct, because code for lists of a struct would have to be compiled in each task process.</remarks>
/// <param name="Length">The length in bytes.</param>
/// <param name="ChangedAt">When it was last stored, by the store's clock.</param>
public sealed record BlobState(long Length, DateTimeOffset ChangedAt);

/// <summary>An entry directly below a folder.</summary>
/// <param name="Name">The name, without the folder.</param>
/// <param name="IsFolder">Whether there are objects below it; otherwise it is an object.</param>
public readonly record struct BlobEntry(string Name, bool IsFolder);
