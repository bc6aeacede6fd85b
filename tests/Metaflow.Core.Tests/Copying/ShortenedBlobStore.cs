using Metaflow.Storage;

namespace Metaflow.Core.Tests.Copying;

/// <summary>A store that returns an object without its last byte, as a broken proxy might.</summary>
internal sealed class ShortenedBlobStore(IBlobStore target, string shortened) : IBlobStore
{
    public string TypeName => target.TypeName;

    public string Root => target.Root;

    public ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        => target.SaveAsync(writes, overwrite, cancellationToken);

    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var read = await target.OpenAsync(path, cancellationToken);
        if (path != shortened || read is null)
        {
            return read;
        }

        using var content = read.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        return read with { Content = new MemoryStream(bytes.ToArray()[..^1]) };
    }

    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => target.StateAsync(paths, cancellationToken);

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        => target.ListAsync(folder, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => target.DeleteAsync(paths, cancellationToken);
}
