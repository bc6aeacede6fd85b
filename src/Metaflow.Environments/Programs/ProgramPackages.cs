using System.Text.Json;

namespace Metaflow.Environments.Programs;

/// <summary>The libraries of a program by its <c>.deps.json</c>.</summary>
internal static class ProgramPackages
{
    /// <summary>Reads the libraries of a program.</summary>
    /// <param name="dependencies">The content of the file.</param>
    /// <returns>The libraries: packages, and the assemblies of projects.</returns>
    /// <exception cref="InvalidDataException">The file is not what the SDK writes.</exception>
    public static IReadOnlyList<ProgramLibrary> Read(JsonElement dependencies)
    {
        var target = dependencies.GetProperty("targets").GetProperty(TargetNameOf(dependencies));
        var libraries = dependencies.GetProperty("libraries");
        return
        [
            .. target.EnumerateObject().Select(entry =>
            {
                var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
                return new ProgramLibrary(entry.Name[..slash], entry.Name[(slash + 1)..], entry.Value)
                {
                    IsPackage = libraries.GetProperty(entry.Name).GetProperty("type").GetString() == "package",
                };
            }),
        ];
    }

    /// <summary>Returns the name of the framework and the system that the program was built for.</summary>
    /// <param name="dependencies">The content of the file.</param>
    /// <returns>The name, such as <c>.NETCoreApp,Version=v10.0</c>.</returns>
    public static string TargetNameOf(JsonElement dependencies)
        => dependencies.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
}

/// <summary>A library of a program.</summary>
/// <param name="Name">The identifier of the package, or the name of the project.</param>
/// <param name="Version">The version that the program was compiled with.</param>
/// <param name="Content">What the file says of it.</param>
internal sealed record ProgramLibrary(string Name, string Version, JsonElement Content)
{
    /// <summary>Gets a value indicating whether it is a package. The default is <see langword="false"/>: a project.</summary>
    public bool IsPackage { get; init; }
}
