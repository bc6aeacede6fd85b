using Metaflow.Environments.Archives;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Environments.Resolution;

/// <summary>Finds environments: those that somebody has resolved before, and otherwise what feeds have now. What is new is stored with its
/// packages, so that it can be created when no feed has them any more.</summary>
/// <param name="book">The environments that are known.</param>
/// <param name="finder">Resolves the others.</param>
/// <param name="sources">Finds the files of packages of NuGet.</param>
/// <param name="archives">Finds the files of packages of conda and of the Python package index.</param>
/// <param name="cache">Keeps the packages in the datastore; <see langword="null"/> if nothing is kept there.</param>
/// <param name="reports">Tells users what is done.</param>
internal sealed class EnvironmentResolver(
    EnvironmentBook book, PackageFinder finder, PackageSources sources, ArchiveSources archives, PackageCache? cache,
    PackageReports reports)
{
    // What another resolution may have found when its sources were there.
    private static readonly string[] SourcesFailed =
    [
        ErrorCodes.PackagesNotFound, ErrorCodes.SdkMissing, ErrorCodes.PackageMissing,
        ErrorCodes.RepodataNotFetched, ErrorCodes.CondaProgramFailed, ErrorCodes.PythonPackagesNotFound,
    ];

    /// <summary>Finds environments.</summary>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="options">How to look for them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each request in order, the environment.</returns>
    /// <exception cref="EnvironmentException">Packages cannot be found or stored (MF70xx), or differ from those of a lock file
    /// (MF7042).</exception>
    /// <exception cref="StorageException">A record or a package cannot be stored.</exception>
    public async Task<IReadOnlyList<FoundEnvironment>> ResolveAsync(
        IReadOnlyList<WantedEnvironment> wanted, ResolveOptions options, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FoundEnvironment>(StringComparer.Ordinal);
        var missing = new List<WantedEnvironment>();
        foreach (var one in wanted.GroupBy(KeyOf).Select(static same => Together([.. same])))
        {
            if (!options.IsForced && await FindKnownAsync(one, cancellationToken).ConfigureAwait(false) is { } known)
            {
                found.Add(KeyOf(one), new FoundEnvironment(known, IsNew: false));
            }
            else
            {
                missing.Add(one);
            }
        }

        var added = await ResolveNewAsync(missing, options.IsForced, cancellationToken).ConfigureAwait(false);
        foreach (var (request, environment) in missing.Zip(added))
        {
            found.Add(KeyOf(request), environment);
        }

        foreach (var one in wanted)
        {
            RequireLocked(one, found[KeyOf(one)].Environment);
        }

        if (!options.IsDryRun)
        {
            if (options.IsForced)
            {
                var records = options.IsLocalOnly ? book.WithoutCache() : book;
                await records.RemoveDamagedAsync([.. found.Values.Select(static each => each.Environment.Id)], cancellationToken)
                    .ConfigureAwait(false);
            }

            await StoreAsync([.. found.Values], options, cancellationToken).ConfigureAwait(false);
        }

        return [.. wanted.Select(one => found[KeyOf(one)])];
    }

    /// <summary>Stores an environment with its packages in the datastore, if one is used and does not have it.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it was stored now.</returns>
    /// <exception cref="EnvironmentException">MF7022: a package is nowhere.</exception>
    /// <exception cref="StorageException">A record or a package cannot be stored.</exception>
    public async Task<bool> PublishAsync(ResolvedEnvironment environment, CancellationToken cancellationToken)
    {
        if (cache is null || book.Cache is not { } records
            || await records.StoredAsync([environment.Id], cancellationToken).ConfigureAwait(false) is [_])
        {
            return false;
        }

        await PublishAsync(cache, [environment], replaces: false, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static void RequireLocked(WantedEnvironment wanted, ResolvedEnvironment found)
    {
        foreach (var package in found.Packages.OfType<NuGetPackage>())
        {
            if (wanted.ContentHashes.TryGetValue($"{package.Id}/{package.Version}".ToLowerInvariant(), out var expected)
                && expected != package.ContentHash)
            {
                throw ResolutionErrors.LockDiffers(wanted.Name, package, expected);
            }
        }
    }

    private static string KeyOf(WantedEnvironment wanted) => string.Join(
        ' ',
        wanted.Request.UniqueKeys.OrderBy(static key => key.Key, StringComparer.Ordinal).Select(static key => $"{key.Key}:{key.Value}")
            .Prepend(wanted.Architecture).Prepend(wanted.Request.RequestId));

    private static WantedEnvironment Together(IReadOnlyList<WantedEnvironment> same)
        => same is [var only] ? only
            : same[0] with { Name = string.Join(", ", same.Select(static one => one.Name)) };

    /// <summary>Environments of several kinds of machines that were resolved for the same requirements share the hash of their
    /// packages.</summary>
    private static IReadOnlyList<LockedEnvironment> Together(IReadOnlyList<LockedEnvironment> found)
    {
        var shared = found.GroupBy(static each => each.Environment.Id.RequestId).Where(static same => same.Count() > 1)
            .ToDictionary(
                static same => same.Key,
                static same => (
                    FullId: EnvironmentHash.OfSeveral(same.Select(static each =>
                        KeyValuePair.Create(each.Environment.Id.Architecture, each.Environment.Packages))),
                    Architectures: same.Select(static each => each.Environment.Id.Architecture).Order(StringComparer.Ordinal).ToList()),
                StringComparer.Ordinal);
        return
        [
            .. found.Select(each => shared.TryGetValue(each.Environment.Id.RequestId, out var same)
                ? each with
                {
                    Environment = each.Environment with
                    {
                        Id = each.Environment.Id with { FullId = same.FullId },
                        Architectures = same.Architectures,
                    },
                }
                : each),
        ];
    }

    private ValueTask<ResolvedEnvironment?> FindKnownAsync(WantedEnvironment wanted, CancellationToken cancellationToken)
        => book.FindDefaultAsync(wanted.Request.RequestId, wanted.Architecture, wanted.Request.UniqueKeys, cancellationToken);

    private async Task<IReadOnlyList<FoundEnvironment>> ResolveNewAsync(
        List<WantedEnvironment> missing, bool isForced, CancellationToken cancellationToken)
    {
        if (missing.Count == 0)
        {
            return [];
        }

        // It takes seconds.
        reports.Say($"Looking for the packages of {string.Join(", ", missing.Select(static one => one.Name).Distinct())}.");
        IReadOnlyList<LockedEnvironment> found;
        try
        {
            using var tally = reports.Begin(PackagePhase.Finding, []);
            found = await finder.ResolveAsync(missing, cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentException error) when (!isForced && SourcesFailed.Contains(error.Code))
        {
            // What somebody else has resolved survives the feed.
            if (await FindStoredAsync(missing, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                return stored;
            }

            throw;
        }

        var resolved = new List<FoundEnvironment>();
        foreach (var locked in Together(found))
        {
            sources.Add(locked.Files);

            // The same packages were found before: the record of that time says when, and by whom. One that cannot be read is none.
            var known = await book.FindReadableAsync(locked.Environment.Id, cancellationToken).ConfigureAwait(false);
            if ((known.Here ?? known.Stored) is { } unread && known.Environment is null
                && (!isForced || unread.Code != ErrorCodes.EnvironmentRecordUnreadable))
            {
                throw unread;
            }

            resolved.Add(new FoundEnvironment(known.Environment ?? locked.Environment, IsNew: true));
        }

        return resolved;
    }

    private async Task<IReadOnlyList<FoundEnvironment>?> FindStoredAsync(
        List<WantedEnvironment> missing, CancellationToken cancellationToken)
    {
        var stored = new List<FoundEnvironment>();
        foreach (var wanted in missing)
        {
            var all = await book.AllOfAsync(wanted.Request.RequestId, wanted.Architecture, cancellationToken).ConfigureAwait(false);
            if (all is not [var newest, ..])
            {
                return null;
            }

            stored.Add(new FoundEnvironment(newest, IsNew: true));
            reports.Say($"The packages of {wanted.Name} cannot be looked for now. Those that {newest.ResolvedBy} found on "
                + $"{newest.ResolvedOn:yyyy-MM-dd} are used.");
        }

        return stored;
    }

    private async Task StoreAsync(IReadOnlyList<FoundEnvironment> found, ResolveOptions options, CancellationToken cancellationToken)
    {
        var environments = found.Select(static each => each.Environment).DistinctBy(static environment => environment.Id).ToList();
        if (cache is not null && book.Cache is { } records && !options.IsLocalOnly)
        {
            var stored = await records.StoredAsync(
                environments.Select(static environment => environment.Id), cancellationToken).ConfigureAwait(false);

            // Of one that is new here, or resolved again, the packages may be missing although the record is there.
            var ofThisTime = found.Where(static each => each.IsNew).Select(static each => each.Environment.Id).ToHashSet();
            var unstored = environments.FindAll(
                environment => !stored.Contains(environment.Id) || ofThisTime.Contains(environment.Id));
            await PublishAsync(cache, unstored, options.IsForced, cancellationToken).ConfigureAwait(false);
        }

        var added = found.Where(static each => each.IsNew).Select(static each => each.Environment).ToList();
        if (added.Count > 0)
        {
            await book.AddAsync(added, cancellationToken).ConfigureAwait(false);
            foreach (var environment in added.Where(_ => options.SetsDefault))
            {
                await book.SetDefaultAsync(environment, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Packages first: who finds a record relies on them.
    private async Task PublishAsync(
        PackageCache packages, List<ResolvedEnvironment> environments, bool replaces, CancellationToken cancellationToken)
    {
        if (environments.Count == 0)
        {
            return;
        }

        var all = environments.SelectMany(static environment => environment.Packages).OfType<NuGetPackage>()
            .DistinctBy(static package => package.Sha256).ToList();
        await packages.AddAsync(all, sources.FindOrDownloadAsync, replaces, cancellationToken).ConfigureAwait(false);
        await (archives.Store?.AddAsync(
            [.. environments.SelectMany(static environment => environment.Archives)],
            archives.GetVerifiedAsync, replaces, cancellationToken)
            ?? Task.FromResult(0)).ConfigureAwait(false);
        await book.PublishAsync(environments, cancellationToken).ConfigureAwait(false);
    }
}
