namespace Metaflow.Storage;

/// <summary>A place for objects by path: a folder, a bucket, a database. What <see cref="SaveAsync"/> acknowledged survives a power
/// cut.</summary>
/// <remarks>
/// <para>Implementations are safe for several threads and several processes. A caller that has many objects gives them in one call: a
/// store that is far away works on them at the same time. Whoever reads after a call returned finds what the call stored, in every
/// process.</para>
/// <para>What blocks until an implementation answers starts it without the thread's synchronization context, so that it may await with or
/// without <c>ConfigureAwait(false)</c>.</para>
/// <para><c>BlobStoreConformance</c> of the package <c>Metaflow.Testing</c> checks an implementation against these promises.</para>
/// </remarks>
public interface IBlobStore
{
    /// <summary>Gets the type as settings and metadata name it, such as <c>local</c>.</summary>
    string TypeName { get; }

    /// <summary>Gets the root as metadata names it; for a local one the absolute path that ends in <c>/.metaflow</c>.</summary>
    string Root { get; }

    /// <summary>Gets a value indicating whether the store itself sees to it that an object is read as it was stored, as services with
    /// checksums do. The default is <see langword="false"/>: then a value that is there already is read and compared before a task counts
    /// on it.</summary>
    bool GuardsContent => false;

    /// <summary>Stores objects, whole or not at all each, all of them durable when it returns.</summary>
    /// <param name="writes">The objects, each path once.</param>
    /// <param name="overwrite">Whether an object that exists is replaced; otherwise it is kept.</param>
    /// <param name="cancellationToken">Ends the work early; objects stored until then stay.</param>
    /// <exception cref="Errors.StorageException">A write failed (MF4001 and on); nothing of the failed object is visible.</exception>
    /// <returns>For each object in order whether this call stored it. Without <paramref name="overwrite"/>, of several callers who store
    /// a path at once exactly one gets <see langword="true"/>, and the object is that caller's; a call that stored an object and could
    /// not learn of it answers <see langword="true"/> only when the bytes are its own.</returns>
    ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Opens an object.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object, or <see langword="null"/> if there is none. It is read as it was at this moment, also when it is replaced
    /// meanwhile.</returns>
    ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken);

    /// <summary>Says which objects there are, how long, and how old.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each path in order what is known of its object, or <see langword="null"/> if there is none.</returns>
    ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Lists what lies directly under a folder.</summary>
    /// <param name="folder">The folder relative to the root; empty for the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The entries, in any order. What a store keeps beside an object to know its packing is left out, and a folder named
    /// <c>_meta</c>, which is that of the metadata provider.</returns>
    ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Deletes objects with what is kept beside them. Objects that do not exist are not an error.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Ends the work early; objects deleted until then are gone.</param>
    /// <returns>A task that ends when none of them is there.</returns>
    /// <exception cref="Errors.StorageException">An object could not be deleted (MF4001, MF4004).</exception>
    ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Reads small objects whole.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each path in order the bytes as stored, or <see langword="null"/> when there is no object. Unless a store does
    /// better, it opens some of them at the same time.</returns>
    ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => BlobReading.ReadAsync(this, paths, cancellationToken);
}
