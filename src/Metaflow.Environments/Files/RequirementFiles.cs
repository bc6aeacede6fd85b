using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads the files that list packages, each by its format.</summary>
internal static class RequirementFiles
{
    private static readonly string[] ProjectExtensions = [".csproj", ".fsproj", ".vbproj"];

    /// <summary>Reads <c>requirements.txt</c>.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It cannot be read (MF71xx).</exception>
    public static FileRequirement ReadRequirements(string path) => RequirementsFile.Parse(InputFile.Read(path));

    /// <summary>Reads <c>environment.yml</c>.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It cannot be read (MF71xx).</exception>
    public static FileRequirement ReadYaml(string path) => EnvironmentYaml.Parse(InputFile.Read(path));

    /// <summary>Reads a project: <c>pyproject.toml</c>, <c>pylock.toml</c>, a project file of .NET, <c>Directory.Packages.props</c> or
    /// <c>packages.lock.json</c>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="framework">The framework that the program runs on, such as <c>net10.0</c>.</param>
    /// <param name="runtime">The runtime identifier, such as <c>linux-x64</c>; none by default.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It cannot be read (MF71xx).</exception>
    public static FileRequirement ReadProject(string path, string framework, string? runtime = null)
    {
        var file = InputFile.Read(path);
        var name = Path.GetFileName(path);
        if (ProjectExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase))
        {
            return ProjectFile.Parse(file, CentralVersions.PathFor(path) is { } central ? InputFile.Read(central) : null);
        }

        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".toml" when name.StartsWith(PylockToml.FileNameStart, StringComparison.OrdinalIgnoreCase) => PylockToml.Parse(file),
            ".toml" => ProjectToml.Parse(file),
            ".props" => CentralVersions.Parse(file),
            ".json" => LockFile.Parse(file, framework, runtime),
            _ => throw new ConfigurationException(
                ErrorCodes.InputMalformed,
                $"'{Shortened.Of(path)}' is no project.",
                $"The formats are pyproject.toml, pylock.toml, {string.Join(", ", ProjectExtensions)}, {CentralVersions.FileName} "
                + $"and {LockFile.FileName}.",
                "Name one of these, or give requirements.txt with -r and environment.yml with -f."),
        };
    }
}
