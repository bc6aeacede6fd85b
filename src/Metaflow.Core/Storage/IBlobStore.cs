namespace Metaflow.Storage;

/// <summary>One object to store.</summary>
/// <param name="Path">The path relative to the store's root, with <c>/</c>.</param>
/// <param name="Write">Writes the bytes to the stream given.</param>
/// <param name="Packing">How a content-addressed blob is packed, or <see langword="null"/> for a plain file.</param>
public sealed record BlobWrite(string Path, Action<Stream> Write, BlobPacking? Packing = null);

/// <summary>How the bytes of a content-addressed blob are packed, kept beside it as the reference does.</summary>
/// <param name="IsRaw">Whether the payload is stored as it is, rather than in gzip.</param>
public sealed record BlobPacking(bool IsRaw);

/// <summary>An object that was read.</summary>
/// <param name="Content">The bytes as stored; the reader disposes it.</param>
/// <param name="Packing">The packing kept beside it, or <see langword="null"/> when nothing is.</param>
public sealed record BlobRead(Stream Content, BlobPacking? Packing);

/// <summary>A place for objects by path: a folder, a bucket. What <see cref="SaveAsync"/> acknowledged survives a power cut.</summary>
public interface IBlobStore
{
    /// <summary>Gets the type as settings and metadata name it, such as <c>local</c>.</summary>
    string TypeName { get; }

    /// <summary>Gets the root as metadata names it; for a local one the absolute path that ends in <c>/.metaflow</c>.</summary>
    string Root { get; }

    /// <summary>Stores objects, whole or not at all each, all of them durable when it returns.</summary>
    /// <param name="writes">The objects, each path once.</param>
    /// <param name="overwrite">Whether an object that exists is replaced; otherwise it is kept silently.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="Errors.StorageException">A write failed (MF4001 and on); nothing of the failed object is visible.</exception>
    /// <returns>A task that ends when all are durable.</returns>
    ValueTask SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Opens an object.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The object, or <see langword="null"/> when there is none.</returns>
    ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken);

    /// <summary>Says how long an object is.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The length in bytes, or <see langword="null"/> when there is none.</returns>
    ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken);

    /// <summary>Lists what lies directly under a folder.</summary>
    /// <param name="folder">The folder relative to the root; empty for the root.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>Names with whether they are folders. What a store keeps beside an object to know its packing is left out, and a folder named <c>_meta</c>, which is that of
    /// the metadata provider.</returns>
    ValueTask<IReadOnlyList<(string Name, bool IsFolder)>> ListAsync(string folder, CancellationToken cancellationToken);
}
