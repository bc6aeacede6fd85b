using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Resolution;

/// <summary>Finds the packages of NuGet that environments ask for, and locks them: their versions, hashes and files.</summary>
/// <param name="restore">Finds the packages.</param>
/// <param name="time">The clock.</param>
/// <param name="user">Who resolves.</param>
internal sealed class NuGetResolver(SdkRestore restore, TimeProvider time, string user)
{
    /// <summary>The kind of environments with packages of NuGet alone.</summary>
    public const string Kind = "nuget-only";

    /// <summary>Resolves environments, all at the same time.</summary>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each request in order, the environment and where the files of its packages are.</returns>
    /// <exception cref="EnvironmentException">MF7020: there are no packages that satisfy a request; all such requests are named. MF7021:
    /// there is no SDK.</exception>
    public async Task<IReadOnlyList<LockedEnvironment>> ResolveAsync(
        IReadOnlyList<WantedEnvironment> wanted, CancellationToken cancellationToken)
    {
        var results = await restore.RestoreAsync([.. wanted.Select(RequestOf)], cancellationToken).ConfigureAwait(false);
        var problems = results.SelectMany(ProblemsOf).ToList();
        if (problems.Count > 0)
        {
            throw ResolutionErrors.NotFound(problems);
        }

        var files = new PackageFacts();
        return [.. wanted.Select((each, index) => Lock(each, results[index], files))];
    }

    private static RestoreRequest RequestOf(WantedEnvironment wanted)
        => new(wanted.Name, wanted.Framework, MachineKinds.ToRuntime(wanted.Architecture))
        {
            Packages = wanted.Packages.ToDictionary(
                static package => package.Key, static package => package.Value.ForRestore, StringComparer.OrdinalIgnoreCase),
            DotNetVersion = wanted.DotNetVersion,
            Sources = wanted.Sources,
        };

    private static IEnumerable<(string Name, RestoreProblem Problem)> ProblemsOf(RestoreResult result)
        => result.Problems.Select(problem => (result.Request.Name, problem));

    private LockedEnvironment Lock(WantedEnvironment wanted, RestoreResult result, PackageFacts facts)
    {
        Require(wanted, result);
        var packages = result.Packages.Select(package => (Package: facts.Of(package), package.File)).ToList();
        var locked = packages.ConvertAll<LockedPackage>(static each => each.Package);
        return new LockedEnvironment(
            wanted.Found(locked, Kind, time.GetUtcNow(), user),
            packages.DistinctBy(static each => each.Package.Sha256)
                .ToDictionary(static each => each.Package.Sha256, static each => each.File));
    }

    // NuGet takes the lowest version of a range, and the highest of a pattern. So it gets the pattern that has the range, and what it
    // found is compared with the range.
    private static void Require(WantedEnvironment wanted, RestoreResult result)
    {
        foreach (var (id, constraint) in wanted.Packages)
        {
            var found = result.Packages.FirstOrDefault(package => package.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
            if (found is not null && !constraint.IsSatisfiedBy(NuGetVersion.Parse(found.Version)))
            {
                throw ResolutionErrors.NotFound(
                [
                    (wanted.Name, new RestoreProblem(
                        "", $"No version of '{id}' satisfies '{constraint.Text}'. The nearest one is {found.Version}.")),
                ]);
            }
        }
    }

    /// <summary>Reads the files of each package once, though several environments have it.</summary>
    private sealed class PackageFacts
    {
        private readonly Dictionary<(string File, string Assets), NuGetPackage> _known = [];

        public NuGetPackage Of(RestoredPackage package)
        {
            var key = (package.File, string.Join('\n', package.Assets.Select(static asset => asset.Path)));
            if (!_known.TryGetValue(key, out var known))
            {
                known = Read(package);
                _known.Add(key, known);
            }

            return known with { Dependencies = package.Dependencies };
        }

        private static NuGetPackage Read(RestoredPackage package)
        {
            var sha256 = PackageBytes.Sha256(package.File);
            PackageBytes.RequireContent(package.Id, package.Version, package.File, package.ContentHash);
            return new NuGetPackage(package.Id, package.Version, package.Source)
            {
                ContentHash = package.ContentHash,
                Sha256 = sha256,
                Length = new FileInfo(package.File).Length,
                UnpackedLength = package.Assets.Sum(asset => new FileInfo(Path.Combine(package.Folder, asset.Path)).Length),
                Frameworks = package.Frameworks,
                Assets = [.. package.Assets.Select(asset => AssemblyVersions.Complete(asset, package.Folder))],
            };
        }
    }
}
