using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Checks;

/// <summary>An assembly of a package that the runtime does not load, because its own of the same name is newer.</summary>
/// <param name="Package">The identifier of the package.</param>
/// <param name="Version">The version of the package.</param>
/// <param name="Assembly">The name of the assembly.</param>
/// <param name="FrameworkVersion">The version of the runtime's assembly.</param>
internal sealed record IgnoredAssembly(string Package, string Version, string Assembly, string FrameworkVersion)
{
    /// <summary>Finds those of a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="frameworks">The folders with the assemblies of the frameworks.</param>
    /// <returns>The assemblies. The runtime takes the one with the higher assembly version, and of equal ones its own.</returns>
    public static IEnumerable<IgnoredAssembly> Of(NuGetPackage package, IReadOnlyList<string> frameworks)
    {
        foreach (var asset in package.Assets.Where(static asset => asset.Kind == NuGetAssetKind.Assembly))
        {
            var file = frameworks.Select(folder => Path.Combine(folder, Path.GetFileName(asset.Path))).FirstOrDefault(File.Exists);
            if (file is not null && asset.AssemblyVersion is { } own && AssemblyVersions.OfAssembly(file) is { } known
                && known > System.Version.Parse(own))
            {
                yield return new IgnoredAssembly(package.Id, package.Version, Path.GetFileNameWithoutExtension(file), known.ToString());
            }
        }
    }
}
