using System.Text.Json;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Environments.Storage;

/// <summary>The environments in the datastore, laid out as by the extension. What is there is never replaced, except names that
/// move.</summary>
/// <param name="blobs">The store at the root for environments.</param>
/// <param name="folder">The folder below the root; the extension's setting is <c>METAFLOW_CONDA_ENVS_DIRNAME</c>.</param>
internal sealed class EnvironmentCache(IBlobStore blobs, string folder = EnvironmentCache.DefaultFolder)
{
    /// <summary>The folder below the root, by default.</summary>
    public const string DefaultFolder = "envs";

    private const string SharedFile = "env";
    private const string OwnFile = "dotnet";
    private const string AliasFolder = "aliases";

    private string NameFolder => $"{folder}/{AliasFolder}/generic";

    /// <summary>Stores environments. Call it after their packages are stored: who finds the record relies on them.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are stored.</returns>
    public async ValueTask SaveAsync(IReadOnlyList<ResolvedEnvironment> environments, CancellationToken cancellationToken)
    {
        var writes = new Dictionary<string, BlobWrite>(StringComparer.Ordinal);
        foreach (var environment in environments)
        {
            var path = PathOf(environment);
            writes.TryAdd(path, new BlobWrite(path, EnvironmentJson.ToBytes(environment)));
            var alias = FullIdPath(environment.Id.FullId);
            writes.TryAdd(alias, new BlobWrite(alias, ToBytes(EnvironmentTarget.Of(environment.Id))) { IsLast = true });
        }

        if (writes.Count > 0)
        {
            await blobs.SaveAsync([.. writes.Values], overwrite: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns where the record of an environment is.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The path below the root.</returns>
    public string PathOf(ResolvedEnvironment environment)
        => $"{FolderOf(environment.Id)}/{(EnvironmentJson.IsForExtension(environment) ? SharedFile : OwnFile)}";

    /// <summary>Returns environments.</summary>
    /// <param name="ids">Their identities.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each identity in order the environment, or <see langword="null"/> if it is not stored.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032).</exception>
    public async ValueTask<IReadOnlyList<ResolvedEnvironment?>> FindAsync(
        IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        string[] paths = [.. ids.SelectMany(PathsOf)];
        var records = paths is [] ? [] : await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        var found = new ResolvedEnvironment?[ids.Count];
        for (var i = 0; i < paths.Length; i++)
        {
            if (records[i] is { } record && found[i / 2] is null)
            {
                var id = ids[i / 2];
                found[i / 2] = Understand(paths[i], id, record, json => EnvironmentJson.Read(id, json));
            }
        }

        return found;
    }

    /// <summary>Returns the identities of the environments that were found for the same requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Their identities.</returns>
    public async ValueTask<IReadOnlyList<EnvironmentId>> IdsOfAsync(
        string requestId, string architecture, CancellationToken cancellationToken)
    {
        var candidates = await CandidatesAsync(requestId, architecture, cancellationToken).ConfigureAwait(false);
        return await StoredAsync(candidates, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the identities of all environments.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Their identities.</returns>
    public async ValueTask<IReadOnlyList<EnvironmentId>> IdsAsync(CancellationToken cancellationToken)
    {
        var ids = new List<EnvironmentId>();
        foreach (var machine in await FoldersAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            if (machine != AliasFolder)
            {
                foreach (var request in await FoldersAsync($"{folder}/{machine}", cancellationToken).ConfigureAwait(false))
                {
                    ids.AddRange(await CandidatesAsync(request, machine, cancellationToken).ConfigureAwait(false));
                }
            }
        }

        return await StoredAsync(ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns which environments are stored, without reading their records.</summary>
    /// <param name="ids">Their identities.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Those that are, in order.</returns>
    public async ValueTask<IReadOnlyList<EnvironmentId>> StoredAsync(IEnumerable<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        // A folder is no sign: where stores are folders, deleting a record leaves an empty one.
        var candidates = ids.ToList();
        var states = candidates.Count == 0
            ? [] : await blobs.StateAsync([.. candidates.SelectMany(PathsOf)], cancellationToken).ConfigureAwait(false);
        return [.. candidates.Where((_, i) => states[2 * i] is not null || states[(2 * i) + 1] is not null)];
    }

    /// <summary>Returns what a name stands for.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if nobody has given the name.</returns>
    /// <exception cref="Errors.EnvironmentException">The record cannot be read (MF7031).</exception>
    public ValueTask<EnvironmentTarget?> TargetOfAsync(EnvironmentName name, CancellationToken cancellationToken)
        => ReadTargetAsync($"{NameFolder}/{name.Key}", cancellationToken);

    /// <summary>Returns the environment with a hash of packages. Where several requirements led to the same packages, it is the one that
    /// was stored first.</summary>
    /// <param name="fullId">The hash of the packages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if there is none.</returns>
    /// <exception cref="Errors.EnvironmentException">The record cannot be read (MF7031).</exception>
    public ValueTask<EnvironmentTarget?> TargetOfAsync(string fullId, CancellationToken cancellationToken)
        => ReadTargetAsync(FullIdPath(fullId), cancellationToken);

    /// <summary>Returns all names with what they stand for.</summary>
    /// <param name="skipsDamaged">Whether names whose records cannot be read are left out, instead of failing.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The names. Hashes of packages are not among them.</returns>
    /// <exception cref="EnvironmentException">A record cannot be read (MF7031).</exception>
    public async ValueTask<IReadOnlyDictionary<EnvironmentName, EnvironmentTarget>> NamesAsync(
        bool skipsDamaged, CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        await AddFilesAsync(NameFolder, paths, cancellationToken).ConfigureAwait(false);
        var names = new Dictionary<EnvironmentName, EnvironmentTarget>();
        var records = paths.Count == 0 ? [] : await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < paths.Count; i++)
        {
            // A name may be taken away meanwhile.
            if (records[i] is { } record && EnvironmentName.OfKey(paths[i][(NameFolder.Length + 1)..]) is { } name)
            {
                try
                {
                    names[name] = Understand(paths[i], null, record, EnvironmentTarget.Read);
                }
                catch (EnvironmentException) when (skipsDamaged)
                {
                    // Whoever asks for this name learns it.
                }
            }
        }

        return names;
    }

    /// <summary>Gives an environment names.</summary>
    /// <param name="target">The environment.</param>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are stored.</returns>
    /// <exception cref="Errors.EnvironmentException">A name that does not change belongs to another environment (MF7035).</exception>
    public async ValueTask SetNamesAsync(
        EnvironmentTarget target, IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
    {
        // All are looked at before the first is given. Nevertheless, another process may be faster.
        await CheckFreeAsync(target, names, cancellationToken).ConfigureAwait(false);
        foreach (var group in names.Distinct().GroupBy(static name => name.IsMutable).OrderBy(static group => group.Key))
        {
            BlobWrite[] writes = [.. group.Select(name => new BlobWrite($"{NameFolder}/{name.Key}", ToBytes(target)))];
            var stored = await blobs.SaveAsync(writes, overwrite: group.Key, cancellationToken).ConfigureAwait(false);
            if (stored.Contains(false))
            {
                await CheckFreeAsync(target, [.. group], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Deletes environments. Their packages stay, and so do names that users gave them.</summary>
    /// <param name="ids">Their identities.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when their records are gone.</returns>
    public async ValueTask DeleteAsync(IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        await blobs.DeleteAsync([.. ids.SelectMany(PathsOf)], cancellationToken).ConfigureAwait(false);
        foreach (var group in ids.GroupBy(static id => EnvironmentTarget.Of(id)))
        {
            // Machines of another kind may have the same environment.
            var target = group.Key;
            var machines = await FoldersAsync(folder, cancellationToken).ConfigureAwait(false);
            if (await ReadTargetAsync(FullIdPath(target.FullId), cancellationToken).ConfigureAwait(false) == target
                && await StoredAsync(machines.Select(target.On), cancellationToken).ConfigureAwait(false) is [])
            {
                await blobs.DeleteAsync([FullIdPath(target.FullId)], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Deletes the records of environments that cannot be read: they are none. One that a later version wrote stays.</summary>
    /// <param name="ids">The identities.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public async ValueTask DeleteDamagedAsync(IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        string[] paths = [.. ids.SelectMany(PathsOf)];
        var records = paths is [] ? [] : await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        List<string> damaged = [.. paths.Where((path, i) => records[i] is { } record && IsDamaged(path, ids[i / 2], record))];
        if (damaged.Count > 0)
        {
            await blobs.DeleteAsync(damaged, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes names away.</summary>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public ValueTask DeleteNamesAsync(IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
        => blobs.DeleteAsync([.. names.Select(name => $"{NameFolder}/{name.Key}")], cancellationToken);

    private static byte[] ToBytes(EnvironmentTarget target)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            target.Write(json);
        }

        return bytes.ToArray();
    }

    private async ValueTask CheckFreeAsync(
        EnvironmentTarget target, IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
    {
        foreach (var name in names.Where(static name => !name.IsMutable))
        {
            name.CheckFree(await TargetOfAsync(name, cancellationToken).ConfigureAwait(false), target);
        }
    }

    private async ValueTask<IEnumerable<EnvironmentId>> CandidatesAsync(
        string requestId, string architecture, CancellationToken cancellationToken)
        => (await FoldersAsync($"{folder}/{architecture}/{requestId}", cancellationToken).ConfigureAwait(false))
            .Select(fullId => new EnvironmentId(requestId, fullId, architecture));

    private async ValueTask<EnvironmentTarget?> ReadTargetAsync(string path, CancellationToken cancellationToken)
        => await blobs.ReadAsync([path], cancellationToken).ConfigureAwait(false) is [{ } record]
            ? Understand(path, null, record, EnvironmentTarget.Read)
            : null;

    private T Understand<T>(string path, EnvironmentId? id, byte[] record, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(record);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            throw RecordErrors.DamagedRecord($"{blobs.Root}/{path}", id, error);
        }
    }

    private bool IsDamaged(string path, EnvironmentId id, byte[] record)
    {
        try
        {
            _ = Understand(path, id, record, json => EnvironmentJson.Read(id, json));
            return false;
        }
        catch (EnvironmentException error) when (error.Code == ErrorCodes.EnvironmentRecordUnreadable)
        {
            return true;
        }
    }

    private async ValueTask AddFilesAsync(string place, List<string> paths, CancellationToken cancellationToken)
    {
        foreach (var entry in await blobs.ListAsync(place, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsFolder)
            {
                await AddFilesAsync($"{place}/{entry.Name}", paths, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                paths.Add($"{place}/{entry.Name}");
            }
        }
    }

    private async ValueTask<IEnumerable<string>> FoldersAsync(string place, CancellationToken cancellationToken)
        => (await blobs.ListAsync(place, cancellationToken).ConfigureAwait(false))
            .Where(static entry => entry.IsFolder).Select(static entry => entry.Name).Order(StringComparer.Ordinal);

    private string[] PathsOf(EnvironmentId id) => [$"{FolderOf(id)}/{OwnFile}", $"{FolderOf(id)}/{SharedFile}"];

    private string FolderOf(EnvironmentId id) => $"{folder}/{id.Architecture}/{id.RequestId}/{id.FullId}";

    private string FullIdPath(string fullId) => $"{folder}/{AliasFolder}/full-id/{fullId}";
}
