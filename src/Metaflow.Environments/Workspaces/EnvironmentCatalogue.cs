using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>Lists, names and copies the records of environments.</summary>
/// <param name="workspace">What stores environments.</param>
internal sealed class EnvironmentCatalogue(EnvironmentWorkspace workspace)
{
    /// <summary>Lists environments.</summary>
    /// <param name="book">The environments that are known.</param>
    /// <param name="architecture">The kind of machine; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments, the newest first. Those whose record cannot be read come last.</returns>
    public static async Task<IReadOnlyList<ListedEnvironment>> ListAsync(
        EnvironmentBook book, string? architecture, CancellationToken cancellationToken)
    {
        var here = book.Local.Read().Ids.ToHashSet();
        var stored = book.Cache is null ? [] : (await book.Cache.IdsAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        var ids = here.Union(stored).Where(id => architecture is null || id.Architecture == architecture).ToList();
        var names = (await book.NamesAsync(skipsDamaged: true, cancellationToken).ConfigureAwait(false))
            .ToLookup(static name => name.Value, static name => name.Key);
        var listed = new List<ListedEnvironment>();
        foreach (var id in ids)
        {
            var (environment, problem) = await ReadAsync(book, id, cancellationToken).ConfigureAwait(false);
            if (environment is not null || problem is not null)
            {
                listed.Add(new ListedEnvironment(
                    id, environment, [.. names[EnvironmentTarget.Of(id)].OrderBy(static name => name.Key, StringComparer.Ordinal)])
                {
                    IsHere = here.Contains(id),
                    IsStored = stored.Contains(id),
                    Problem = problem,
                });
            }
        }

        return [.. listed.OrderByDescending(static each => each.Environment?.ResolvedOn ?? DateTimeOffset.MinValue)
            .ThenBy(static each => each.Id.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Gives an environment names. In the datastore it is stored first if only this machine has it: a name there has to lead
    /// everybody to it.</summary>
    /// <param name="environments">The environment for kinds of machines, which all have the same hashes; at least one.</param>
    /// <param name="names">The names.</param>
    /// <param name="isLocalOnly">Whether the names are given on this machine only.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the names are stored.</returns>
    /// <exception cref="EnvironmentException">A name belongs to another environment for good (MF7035), or a package is nowhere
    /// (MF7022).</exception>
    public async Task NameAsync(
        IReadOnlyList<ResolvedEnvironment> environments, IReadOnlyList<EnvironmentName> names, bool isLocalOnly,
        CancellationToken cancellationToken)
    {
        foreach (var environment in isLocalOnly ? [] : environments)
        {
            await workspace.Resolver.PublishAsync(environment, cancellationToken).ConfigureAwait(false);
        }

        var book = isLocalOnly ? workspace.Book.WithoutCache() : workspace.Book;
        await book.SetNamesAsync(environments[0], names, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds an environment of the datastore to those that this machine knows.</summary>
    /// <param name="text">A text that names it.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="setsDefault">Whether this machine uses it from now on wherever the same is asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="EnvironmentException">There is none (MF7034, MF7036, MF7039).</exception>
    public async Task<ResolvedEnvironment> GetAsync(
        string text, string architecture, bool setsDefault, CancellationToken cancellationToken)
    {
        var environment = await new NamedEnvironments(workspace.Book).FindAsync(text, architecture, cancellationToken)
            .ConfigureAwait(false);
        await workspace.Book.AddAsync([environment], cancellationToken).ConfigureAwait(false);
        if (setsDefault)
        {
            await workspace.Book.SetDefaultAsync(environment, cancellationToken).ConfigureAwait(false);
        }

        if (EnvironmentReference.Parse(text) is EnvironmentReference.OfName { Name: var name })
        {
            await workspace.Book.Local.SetNamesAsync(environment, [name], cancellationToken).ConfigureAwait(false);
        }

        return environment;
    }

    /// <summary>Finds what has to go when an environment is deleted. Its record need not be readable.</summary>
    /// <param name="text">A text that names it.</param>
    /// <param name="isLocalOnly">Whether the datastore is left alone.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment for all kinds of machines, and its names.</returns>
    /// <exception cref="EnvironmentException">There is none (MF7034, MF7036, MF7039).</exception>
    public async Task<EnvironmentDeletion> PlanDeletionAsync(string text, bool isLocalOnly, CancellationToken cancellationToken)
    {
        var book = isLocalOnly ? workspace.Book.WithoutCache() : workspace.Book;
        var id = await book.ResolveAsync(text, MachineKinds.OfThisMachine, cancellationToken).ConfigureAwait(false);
        var target = id is null ? null : EnvironmentTarget.Of(id);
        var here = book.Local.Read().Ids.Where(each => EnvironmentTarget.Of(each) == target).ToList();
        var stored = book.Cache is null ? []
            : (await book.Cache.IdsAsync(cancellationToken).ConfigureAwait(false))
                .Where(each => EnvironmentTarget.Of(each) == target).ToList();
        var names = await book.NamesAsync(skipsDamaged: true, cancellationToken).ConfigureAwait(false);
        return target is not null && (here.Count > 0 || stored.Count > 0)
            ? new EnvironmentDeletion(target, here, stored, [.. names.Where(name => name.Value == target).Select(static name => name.Key)])
            : throw NamedEnvironments.Unknown($"'{text}'", book.Cache is not null);
    }

    /// <summary>Deletes an environment: its names, then its records. Its packages stay.</summary>
    /// <param name="deletion">What has to go.</param>
    /// <param name="isForced">Whether it is deleted though a run used it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all is gone.</returns>
    /// <exception cref="EnvironmentException">A recorded run used it (MF7044). Then nothing is deleted.</exception>
    public async Task DeleteAsync(EnvironmentDeletion deletion, bool isForced, CancellationToken cancellationToken)
    {
        if (!isForced)
        {
            var use = await EnvironmentUse.ReadAsync(workspace.Client(), cancellationToken).ConfigureAwait(false);
            if (use.Used.TryGetValue(deletion.Target, out var user))
            {
                throw new EnvironmentException(
                    ErrorCodes.EnvironmentInUse,
                    $"The environment '{deletion.Target.RequestId}:{deletion.Target.FullId}' is not deleted.",
                    $"'{user}' used it or is about to use it, and can be repeated only with it.",
                    "Keep it, or add --force if the run is no longer needed.");
            }

            if (use.Problems is [var problem, ..])
            {
                // Whether the run used it is not known.
                throw problem;
            }
        }

        if (deletion.Stored.Count > 0 && workspace.Book.Cache is { } cache)
        {
            await cache.DeleteNamesAsync(deletion.Names, cancellationToken).ConfigureAwait(false);
            await cache.DeleteAsync(deletion.Stored, cancellationToken).ConfigureAwait(false);
        }

        await workspace.Book.Local.RemoveNamesAsync(deletion.Names, cancellationToken).ConfigureAwait(false);
        await workspace.Book.Local.RemoveAsync(deletion.Here, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<(ResolvedEnvironment? Environment, MetaflowException? Problem)> ReadAsync(
        EnvironmentBook book, EnvironmentId id, CancellationToken cancellationToken)
    {
        try
        {
            return (await book.FindAsync(id, cancellationToken).ConfigureAwait(false), null);
        }
        catch (EnvironmentException error)
        {
            return (null, error);
        }
    }
}
