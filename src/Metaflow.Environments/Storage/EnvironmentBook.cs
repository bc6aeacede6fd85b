using Metaflow.Client;
using Metaflow.Environments.Records;
using Metaflow.Environments.Settings;
using Metaflow.Errors;

namespace Metaflow.Environments.Storage;

/// <summary>All environments that can be used: those that this machine knows, then those in the datastore.</summary>
/// <param name="local">What this machine knows.</param>
/// <param name="cache">The datastore; <see langword="null"/> where none is used.</param>
/// <param name="remoteLatest">Whose environments of the datastore are used for requirements for which this machine has none.</param>
/// <param name="client">Opens what reads the records of tasks.</param>
internal sealed class EnvironmentBook(
    LocalManifest local, EnvironmentCache? cache, RemoteLatest remoteLatest, Func<MetaflowClient> client)
{
    /// <summary>Gets what this machine knows.</summary>
    public LocalManifest Local => local;

    /// <summary>Gets the datastore; <see langword="null"/> where none is used.</summary>
    public EnvironmentCache? Cache => cache;

    /// <summary>Gets a value indicating whether environments of the datastore are used for requirements for which this machine has
    /// none.</summary>
    public bool UsesRemoteLatest => cache is not null && remoteLatest.IsUsed;

    /// <summary>Returns the same without the datastore.</summary>
    /// <returns>What this machine knows alone.</returns>
    public EnvironmentBook WithoutCache() => new(local, null, remoteLatest, client);

    /// <summary>Returns an environment.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if it is nowhere.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032).</exception>
    public async ValueTask<ResolvedEnvironment?> FindAsync(EnvironmentId id, CancellationToken cancellationToken)
        => local.Read().Find(id)
            ?? (cache is null ? null : (await cache.FindAsync([id], cancellationToken).ConfigureAwait(false))[0]);

    /// <summary>Returns an environment from the first place whose record can be read.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if it is nowhere, or if no record of it can be read. And what is wrong with
    /// records that were passed over: the one of this machine, and the one in the datastore.</returns>
    public async ValueTask<ReadableEnvironment> FindReadableAsync(EnvironmentId id, CancellationToken cancellationToken)
    {
        EnvironmentException? here = null;
        try
        {
            if (local.Read().Find(id) is { } known)
            {
                return new ReadableEnvironment(known, null, null);
            }
        }
        catch (EnvironmentException error) when (error.Code is ErrorCodes.EnvironmentRecordUnreadable or ErrorCodes.EnvironmentRecordTooNew)
        {
            here = error;
        }

        try
        {
            return new ReadableEnvironment(
                cache is null ? null : (await cache.FindAsync([id], cancellationToken).ConfigureAwait(false))[0], here, null);
        }
        catch (EnvironmentException error) when (error.Code is ErrorCodes.EnvironmentRecordUnreadable or ErrorCodes.EnvironmentRecordTooNew)
        {
            return new ReadableEnvironment(null, here, error);
        }
    }

    /// <summary>Removes records of environments that cannot be read: they are none. Those that a later version wrote stay.</summary>
    /// <param name="ids">The identities.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public async ValueTask RemoveDamagedAsync(IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        var damaged = new List<EnvironmentId>();
        foreach (var id in ids)
        {
            if ((await FindReadableAsync(id, cancellationToken).ConfigureAwait(false)).Here is
                { Code: ErrorCodes.EnvironmentRecordUnreadable })
            {
                damaged.Add(id);
            }
        }

        if (damaged.Count > 0)
        {
            await local.RemoveAsync(damaged, cancellationToken).ConfigureAwait(false);
        }

        if (cache is not null)
        {
            await cache.DeleteDamagedAsync(ids, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns all environments that were found for some requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments, the newest first.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032).</exception>
    public async ValueTask<IReadOnlyList<ResolvedEnvironment>> AllOfAsync(
        string requestId, string architecture, CancellationToken cancellationToken)
    {
        var all = local.Read().AllOf(requestId, architecture).ToDictionary(static environment => environment.Id);
        if (cache is not null)
        {
            var others = await cache.IdsOfAsync(requestId, architecture, cancellationToken).ConfigureAwait(false);
            var found = await cache.FindAsync([.. others.Where(id => !all.ContainsKey(id))], cancellationToken).ConfigureAwait(false);
            foreach (var environment in found.OfType<ResolvedEnvironment>())
            {
                all[environment.Id] = environment;
            }
        }

        return [.. all.Values.OrderByDescending(static environment => environment.ResolvedOn)];
    }

    /// <summary>Returns the environment to use for some requirements: the one that this machine has chosen; otherwise, if the settings
    /// allow it, the newest one.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="uniqueKeys">What else counts for the identity; <see langword="null"/> if nothing does.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if the requirements have to be resolved.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032).</exception>
    public async ValueTask<ResolvedEnvironment?> FindDefaultAsync(
        string requestId, string architecture, IReadOnlyDictionary<string, string>? uniqueKeys, CancellationToken cancellationToken)
    {
        var known = local.Read();
        if (known.DefaultOf(requestId, architecture) is { } chosen && known.Find(chosen) is { } environment
            && HasKeys(environment, uniqueKeys))
        {
            return environment;
        }

        return !UsesRemoteLatest
            ? null
            : (await AllOfAsync(requestId, architecture, cancellationToken).ConfigureAwait(false))
                .FirstOrDefault(each => remoteLatest.Accepts(each) && HasKeys(each, uniqueKeys));
    }

    /// <summary>Returns which environment somebody means.</summary>
    /// <param name="text">A text as <see cref="EnvironmentReference.Parse"/> reads it.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its identity, which may be that of an environment that is nowhere; <see langword="null"/> if the name is not
    /// known.</returns>
    /// <exception cref="Errors.EnvironmentException">The text names no environment (MF7034), or a task without one (MF7036).</exception>
    /// <exception cref="Errors.MetadataException">The task does not exist.</exception>
    public async ValueTask<EnvironmentId?> ResolveAsync(string text, string architecture, CancellationToken cancellationToken)
        => (EnvironmentReference.Parse(text) switch
        {
            EnvironmentReference.OfHashes { Target: var target } => target,
            EnvironmentReference.OfName { Name: var name } => await TargetOfAsync(name, cancellationToken).ConfigureAwait(false),
            EnvironmentReference.OfPackages { FullId: var fullId } => local.Read().TargetOf(fullId)
                ?? (cache is null ? null : await cache.TargetOfAsync(fullId, cancellationToken).ConfigureAwait(false)),
            EnvironmentReference.OfTask { Pathspec: var pathspec } => EnvironmentTarget.Of(
                await EnvironmentField.FindAsync(client(), pathspec, cancellationToken).ConfigureAwait(false)),
            _ => null,
        })?.On(architecture);

    /// <summary>Returns the names that users gave an environment.</summary>
    /// <param name="id">The environment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The names, sorted. Those in the datastore count where they move; one whose record cannot be read is left out.</returns>
    public async ValueTask<IReadOnlyList<EnvironmentName>> NamesOfAsync(EnvironmentId id, CancellationToken cancellationToken)
        => [.. (await NamesAsync(skipsDamaged: true, cancellationToken).ConfigureAwait(false))
            .Where(name => name.Value == EnvironmentTarget.Of(id)).Select(static name => name.Key)
            .OrderBy(static name => name.Key, StringComparer.Ordinal)];

    /// <summary>Returns all names that users gave environments.</summary>
    /// <param name="skipsDamaged">Whether names whose records cannot be read are left out, instead of failing.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The names with what they stand for. Those in the datastore count where they move.</returns>
    /// <exception cref="EnvironmentException">A record cannot be read (MF7031).</exception>
    public async ValueTask<IReadOnlyDictionary<EnvironmentName, EnvironmentTarget>> NamesAsync(
        bool skipsDamaged, CancellationToken cancellationToken)
    {
        var names = new Dictionary<EnvironmentName, EnvironmentTarget>();
        foreach (var (key, target) in local.Read().Names)
        {
            if (EnvironmentName.OfKey(key) is { } name)
            {
                names[name] = target;
            }
        }

        if (cache is not null)
        {
            foreach (var (name, target) in await cache.NamesAsync(skipsDamaged, cancellationToken).ConfigureAwait(false))
            {
                names[name] = name.IsMutable ? target : names.GetValueOrDefault(name, target);
            }
        }

        return names;
    }

    /// <summary>Adds environments to those that this machine knows.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are on disk.</returns>
    public ValueTask AddAsync(IReadOnlyList<ResolvedEnvironment> environments, CancellationToken cancellationToken)
        => local.AddAsync(environments, cancellationToken);

    /// <summary>Stores environments in the datastore, if one is used. Call it after their packages are stored.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are stored.</returns>
    public ValueTask PublishAsync(IReadOnlyList<ResolvedEnvironment> environments, CancellationToken cancellationToken)
        => cache is null ? ValueTask.CompletedTask : cache.SaveAsync(environments, cancellationToken);

    /// <summary>Chooses an environment for its requirements on this machine.</summary>
    /// <param name="environment">The environment, which is added if this machine does not know it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when it is on disk.</returns>
    public ValueTask SetDefaultAsync(ResolvedEnvironment environment, CancellationToken cancellationToken)
        => local.SetDefaultAsync(environment, cancellationToken);

    /// <summary>Gives an environment names, on this machine and in the datastore.</summary>
    /// <param name="environment">The environment, which is added if this machine does not know it.</param>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are stored.</returns>
    /// <exception cref="Errors.EnvironmentException">A name that does not change belongs to another environment (MF7035).</exception>
    public async ValueTask SetNamesAsync(
        ResolvedEnvironment environment, IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
    {
        var target = EnvironmentTarget.Of(environment.Id);
        var known = local.Read();
        foreach (var name in names)
        {
            name.CheckFree(known.TargetOf(name.Key), target);
        }

        if (cache is not null)
        {
            await cache.SetNamesAsync(target, names, cancellationToken).ConfigureAwait(false);
        }

        await local.SetNamesAsync(environment, names, cancellationToken).ConfigureAwait(false);
    }

    private static bool HasKeys(ResolvedEnvironment environment, IReadOnlyDictionary<string, string>? keys)
        => keys is null or { Count: 0 }
            || (environment.UniqueKeys.Count == keys.Count
                && keys.All(key => environment.UniqueKeys.GetValueOrDefault(key.Key) == key.Value));

    // A name that moves may have been moved by somebody else.
    private async ValueTask<EnvironmentTarget?> TargetOfAsync(EnvironmentName name, CancellationToken cancellationToken)
    {
        var known = local.Read().TargetOf(name.Key);
        return cache is null || (known is not null && !name.IsMutable)
            ? known
            : await cache.TargetOfAsync(name, cancellationToken).ConfigureAwait(false) ?? known;
    }
}
