using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Adds a store in a folder that knows whole objects only, as object stores do: nothing can be appended to one.</summary>
public sealed class WholeObjectPlugin : IMetaflowPlugin, IStoreFactory
{
    public const string Type = "whole";

    public static void Register(PluginRegistry registry) => registry.Add<IStoreFactory>(Type, new WholeObjectPlugin());

    public IBlobStore Open(StoreAddress address, StoreOptions options) => new WholeObjectStore(address.Root);
}

/// <summary>Hides that the store in a folder can append.</summary>
internal sealed class WholeObjectStore(string root) : IBlobStore
{
    private readonly LocalBlobStore _inner = new(root);

    public string TypeName => WholeObjectPlugin.Type;

    public string Root => root;

    public ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        => _inner.SaveAsync(writes, overwrite, cancellationToken);

    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken) => _inner.OpenAsync(path, cancellationToken);

    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => _inner.StateAsync(paths, cancellationToken);

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        => _inner.ListAsync(folder, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => _inner.DeleteAsync(paths, cancellationToken);
}
