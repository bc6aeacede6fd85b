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

    /// <summary>Reads <c>environment.yml</c> or <c>conda-lock.yml</c>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="architecture">The kind of machine, such as <c>linux-64</c>.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It cannot be read (MF71xx).</exception>
    public static FileRequirement ReadYaml(string path, string architecture)
    {
        var file = InputFile.Read(path);
        return CondaLockFile.IsName(Path.GetFileName(path)) ? CondaLockFile.Parse(file, architecture) : EnvironmentYaml.Parse(file);
    }

    /// <summary>Reads a project: <c>pyproject.toml</c>, a lock file of Python, conda or pixi, a project file of .NET,
    /// <c>Directory.Packages.props</c> or <c>packages.lock.json</c>.</summary>
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
            ".lock" when name.Equals(UvLock.FileName, StringComparison.OrdinalIgnoreCase) => UvLock.Parse(file),
            ".lock" when name.Equals(PixiLock.FileName, StringComparison.OrdinalIgnoreCase) => PixiLock.Parse(file, MachineOf(runtime)),
            ".yml" or ".yaml" when CondaLockFile.IsName(name) => CondaLockFile.Parse(file, MachineOf(runtime)),
            _ => throw new ConfigurationException(
                ErrorCodes.InputMalformed,
                $"'{Shortened.Of(path)}' is no project.",
                $"The formats are pyproject.toml, pylock.toml, {UvLock.FileName}, {PixiLock.FileName}, conda-lock.yml, "
                + $"{string.Join(", ", ProjectExtensions)}, {CentralVersions.FileName} and {LockFile.FileName}.",
                "Name one of these, or give requirements.txt with -r and environment.yml with -f."),
        };
    }

    private static string MachineOf(string? runtime) => runtime is null ? MachineKinds.OfThisMachine : MachineKinds.OfRuntime(runtime);
}
