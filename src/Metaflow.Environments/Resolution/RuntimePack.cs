using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>The package of NuGet that has the .NET runtime for one kind of machine. The SDK makes self-contained programs of it.</summary>
internal static class RuntimePack
{
    /// <summary>Returns the identifier of the package.</summary>
    /// <param name="runtime">The runtime identifier, such as <c>linux-x64</c>.</param>
    /// <returns>The identifier.</returns>
    public static string IdOf(string runtime) => $"Microsoft.NETCore.App.Runtime.{runtime}";

    /// <summary>Finds the package that NuGet has fetched.</summary>
    /// <param name="runtime">The runtime identifier.</param>
    /// <param name="version">The version.</param>
    /// <param name="folders">NuGet's folders of packages.</param>
    /// <returns>The package, with the files that an installation of .NET has.</returns>
    /// <exception cref="InvalidDataException">NuGet has not fetched it, or it has no runtime.</exception>
    public static RestoredPackage Find(string runtime, string version, IEnumerable<string> folders)
    {
        var id = IdOf(runtime);
        var folder = RestoredPackage.FolderOf(
            folders, Path.Combine(id.ToLowerInvariant(), version.ToLowerInvariant()), $"{id}/{version}");
        var assets = AssetsOf(folder, runtime);
        return assets.Count == 0
            ? throw new InvalidDataException($"The package '{id}/{version}' has no runtime for '{runtime}'.")
            : new RestoredPackage(id, version)
            {
                Folder = folder,
                Source = RestoredPackage.Fact(folder, "source") ?? "",
                ContentHash = RestoredPackage.Fact(folder, "contentHash") ?? "",
                Assets = assets,
            };
    }

    private static List<NuGetAsset> AssetsOf(string folder, string runtime)
    {
        var files = Path.Combine(folder, "runtimes", runtime);
        return Directory.Exists(files)
            ?
            [
                .. Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
                    .Order(StringComparer.Ordinal).Select(static path => new NuGetAsset(NuGetAssetKind.Runtime, path)),
            ]
            : [];
    }
}
