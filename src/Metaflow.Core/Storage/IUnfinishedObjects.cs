namespace Metaflow.Storage;

/// <summary>A store in which a process that was killed while it wrote a large object leaves parts of it. They take room, and no listing of
/// objects shows them.</summary>
internal interface IUnfinishedObjects
{
    /// <summary>Lists the objects below a folder that somebody began to write and did not finish.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, also those that a process is writing now.</returns>
    /// <exception cref="Errors.StorageException">The store failed, or does not permit it (MF4004, MF4006, MF4007).</exception>
    ValueTask<IReadOnlyList<UnfinishedObject>> ListUnfinishedAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Deletes the parts of objects. Whoever still writes one of them gets an error.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the parts are gone.</returns>
    /// <exception cref="Errors.StorageException">The store failed, or does not permit it (MF4004, MF4006, MF4007).</exception>
    ValueTask DeleteUnfinishedAsync(IReadOnlyList<UnfinishedObject> objects, CancellationToken cancellationToken);
}

/// <summary>An object that somebody began to write.</summary>
/// <param name="Path">The path relative to the root.</param>
/// <param name="Id">Tells it from others of the same path.</param>
/// <param name="BegunAt">When its writing began.</param>
internal sealed record UnfinishedObject(string Path, string Id, DateTimeOffset BegunAt);
