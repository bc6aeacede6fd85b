using Metaflow.Environments.Creation;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>Removes environments and packages that nobody needs any more.</summary>
/// <remarks>
/// <para>Only environments with packages of NuGet are removed: those of the extension may be known to other services. The packages of
/// conda and of the Python package index stay in the datastore for the same reason. On this machine, they go.</para>
/// <para>A record that cannot be read does not end the cleanup. What it refers to is not known, so what it could refer to stays: because of
/// a record in the datastore all packages of the datastore; because of one that only this machine has all packages unpacked here; because
/// of a name or a run all environments.</para>
/// </remarks>
/// <param name="workspace">What stores environments.</param>
internal sealed class EnvironmentCleanup(EnvironmentWorkspace workspace)
{
    // A run reads such files again whenever one of its tasks starts, and it may be a long one.
    private static readonly TimeSpan LeastAge = TimeSpan.FromDays(30);

    private readonly HashSet<EnvironmentId> _stored = [];
    private readonly List<MetaflowException> _problems = [];
    private bool _keepsStored;
    private bool _keepsUnpacked;

    private EnvironmentBook Book => workspace.Book;

    /// <summary>Removes what is older than an age and not needed.</summary>
    /// <param name="age">The age. A process that resolves an environment stores its packages first: they must be older than that
    /// takes.</param>
    /// <param name="isDryRun">Whether nothing is deleted.</param>
    /// <param name="cancellationToken">Cancels the operation. What is deleted until then is gone.</param>
    /// <returns>What is gone, or would be, and what is wrong with records.</returns>
    /// <exception cref="MetaflowException">The list of this machine's environments cannot be read (MF7031, MF7032), or something cannot be
    /// deleted.</exception>
    public async Task<CleanupReport> RunAsync(TimeSpan age, bool isDryRun, CancellationToken cancellationToken)
    {
        var now = workspace.Time.GetUtcNow();
        var limit = now - age;

        // Packages before records: one that is stored later is not among them.
        var packages = workspace.Packages is { } cache ? await cache.ListAsync(cancellationToken).ConfigureAwait(false) : [];
        var unpacked = workspace.Folder.Packages.List();
        var environments = new Dictionary<EnvironmentId, ResolvedEnvironment>();
        var seen = new HashSet<EnvironmentId>();
        await ReadAsync(environments, seen, cancellationToken).ConfigureAwait(false);
        var unneeded = await UnneededAsync(environments.Values, limit, cancellationToken).ConfigureAwait(false);
        if (!isDryRun)
        {
            await DeleteAsync(unneeded, cancellationToken).ConfigureAwait(false);

            // Others may have resolved environments meanwhile.
            await ReadAsync(environments, seen, cancellationToken).ConfigureAwait(false);
        }

        var kept = environments.Values.ExceptBy(unneeded, static environment => environment.Id).ToList();
        var needed = kept.SelectMany(static environment => environment.Packages).OfType<NuGetPackage>().ToList();
        var hashes = needed.Select(static package => package.Sha256).ToHashSet(StringComparer.Ordinal);
        var places = needed.Select(PackageFolder.PathOf).ToHashSet(StringComparer.Ordinal);
        var report = new CleanupReport(
            unneeded,
            _keepsStored ? [] : [.. packages.Where(package => package.StoredAt < limit && !hashes.Contains(package.Sha256))],
            _keepsUnpacked ? [] : [.. unpacked.Where(package => package.UsedAt < limit && !places.Contains(package.Path))])
        {
            Machine = MachineCleanup.Find(workspace, limit, age > LeastAge ? limit : now - LeastAge, ArchivesOf(kept)),
            Problems = _problems,
            KeepsStored = _keepsStored,
            KeepsUnpacked = _keepsUnpacked,
        };
        return isDryRun ? report : await DeleteAsync(report, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the environments that were not seen before.</summary>
    private async Task ReadAsync(
        Dictionary<EnvironmentId, ResolvedEnvironment> environments, HashSet<EnvironmentId> seen, CancellationToken cancellationToken)
    {
        if (Book.Cache is { } cache)
        {
            _stored.UnionWith(await cache.IdsAsync(cancellationToken).ConfigureAwait(false));
        }

        foreach (var id in Book.Local.Read().Ids.Union(_stored).Where(seen.Add))
        {
            // One that was deleted meanwhile needs nothing.
            var found = await Book.FindReadableAsync(id, cancellationToken).ConfigureAwait(false);
            if (found.Environment is { } environment)
            {
                environments.Add(id, environment);
            }
            else
            {
                _keepsUnpacked |= found.Here is not null;
                _keepsStored |= found.Stored is not null;
            }

            _problems.AddRange(((MetaflowException?[])[found.Here, found.Stored]).OfType<MetaflowException>());
        }
    }

    /// <summary>Returns which files of packages environments need, and which of them only this machine has.</summary>
    private NeededArchives ArchivesOf(IReadOnlyList<ResolvedEnvironment> environments) => new(
        KeysOf(environments),
        KeysOf(environments.Where(environment => !_stored.Contains(environment.Id))))
    { KeepsAll = _keepsUnpacked };

    private static HashSet<string> KeysOf(IEnumerable<ResolvedEnvironment> environments)
        => [.. environments.SelectMany(static environment => environment.Archives).Select(static package => package.ContentKey)];

    private async Task<IReadOnlyList<EnvironmentId>> UnneededAsync(
        IEnumerable<ResolvedEnvironment> environments, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var old = environments.Where(environment => environment.ResolvedOn < limit && !EnvironmentJson.IsForExtension(environment))
            .Select(static environment => environment.Id).ToList();
        if (old.Count == 0)
        {
            return [];
        }

        HashSet<EnvironmentTarget> named;
        try
        {
            named = [.. (await Book.NamesAsync(skipsDamaged: false, cancellationToken).ConfigureAwait(false)).Values];
        }
        catch (EnvironmentException error)
        {
            // It could name any of them.
            _problems.Add(error);
            return [];
        }

        var use = await EnvironmentUse.ReadAsync(workspace.Client(), cancellationToken).ConfigureAwait(false);
        _problems.AddRange(use.Problems);
        return use.Problems.Count > 0 ? []
            : [.. old.Where(id => !named.Contains(EnvironmentTarget.Of(id)) && !use.Used.ContainsKey(EnvironmentTarget.Of(id)))];
    }

    private async Task DeleteAsync(IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
        {
            if (Book.Cache is { } cache)
            {
                await cache.DeleteAsync(ids, cancellationToken).ConfigureAwait(false);
            }

            await Book.Local.RemoveAsync(ids, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<CleanupReport> DeleteAsync(CleanupReport report, CancellationToken cancellationToken)
    {
        if (report.Packages.Count > 0)
        {
            await workspace.Packages!.DeleteAsync(report.Packages.Select(static package => package.Sha256), cancellationToken)
                .ConfigureAwait(false);
        }

        workspace.Folder.Packages.RemoveUnfinished();
        var removed = new List<UnpackedPackage>();
        foreach (var package in report.Unpacked)
        {
            if (await workspace.Folder.Packages.RemoveAsync(package, cancellationToken).ConfigureAwait(false))
            {
                removed.Add(package);
            }
        }

        return report with
        {
            Unpacked = removed,
            Machine = await report.Machine.RemoveAsync(workspace, cancellationToken).ConfigureAwait(false),
        };
    }
}

/// <summary>What a cleanup removed, or would remove.</summary>
/// <param name="Environments">The environments whose records are gone.</param>
/// <param name="Packages">The packages of the datastore.</param>
/// <param name="Unpacked">The unpacked packages of this machine.</param>
internal sealed record CleanupReport(
    IReadOnlyList<EnvironmentId> Environments, IReadOnlyList<StoredPackage> Packages, IReadOnlyList<UnpackedPackage> Unpacked)
{
    /// <summary>Gets what this machine can make or fetch again. Nothing by default.</summary>
    public MachineCleanup Machine { get; init; } = MachineCleanup.Nothing;

    /// <summary>Gets what is wrong with records that cannot be read. None by default.</summary>
    public IReadOnlyList<MetaflowException> Problems { get; init; } = [];

    /// <summary>Gets a value indicating whether all packages of the datastore stay, because a record that may need them cannot be read.
    /// The default is <see langword="false"/>.</summary>
    public bool KeepsStored { get; init; }

    /// <summary>Gets a value indicating whether all unpacked packages stay for the same reason. The default is
    /// <see langword="false"/>.</summary>
    public bool KeepsUnpacked { get; init; }
}
