using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>A store that says what it is about to do, as far as anybody can know of it who has only the contract.</summary>
internal sealed class HookedBlobStore(IBlobStore target) : IBlobStore
{
    public string TypeName => target.TypeName;

    public string Root => target.Root;

    public bool GuardsContent => target.GuardsContent;

    public Func<string, Task> Saving { get; init; } = static _ => Task.CompletedTask;

    public Func<string, Task> Opening { get; init; } = static _ => Task.CompletedTask;

    public Func<Stream, Stream> Receiving { get; init; } = static content => content;

    public Func<IReadOnlyList<string>, Task> Looking { get; init; } = static _ => Task.CompletedTask;

    public Func<IReadOnlyList<string>, Task> Deleting { get; init; } = static _ => Task.CompletedTask;

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            await Saving(write.Path);
        }

        return await target.SaveAsync(writes, overwrite, cancellationToken);
    }

    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        await Opening(path);
        return await target.OpenAsync(path, cancellationToken) is { } read ? read with { Content = Receiving(read.Content) } : null;
    }

    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await Looking(paths);
        return await target.StateAsync(paths, cancellationToken);
    }

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        => target.ListAsync(folder, cancellationToken);

    public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await Deleting(paths);
        await target.DeleteAsync(paths, cancellationToken);
    }
}
