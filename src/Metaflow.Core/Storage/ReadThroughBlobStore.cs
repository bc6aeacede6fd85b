namespace Metaflow.Storage;

/// <summary>Writes to one store and reads from it, and from another one what the first does not have.</summary>
/// <remarks>Safe for several threads where both stores are.</remarks>
/// <param name="target">Takes what is written.</param>
/// <param name="origin">Is only read.</param>
internal sealed class ReadThroughBlobStore(IBlobStore target, IBlobStore origin) : IBlobStore
{
    /// <summary>Gets the store that is written to.</summary>
    public IBlobStore Target => target;

    /// <inheritdoc/>
    public string TypeName => target.TypeName;

    /// <inheritdoc/>
    public string Root => target.Root;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        => target.SaveAsync(writes, overwrite, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        => await target.OpenAsync(path, cancellationToken).ConfigureAwait(false)
            ?? await origin.OpenAsync(path, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var own = await target.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        if (own.All(static state => state is not null))
        {
            return own;
        }

        var others = await origin.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. own.Zip(others, static (state, other) => state ?? other)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var own = await target.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        var others = await origin.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        return [.. own.Union(others).OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    /// <remarks>What the other store has stays, and is read again.</remarks>
    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => target.DeleteAsync(paths, cancellationToken);
}
