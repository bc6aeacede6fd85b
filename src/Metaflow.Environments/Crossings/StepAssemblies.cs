using Metaflow.Environments.Checks;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Crossings;

/// <summary>The assemblies with which a step runs, and the packages that they are of.</summary>
internal sealed class StepAssemblies : IDisposable
{
    private readonly Dictionary<string, string> _packages;

    /// <summary>Finds the assemblies of a step.</summary>
    /// <param name="packages">The packages of the step, which take the place of the program's: the file of each assembly, with the text
    /// that names the package and its version.</param>
    /// <param name="program">The files of the program and of the runtime.</param>
    /// <param name="ofProgram">The packages of the program by the names of their assemblies.</param>
    public StepAssemblies(
        IReadOnlyDictionary<string, string> packages, IReadOnlyList<string> program, IReadOnlyDictionary<string, string> ofProgram)
    {
        Set = new AssemblySet([.. packages.Keys, .. program], []);
        var names = new Dictionary<string, string>(ofProgram, StringComparer.OrdinalIgnoreCase);
        foreach (var (file, package) in packages)
        {
            names[Path.GetFileNameWithoutExtension(file)] = package;
        }

        _packages = names;
    }

    /// <summary>Gets the assemblies.</summary>
    public AssemblySet Set { get; }

    /// <summary>Returns the files of the packages of an environment.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="fileOf">Returns where a file of a package is on this machine.</param>
    /// <param name="ignored">The names of the assemblies that the runtime does not load, because its own are newer.</param>
    /// <returns>The file of each assembly, with the text that names its package.</returns>
    public static IReadOnlyDictionary<string, string> FilesOf(
        ResolvedEnvironment environment, Func<NuGetPackage, NuGetAsset, string> fileOf, IReadOnlyCollection<string> ignored)
        => environment.Libraries
            .SelectMany(package => package.Assets.Where(static asset => asset.Kind == NuGetAssetKind.Assembly)
                .Select(asset => (File: fileOf(package, asset), Package: $"{package.Id} {package.Version}")))
            .Where(each => !ignored.Contains(Path.GetFileNameWithoutExtension(each.File)))
            .DistinctBy(static each => each.File).ToDictionary(static each => each.File, static each => each.Package);

    /// <summary>Names the package of an assembly, with its version.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>The text, such as <c>Acme.Lib 2.0.0</c>.</returns>
    public string Describe(AssemblyFile assembly)
        => _packages.TryGetValue(assembly.Name, out var package) ? package : $"{assembly.Name} {assembly.Version}";

    /// <summary>Names the package of a type, with its version.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The text; for types of .NET, that of .NET.</returns>
    public string Describe(StoredType type) => type.Found.Assembly is { } assembly ? Describe(assembly) : ".NET";

    /// <inheritdoc/>
    public void Dispose() => Set.Dispose();
}
