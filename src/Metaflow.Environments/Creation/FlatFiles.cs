using Metaflow.Environments.Records;

namespace Metaflow.Environments.Creation;

/// <summary>A file of an environment in a folder of its own.</summary>
/// <param name="Target">The path in the folder, with <c>/</c>.</param>
/// <param name="Package">The package that has it.</param>
/// <param name="Asset">The file in the package.</param>
internal sealed record FlatFile(string Target, NuGetPackage Package, NuGetAsset Asset);

/// <summary>Lays the files of an environment out as a build would.</summary>
internal static class FlatFiles
{
    private const string RuntimesFolder = "runtimes/";

    /// <summary>Returns the files.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The files, sorted, each path once. Of two assemblies for one path the one with the higher version counts, as it does in a
    /// build.</returns>
    public static IReadOnlyList<FlatFile> Of(ResolvedEnvironment environment)
        => [
            .. environment.Libraries
                .SelectMany(static package => package.Assets.SelectMany(
                    asset => Places(asset).Select(place => new FlatFile(place, package, asset))))
                .GroupBy(static file => file.Target, StringComparer.OrdinalIgnoreCase)
                .Select(static same => same.MaxBy(static file => (Number(file.Asset.AssemblyVersion), Number(file.Asset.FileVersion)))!)
                .OrderBy(static file => file.Target, StringComparer.Ordinal),
        ];

    // Programs with a '.deps.json' look for native libraries in 'runtimes', all others beside the assembly that needs them.
    private static IEnumerable<string> Places(NuGetAsset asset)
    {
        var name = asset.Path[(asset.Path.LastIndexOf('/') + 1)..];
        return asset.Kind switch
        {
            NuGetAssetKind.Native when asset.Path.StartsWith(RuntimesFolder, StringComparison.Ordinal) => [asset.Path, name],
            NuGetAssetKind.Satellite when asset.Culture is { Length: > 0 } culture => [$"{culture}/{name}"],
            _ => [name],
        };
    }

    private static Version Number(string? version) => Version.TryParse(version, out var number) ? number : new Version(0, 0);
}
