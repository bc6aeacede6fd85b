using Metaflow.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>A store that answers when it is let: opening an object waits for the gate, as long as there is one.</summary>
internal sealed class HeldBlobStore(IBlobStore real) : IBlobStore
{
    private int _opens;
    private int _cancelled;

    public string TypeName => real.TypeName;

    public string Root => real.Root;

    /// <summary>Gets or sets what opening waits for; <see langword="null"/> for nothing.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Gets what holds the thread that opens an object, as a busy disk does; <see langword="null"/> for nothing.</summary>
    public ManualResetEventSlim? Blocks { get; init; }

    /// <summary>Gets how often an object was opened.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>Gets how often opening was cancelled while it waited.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opens);
        Blocks?.Wait(CancellationToken.None);
        try
        {
            await (Gate?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }

        return await real.OpenAsync(path, cancellationToken);
    }

    public ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        => real.SaveAsync(writes, overwrite, cancellationToken);

    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => real.StateAsync(paths, cancellationToken);

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
        => real.ListAsync(folder, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => real.DeleteAsync(paths, cancellationToken);
}
