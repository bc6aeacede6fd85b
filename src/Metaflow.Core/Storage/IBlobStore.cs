namespace Metaflow.Storage;

/// <summary>A place for objects by path: a folder, a bucket, a database. Objects that <see cref="SaveAsync"/> acknowledged survive a
/// power cut.</summary>
/// <remarks>
/// <para>Implementations are safe for several threads and several processes. A caller with many objects passes them in one call, so that
/// a remote store can work on them at the same time. After a call has returned, readers in every process find what the call
/// stored.</para>
/// <para>Blocking callers start an implementation without the thread's synchronization context, so it may await with or without
/// <c>ConfigureAwait(false)</c>.</para>
/// <para><c>BlobStoreConformance</c> of the package <c>Metaflow.Testing</c> checks an implementation against these promises.</para>
/// </remarks>
public interface IBlobStore
{
    /// <summary>Gets the type as settings and metadata name it, such as <c>local</c>.</summary>
    string TypeName { get; }

    /// <summary>Gets the root as metadata names it; for a local one the absolute path that ends in <c>/.metaflow</c>.</summary>
    string Root { get; }

    /// <summary>Gets a value indicating whether the store itself guarantees that an object is read as it was stored, for example a
    /// service with checksums. The default is <see langword="false"/>: then a task reads and compares an existing value before it relies
    /// on it.</summary>
    bool GuardsContent => false;

    /// <summary>Stores objects. Each object is stored completely or not at all, and all of them are durable when the call
    /// returns.</summary>
    /// <param name="writes">The objects, each path once.</param>
    /// <param name="overwrite">Whether an object that exists is replaced; otherwise it is kept.</param>
    /// <param name="cancellationToken">Cancels the operation. Objects stored until then stay.</param>
    /// <exception cref="Errors.StorageException">A write failed (MF4001 and on); nothing of the failed object is visible.</exception>
    /// <returns>For each object in order whether this call stored it. Without <paramref name="overwrite"/>, if several callers store the
    /// same path at once, exactly one of them gets <see langword="true"/>, and the object is that caller's. If a call stored an object
    /// but lost the answer, it returns <see langword="true"/> only if the bytes are its own. A caller that must know whether it was the one
    /// therefore writes something that no other caller writes.</returns>
    ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Opens an object.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object, or <see langword="null"/> if there is none. The caller reads it as it was at this moment, even if it is
    /// replaced in the meantime.</returns>
    ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken);

    /// <summary>Returns which objects exist, their lengths and their times.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each path in order, the facts about its object, or <see langword="null"/> if there is none.</returns>
    ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Lists the entries directly below a folder.</summary>
    /// <param name="folder">The folder relative to the root; empty for the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The entries, in any order. Files in which a store keeps the packing of an object are left out. So is a folder named
    /// <c>_meta</c>, which belongs to the metadata provider.</returns>
    ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Deletes objects together with their packing. Objects that do not exist are not an error.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation. Objects deleted until then are gone.</param>
    /// <returns>A task that ends when none of them exists.</returns>
    /// <exception cref="Errors.StorageException">An object could not be deleted (MF4001, MF4004).</exception>
    ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Reads small objects completely.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each path in order, the bytes as stored, or <see langword="null"/> if there is no object. The default implementation
    /// opens several objects at the same time.</returns>
    ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => BlobReading.ReadAsync(this, paths, cancellationToken);
}
