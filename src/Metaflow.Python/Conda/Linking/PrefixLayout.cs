using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Where the files of packages for any Python go in an environment.</summary>
/// <param name="SitePackages">Where its Python has modules, with <c>/</c>.</param>
/// <param name="Scripts">Where commands are.</param>
/// <param name="Python">Its Python.</param>
internal sealed record PrefixLayout(string SitePackages, string Scripts, string Python)
{
    private const string ModulesFolder = "site-packages/";
    private const string ScriptsFolder = "python-scripts/";

    /// <summary>Returns the places of an environment with a Python.</summary>
    /// <param name="version">The version of Python.</param>
    /// <param name="sitePackages">Where that build of it has its modules; <see langword="null"/> for the usual place.</param>
    /// <param name="isForWindows">Whether the environment is for Windows.</param>
    /// <returns>The places.</returns>
    public static PrefixLayout Of(string version, string? sitePackages, bool isForWindows)
    {
        var usual = isForWindows ? "Lib/site-packages" : $"lib/python{string.Join('.', version.Split('.').Take(2))}/site-packages";
        var modules = sitePackages is { Length: > 0 } && EntryPath.TryNormalize(sitePackages, out var path) is null && path.Length > 0
            ? path : usual;
        return isForWindows ? new PrefixLayout(modules, "Scripts", "python.exe") : new PrefixLayout(modules, "bin", "bin/python");
    }

    /// <summary>Returns where a file of a package for any Python goes.</summary>
    /// <param name="path">Its path in the package.</param>
    /// <returns>Its path in the environment.</returns>
    public string Map(string path)
        => path.StartsWith(ModulesFolder, StringComparison.Ordinal) ? $"{SitePackages}/{path[ModulesFolder.Length..]}"
            : path.StartsWith(ScriptsFolder, StringComparison.Ordinal) ? $"{Scripts}/{path[ScriptsFolder.Length..]}"
            : path;
}
