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
    ClaimsToWin,
    LetsTwoWin,
    ForgetsToDelete,
    DeletesFolders,
    ShowsTheLastFirst,
    MixesUpStates,
    MixesUpReads,
}

/// <summary>A store in memory that does one thing wrong.</summary>
internal sealed class FaultyBlobStore(StoreFault fault) : IBlobStore
{
    private readonly MemoryBlobStore _store = new();

    public string TypeName => "faulty";

    public string Root => "faulty";

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var replaces = fault == StoreFault.ReplacesUnasked || (overwrite && fault != StoreFault.NeverReplaces);
        var stored = new Dictionary<BlobWrite, bool>();
        foreach (var write in fault == StoreFault.SavesAHundred
            ? writes.Take(100)
            : writes.OrderBy(write => write.IsLast != (fault == StoreFault.ShowsTheLastFirst)))
        {
            var bytes = new MemoryStream();
            try
            {
                await write.WriteAsync(bytes, cancellationToken);
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

            if (fault == StoreFault.ShowsTheLastFirst && stored.Count == 1)
            {
                await Task.Delay(50, cancellationToken);
            }

            stored[write] = await SaveBytesAsync(write, bytes.ToArray(), replaces, cancellationToken);
        }

        return [.. writes.Select(write => fault == StoreFault.ClaimsToWin || stored.GetValueOrDefault(write))];
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

    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = await _store.StateAsync(paths, cancellationToken);
        return fault == StoreFault.MixesUpStates ? [.. states.OrderBy(static state => state?.Length)] : states;
    }

    public async ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var contents = await ((IBlobStore)_store).ReadAsync(paths, cancellationToken);
        return fault == StoreFault.MixesUpReads ? [.. contents.Where(static content => content is not null)] : contents;
    }

    public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (fault == StoreFault.DeletesFolders)
        {
            var others = await _store.ListAsync(paths[0][..paths[0].LastIndexOf('/')], cancellationToken);
            paths = [.. others.Select(other => paths[0][..(paths[0].LastIndexOf('/') + 1)] + other.Name)];
        }

        if (fault != StoreFault.ForgetsToDelete)
        {
            await _store.DeleteAsync(paths, cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var entries = await _store.ListAsync(folder, cancellationToken);
        return fault switch
        {
            StoreFault.ListsObjectsAsFolders => [.. entries.Select(static entry => entry with { IsFolder = true })],
            StoreFault.HidesNames => [.. entries.Where(static entry => !entry.Name.EndsWith("_meta", StringComparison.Ordinal))],
            StoreFault.ListsByPrefix when folder.EndsWith("/f", StringComparison.Ordinal) =>
                [.. entries, .. await _store.ListAsync(folder + "g", cancellationToken)],
            _ => entries,
        };
    }

    private async ValueTask<bool> SaveBytesAsync(BlobWrite write, byte[] bytes, bool overwrite, CancellationToken cancellationToken)
    {
        if (bytes.Length == 0 && fault == StoreFault.LosesEmptyObjects)
        {
            return true;
        }

        if (fault == StoreFault.LetsTwoWin && !overwrite)
        {
            // Looks, and then writes, as who has no conditional write does.
            var isThere = (await _store.StateAsync([write.Path], cancellationToken))[0] is not null;
            await Task.Delay(1, cancellationToken);
            return !isThere
                && (await _store.SaveAsync(
                    [new BlobWrite(write.Path, bytes) { Packing = write.Packing }], overwrite: true, cancellationToken))[0];
        }

        return (await _store.SaveAsync([new BlobWrite(write.Path, bytes) { Packing = write.Packing }], overwrite, cancellationToken))[0];
    }
}
