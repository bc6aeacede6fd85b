using Metaflow.Environments.Archives;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>Finds the packages of environments, whichever sources they come from.</summary>
/// <param name="nuget">Finds packages of NuGet.</param>
/// <param name="python">Finds packages of conda and of the Python package index.</param>
/// <param name="store">Keeps the files of the latter in the datastore; <see langword="null"/> if nothing is kept there.</param>
/// <param name="time">The clock.</param>
/// <param name="user">Who resolves.</param>
internal sealed class PackageFinder(NuGetResolver nuget, PythonResolver python, ArchiveStore? store, TimeProvider time, string user)
{
    /// <summary>Finds the packages of environments, all at the same time.</summary>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each request in order, the environment and where the files of its packages of NuGet are.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7020, MF7021, MF705x, MF707x: there are no packages that satisfy a
    /// request.</exception>
    public async Task<IReadOnlyList<LockedEnvironment>> ResolveAsync(
        IReadOnlyList<WantedEnvironment> wanted, CancellationToken cancellationToken)
    {
        var withPrefix = wanted.Where(static each => each.HasPrefix).ToList();
        var ofPython = withPrefix.ConvertAll(each => python.ResolveAsync(each, cancellationToken));
        var withLibraries = wanted.Where(static each => each.HasLibraries || !each.HasPrefix).ToList();
        var libraries = withLibraries.Count == 0 ? []
            : await nuget.ResolveAsync(withLibraries, cancellationToken).ConfigureAwait(false);
        var archives = await Task.WhenAll(ofPython).ConfigureAwait(false);
        return
        [
            .. wanted.Select(each => (withLibraries.IndexOf(each), withPrefix.IndexOf(each)) switch
            {
                (var index, < 0) => libraries[index],
                (< 0, var index) => Lock(each, archives[index].Packages, archives[index].Kind, null),
                var (own, other) => Lock(each, archives[other].Packages, EnvironmentJson.Mixed, libraries[own]),
            }),
        ];
    }

    private LockedEnvironment Lock(
        WantedEnvironment wanted, IReadOnlyList<ArchivePackage> archives, string kind, LockedEnvironment? libraries)
    {
        IReadOnlyList<LockedPackage> packages =
        [
            .. libraries?.Environment.Packages ?? [],
            .. archives.Select(package => store?.WithPlace(package) ?? package),
        ];
        return new LockedEnvironment(
            wanted.Found(packages, kind, time.GetUtcNow(), user),
            libraries?.Files ?? new Dictionary<string, string>());
    }
}
