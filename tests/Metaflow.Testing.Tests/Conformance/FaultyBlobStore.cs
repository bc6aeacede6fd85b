using Metaflow.Storage;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>What a store does wrong.</summary>
public enum StoreFault
{
    ReplacesUnasked,
    NeverReplaces,
    ListsObjectsAsFolders,
    ListsByPrefix,
    LosesPacking,
    HidesNames,
    LosesEmptyObjects,
    InventsObjects,
    KeepsHalfAnObject,
    SwallowsFailures,
    ReplacesInPlace,
    SavesAHundred,
}

/// <summary>A store in memory that does one thing wrong.</summary>
internal sealed class FaultyBlobStore(StoreFault fault) : IBlobStore
{
    private readonly MemoryBlobStore _store = new();

    public string TypeName => "faulty";

    public string Root => "faulty";

    public async ValueTask SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var replaces = fault == StoreFault.ReplacesUnasked || (overwrite && fault != StoreFault.NeverReplaces);
        foreach (var write in fault == StoreFault.SavesAHundred ? writes.Take(100) : writes)
        {
            var bytes = new MemoryStream();
            try
            {
                write.Write(bytes);
            }
            catch (InvalidOperationException) when (fault is StoreFault.KeepsHalfAnObject or StoreFault.SwallowsFailures)
            {
                if (fault == StoreFault.SwallowsFailures)
                {
                    continue;
                }

                await SaveBytesAsync(write, bytes.ToArray(), replaces, cancellationToken);
                throw;
            }

            await SaveBytesAsync(write, bytes.ToArray(), replaces, cancellationToken);
        }
    }

    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (await _store.OpenAsync(path, cancellationToken) is not { } read)
        {
            return fault == StoreFault.InventsObjects ? new BlobRead(Stream.Null, null) : null;
        }

        if (fault == StoreFault.ReplacesInPlace && read.Content.Length == 100_000)
        {
            // What a reader sees in the middle of a write: always here, so that the test does not depend on the moment.
            return read with { Content = new MemoryStream(Enumerable.Repeat((byte)'a', 50_000).ToArray()) };
        }

        return fault == StoreFault.LosesPacking ? read with { Packing = null } : read;
    }

    public ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken) => _store.SizeAsync(path, cancellationToken);

    public async ValueTask<IReadOnlyList<(string Name, bool IsFolder)>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var entries = await _store.ListAsync(folder, cancellationToken);
        return fault switch
        {
            StoreFault.ListsObjectsAsFolders => [.. entries.Select(static entry => (entry.Name, true))],
            StoreFault.HidesNames => [.. entries.Where(static entry => !entry.Name.EndsWith("_meta", StringComparison.Ordinal))],
            StoreFault.ListsByPrefix when folder.EndsWith("/f", StringComparison.Ordinal) => [.. entries, .. await _store.ListAsync(folder + "g", cancellationToken)],
            _ => entries,
        };
    }

    private async ValueTask SaveBytesAsync(BlobWrite write, byte[] bytes, bool overwrite, CancellationToken cancellationToken)
    {
        if (bytes.Length > 0 || fault != StoreFault.LosesEmptyObjects)
        {
            await _store.SaveAsync([write with { Write = stream => stream.Write(bytes) }], overwrite, cancellationToken);
        }
    }
}
