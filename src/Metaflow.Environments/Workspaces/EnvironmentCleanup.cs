using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;

namespace Metaflow.Environments.Workspaces;

/// <summary>Removes environments and packages that nobody needs any more.</summary>
/// <remarks>Only environments with packages of NuGet are removed: those of the extension may be known to other services. What cannot be
/// read ends the cleanup before anything is deleted, because what it refers to is not known.</remarks>
/// <param name="workspace">What stores environments.</param>
internal sealed class EnvironmentCleanup(EnvironmentWorkspace workspace)
{
    private EnvironmentBook Book => workspace.Book;

    /// <summary>Removes what is older than an age and not needed.</summary>
    /// <param name="age">The age. A process that resolves an environment stores its packages first: they must be older than that
    /// takes.</param>
    /// <param name="isDryRun">Whether nothing is deleted.</param>
    /// <param name="cancellationToken">Cancels the operation. What is deleted until then is gone.</param>
    /// <returns>What is gone, or would be.</returns>
    /// <exception cref="Errors.MetaflowException">A record of an environment or a run cannot be read, or something cannot be
    /// deleted.</exception>
    public async Task<CleanupReport> RunAsync(TimeSpan age, bool isDryRun, CancellationToken cancellationToken)
    {
        var limit = workspace.Time.GetUtcNow() - age;

        // Packages before records: one that is stored later is not among them.
        var packages = workspace.Packages is { } cache ? await cache.ListAsync(cancellationToken).ConfigureAwait(false) : [];
        var unpacked = workspace.Folder.Packages.List();
        var ids = await IdsAsync(cancellationToken).ConfigureAwait(false);
        var environments = await ReadAsync(ids, cancellationToken).ConfigureAwait(false);
        var unneeded = await UnneededAsync(environments.Values, limit, cancellationToken).ConfigureAwait(false);
        if (!isDryRun)
        {
            await DeleteAsync(unneeded, cancellationToken).ConfigureAwait(false);

            // Others may have resolved environments meanwhile.
            var added = (await IdsAsync(cancellationToken).ConfigureAwait(false)).Where(id => !environments.ContainsKey(id)).ToList();
            foreach (var (id, environment) in await ReadAsync(added, cancellationToken).ConfigureAwait(false))
            {
                environments.Add(id, environment);
            }
        }

        var needed = environments.Values.ExceptBy(unneeded, static environment => environment.Id)
            .SelectMany(static environment => environment.Packages).OfType<NuGetPackage>().ToList();
        var hashes = needed.Select(static package => package.Sha256).ToHashSet(StringComparer.Ordinal);
        var places = needed.Select(PackageFolder.PathOf).ToHashSet(StringComparer.Ordinal);
        var report = new CleanupReport(
            unneeded, [.. packages.Where(package => package.StoredAt < limit && !hashes.Contains(package.Sha256))],
            [.. unpacked.Where(package => package.UsedAt < limit && !places.Contains(package.Path))]);
        if (!isDryRun)
        {
            report = report with { Unpacked = await DeleteAsync(report, cancellationToken).ConfigureAwait(false) };
        }

        return report;
    }

    private async Task<IReadOnlyList<EnvironmentId>> IdsAsync(CancellationToken cancellationToken)
        => [
            .. Book.Local.Read().Ids.Union(
                Book.Cache is null ? [] : await Book.Cache.IdsAsync(cancellationToken).ConfigureAwait(false)),
        ];

    private async Task<Dictionary<EnvironmentId, ResolvedEnvironment>> ReadAsync(
        IReadOnlyList<EnvironmentId> ids, CancellationToken cancellationToken)
    {
        var environments = new Dictionary<EnvironmentId, ResolvedEnvironment>();
        foreach (var id in ids)
        {
            // One that was deleted meanwhile needs nothing.
            if (await Book.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } environment)
            {
                environments.Add(id, environment);
            }
        }

        return environments;
    }

    private async Task<IReadOnlyList<EnvironmentId>> UnneededAsync(
        IEnumerable<ResolvedEnvironment> environments, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var old = environments.Where(environment => environment.ResolvedOn < limit && !EnvironmentJson.IsForExtension(environment))
            .Select(static environment => environment.Id).ToList();
        if (old.Count == 0)
        {
            return [];
        }

        var named = (await Book.NamesAsync(cancellationToken).ConfigureAwait(false)).Values.ToHashSet();
        var used = await EnvironmentUse.ReadAsync(workspace.Client(), cancellationToken).ConfigureAwait(false);
        return [.. old.Where(id => !named.Contains(EnvironmentTarget.Of(id)) && !used.ContainsKey(EnvironmentTarget.Of(id)))];
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

    private async Task<IReadOnlyList<UnpackedPackage>> DeleteAsync(CleanupReport report, CancellationToken cancellationToken)
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

        return removed;
    }
}

/// <summary>What a cleanup removed, or would remove.</summary>
/// <param name="Environments">The environments whose records are gone.</param>
/// <param name="Packages">The packages of the datastore.</param>
/// <param name="Unpacked">The unpacked packages of this machine.</param>
internal sealed record CleanupReport(
    IReadOnlyList<EnvironmentId> Environments, IReadOnlyList<StoredPackage> Packages, IReadOnlyList<UnpackedPackage> Unpacked);
