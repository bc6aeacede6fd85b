using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Copying;

/// <summary>A store whose user is killed at one of the writes: that one and all later ones have no effect.</summary>
internal sealed class CutOffBlobStore(IBlobStore target, int lastWrite) : IBlobStore
{
    private readonly Lock _lock = new();
    private int _writes;

    public string TypeName => target.TypeName;

    public string Root => target.Root;

    /// <summary>Gets the paths that were stored, in order.</summary>
    public List<string> Written { get; } = [];

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var stored = new bool[writes.Count];
        foreach (var i in Enumerable.Range(0, writes.Count).OrderBy(i => writes[i].IsLast))
        {
            lock (_lock)
            {
                if (++_writes > lastWrite)
                {
                    throw new StorageException(ErrorCodes.StorageWriteFailed, "The process is gone.", "", "");
                }
            }

            if (stored[i] = (await target.SaveAsync([writes[i]], overwrite, cancellationToken))[0])
            {
                lock (_lock)
                {
                    Written.Add(writes[i].Path);
                }
            }
        }

        return stored;
    }

    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken) => target.OpenAsync(path, cancellationToken);

    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => target.StateAsync(paths, cancellationToken);

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        => target.ListAsync(folder, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => target.DeleteAsync(paths, cancellationToken);
}
