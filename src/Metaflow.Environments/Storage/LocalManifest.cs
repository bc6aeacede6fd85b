using System.Text.Json;
using Metaflow.Environments.Records;
using Metaflow.Environments.Settings;

namespace Metaflow.Environments.Storage;

/// <summary>The environments that this machine knows, in the folder of the local datastore. Thread-safe, and safe for several
/// processes.</summary>
/// <remarks>Environments that the extension can read are in its own file. Those with packages of NuGet are in a second file of the same
/// format, because the extension fails at packages that it does not know. A name belongs to one of the files only.</remarks>
internal sealed class LocalManifest
{
    private readonly ManifestFile _shared;
    private readonly ManifestFile _own;

    /// <summary>Initializes the list of a folder. Nothing is read or written yet.</summary>
    /// <param name="folder">The absolute path of the folder, which ends in <c>.metaflow</c>.</param>
    /// <param name="fileName">The name of the extension's file.</param>
    /// <param name="patience">How long to wait for other processes.</param>
    /// <param name="time">The clock.</param>
    public LocalManifest(string folder, string fileName, TimeSpan patience, TimeProvider time)
    {
        _shared = new ManifestFile(Path.Combine(folder, fileName), patience, time);
        _own = new ManifestFile(Path.Combine(folder, EnvironmentSettings.OwnManifestFile), patience, time);
    }

    /// <summary>Gets both files, which need not exist.</summary>
    public IReadOnlyList<string> Paths => [_shared.Path, _own.Path];

    /// <summary>Gets the files that exist, for packages of code.</summary>
    public IEnumerable<string> Files => from file in (ManifestFile[])[_shared, _own] where file.Exists select file.Path;

    /// <summary>Reads what the machine knows at this moment.</summary>
    /// <returns>The environments.</returns>
    /// <exception cref="Errors.StorageException">A file cannot be read (MF4007 and on, MF7031, MF7032), or is locked all the time
    /// (MF7033).</exception>
    public KnownEnvironments Read() => new([(_shared.Path, _shared.Read()), (_own.Path, _own.Read())]);

    /// <summary>Adds environments. Those that are there stay as they are.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>A task that ends when they are on disk.</returns>
    public async ValueTask AddAsync(IReadOnlyList<ResolvedEnvironment> environments, CancellationToken cancellationToken)
    {
        foreach (var part in environments.GroupBy(FileOf))
        {
            await part.Key.ChangeAsync(
                content => part.Aggregate(
                    false, (changed, environment) => changed | content.Add(environment.Id, RecordOf(environment))),
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Chooses an environment for its requirements on this machine.</summary>
    /// <param name="environment">The environment, which is added if it is not there.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>A task that ends when it is on disk.</returns>
    public ValueTask SetDefaultAsync(ResolvedEnvironment environment, CancellationToken cancellationToken)
        => ChangeAsync(
            environment,
            (content, isOwner) => isOwner
                ? content.Add(environment.Id, RecordOf(environment)) | content.SetDefault(environment.Id)
                : content.ClearDefault(environment.Id.RequestId, environment.Id.Architecture),
            cancellationToken);

    /// <summary>Gives an environment names.</summary>
    /// <param name="environment">The environment, which is added if it is not there.</param>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>A task that ends when they are on disk.</returns>
    /// <exception cref="Errors.EnvironmentException">A name that does not change belongs to another environment (MF7035). Then none is
    /// given.</exception>
    public ValueTask SetNamesAsync(
        ResolvedEnvironment environment, IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
    {
        var target = EnvironmentTarget.Of(environment.Id);
        return ChangeAsync(
            environment,
            (content, isOwner) =>
            {
                foreach (var name in names)
                {
                    name.CheckFree(content.TargetOf(name.Key), target);
                }

                var changed = isOwner && content.Add(environment.Id, RecordOf(environment));
                foreach (var name in names)
                {
                    changed |= isOwner ? content.SetAlias(name.Key, name.IsMutable, target) : content.RemoveAlias(name.Key);
                }

                return changed;
            },
            cancellationToken);
    }

    /// <summary>Removes environments from the list.</summary>
    /// <param name="ids">Their identities.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public ValueTask RemoveAsync(IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
        => ChangeAsync(content => ids.Aggregate(false, (changed, id) => changed | content.Remove(id)), cancellationToken);

    /// <summary>Takes names away.</summary>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public ValueTask RemoveNamesAsync(IReadOnlyList<EnvironmentName> names, CancellationToken cancellationToken)
        => ChangeAsync(content => names.Aggregate(false, (changed, name) => changed | content.RemoveAlias(name.Key)), cancellationToken);

    private static JsonElement RecordOf(ResolvedEnvironment environment)
    {
        using var document = JsonDocument.Parse(EnvironmentJson.ToBytes(environment));
        return document.RootElement.Clone();
    }

    private ManifestFile FileOf(ResolvedEnvironment environment) => EnvironmentJson.IsForExtension(environment) ? _shared : _own;

    private async ValueTask ChangeAsync(
        ResolvedEnvironment environment, Func<ManifestContent, bool, bool> change, CancellationToken cancellationToken)
    {
        while (!await TryChangeAsync(environment, change, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    // Both files are locked, always in the same order, so that a name is never in both.
    private async ValueTask<bool> TryChangeAsync(
        ResolvedEnvironment environment, Func<ManifestContent, bool, bool> change, CancellationToken cancellationToken)
    {
        var owner = FileOf(environment);
        using var shared = owner == _shared || _shared.Exists
            ? await _shared.EditAsync(cancellationToken).ConfigureAwait(false) : null;
        using var own = owner == _own || _own.Exists ? await _own.EditAsync(cancellationToken).ConfigureAwait(false) : null;

        // All changes before the first write: one that is refused leaves both files as they are.
        shared?.Note(change(shared.Content, owner == _shared));
        own?.Note(change(own.Content, owner == _own));

        // First the file that gets something: a crash in between leaves too much rather than too little.
        var (first, second) = owner == _own ? (own, shared) : (shared, own);
        return (first?.TrySave() ?? true) && (second?.TrySave() ?? true);
    }

    private async ValueTask ChangeAsync(Func<ManifestContent, bool> change, CancellationToken cancellationToken)
    {
        foreach (var file in (ManifestFile[])[_shared, _own])
        {
            if (file.Exists)
            {
                await file.ChangeAsync(change, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
