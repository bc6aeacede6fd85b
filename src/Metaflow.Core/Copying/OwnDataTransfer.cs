using Metaflow.Cleanup;
using Metaflow.Naming;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Copying;

/// <summary>Where the data are that steps stored for their run under names of their own.</summary>
/// <param name="Blobs">The store.</param>
/// <param name="Folder">The folder of the run relative to its root.</param>
internal sealed record OwnDataPlace(IBlobStore Blobs, string Folder)
{
    /// <summary>Finds the place of a run: within its datastore, or where the settings put it.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="run">The run, <c>Flow/run</c>.</param>
    /// <param name="options">Has the settings.</param>
    /// <returns>The place.</returns>
    public static OwnDataPlace Of(IBlobStore blobs, string run, StoreOptions options)
    {
        var address = StoreAddress.Of(blobs);
        if (RunDataRoots.Within(address, options) is { } folder)
        {
            return new OwnDataPlace(blobs, $"{folder}/{run}");
        }

        return RunDataRoots.Of(address, isOfClient: true, address.Type, options) is { } root
            ? new OwnDataPlace(RunStores.OpenBlobs(new StoreAddress(address.Type, RunDataRoots.Located(address.Type, root)), options), run)
            : Default(blobs, run);
    }

    /// <summary>Returns the place without settings.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="run">The run, <c>Flow/run</c>.</param>
    /// <returns>The place.</returns>
    public static OwnDataPlace Default(IBlobStore blobs, string run) => new(blobs, $"{RunDataRoots.DefaultSuffix}/{run}");
}

/// <summary>Copies the data that steps stored for their run under names of their own, with their types and texts. A service keeps these
/// with the object, a folder in a hidden file beside it.</summary>
/// <param name="source">The place in the source.</param>
/// <param name="target">The place in the target.</param>
/// <param name="tally">Counts.</param>
/// <param name="isDryRun">Whether nothing is sent.</param>
internal sealed class OwnDataTransfer(OwnDataPlace source, OwnDataPlace target, CopyTally tally, bool isDryRun)
{
    private readonly PlainTransfer _plain = new(source.Blobs, target.Blobs, tally, isDryRun);

    /// <summary>Copies the data; they are durable when the call returns.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the target has them all, but for those that the source cannot read.</returns>
    /// <exception cref="Errors.StorageException">A store failed (MF4001 and on).</exception>
    public async Task CopyAsync(CancellationToken cancellationToken)
    {
        var objects = await _plain.FindAsync(
            await StorableAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var own = await PropertiesAsync(
            source.Blobs, [.. objects.Select(static item => item.Path)], cancellationToken).ConfigureAwait(false);
        (objects, own) = WithRoom(objects, own);
        string[] targets = [.. objects.Select(item => TargetOf(item.Path))];
        var there = await PropertiesAsync(target.Blobs, targets, cancellationToken).ConfigureAwait(false);
        await SaveBesideAsync(targets, own, there, cancellationToken).ConfigureAwait(false);
        await _plain.CopyAsync(
            [
                .. objects.Select((item, i) => item with
                {
                    TargetPath = targets[i],
                    Properties = own[i],
                    IsChanged = target.Blobs is IBlobPropertyStore && !own[i].IsSameAs(there[i]),
                }),
            ],
            cancellationToken).ConfigureAwait(false);
    }

    private static bool IsCompanion(string path) => BlobProperties.IsCompanion(ObjectTree.NameOf(path));

    private string TargetOf(string path) => target.Folder + path[source.Folder.Length..];

    /// <summary>Finds the objects that the target can hold, and notes the others.</summary>
    private async Task<IReadOnlyList<string>> StorableAsync(CancellationToken cancellationToken)
    {
        var paths = await new ObjectTree(source.Blobs).NamedByUsersAsync(source.Folder, cancellationToken).ConfigureAwait(false);
        if (source.Blobs is not IBlobPropertyStore)
        {
            paths = [.. paths.Where(static path => !IsCompanion(path))];
        }

        var reasons = new StorableObjects(target.Blobs).ReasonsAgainst([.. paths.Select(TargetOf)]);
        foreach (var (path, reason) in paths.Zip(reasons))
        {
            if (reason is not null)
            {
                tally.AddProblem(path, CopyErrors.NotStorable(path, target.Blobs, reason));
            }
        }

        return [.. paths.Where((_, i) => reasons[i] is null)];
    }

    private static async Task<BlobProperties[]> PropertiesAsync(
        IBlobStore blobs, IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => blobs is IBlobPropertyStore store
            ? [.. (await store.PropertiesAsync(paths, cancellationToken).ConfigureAwait(false))
                .Select(static one => one ?? BlobProperties.None)]
            : await ReadBesideAsync(blobs, paths, cancellationToken).ConfigureAwait(false);

    private static async Task<BlobProperties[]> ReadBesideAsync(
        IBlobStore blobs, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var storable = new StorableObjects(blobs);
        string[] beside = [.. paths.Where(storable.HasRoomBeside)];
        var read = await blobs.ReadAsync([.. beside.Select(BlobProperties.CompanionOf)], cancellationToken).ConfigureAwait(false);
        var found = beside.Zip(read).ToDictionary(static item => item.First, static item => item.Second, StringComparer.Ordinal);
        return [.. paths.Select(path => BlobProperties.FromJson(found.GetValueOrDefault(path)))];
    }

    /// <summary>Leaves out, and notes, the objects whose types and texts the target cannot hold.</summary>
    private (IReadOnlyList<PlainObject> Objects, BlobProperties[] Own) WithRoom(IReadOnlyList<PlainObject> objects, BlobProperties[] own)
    {
        var storable = new StorableObjects(target.Blobs);
        bool[] fits =
        [
            .. objects.Select((item, i) => target.Blobs is IBlobPropertyStore || own[i].ToJson() is null
                || storable.HasRoomBeside(TargetOf(item.Path))),
        ];
        foreach (var item in objects.Where((_, i) => !fits[i]))
        {
            tally.AddProblem(item.Path, CopyErrors.NotStorable(
                item.Path, target.Blobs, "Its name is too long for the hidden file with its type and texts."));
        }

        return ([.. objects.Where((_, i) => fits[i])], [.. own.Where((_, i) => fits[i])]);
    }

    /// <summary>Stores the hidden files, before the files that they belong to. They are a part of the object, and not counted.</summary>
    private async Task SaveBesideAsync(
        string[] targets, BlobProperties[] own, BlobProperties[] there, CancellationToken cancellationToken)
    {
        if (isDryRun || target.Blobs is IBlobPropertyStore)
        {
            return;
        }

        var changed = Enumerable.Range(0, targets.Length).Where(i => !own[i].IsSameAs(there[i])).ToList();
        BlobWrite[] writes =
        [
            .. changed.Select(i => own[i].ToJson() is { } json ? new BlobWrite(BlobProperties.CompanionOf(targets[i]), json) : null)
                .OfType<BlobWrite>(),
        ];
        await target.Blobs.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
        await target.Blobs.DeleteAsync(
            [.. changed.Where(i => own[i].ToJson() is null).Select(i => BlobProperties.CompanionOf(targets[i]))], cancellationToken)
            .ConfigureAwait(false);
    }
}
