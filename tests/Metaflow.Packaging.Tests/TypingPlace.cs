namespace Metaflow.Packaging.Tests;

/// <summary>Has what the reader of a page has: a home that knows the machine's usual sources of packages, a folder to work in, and a folder
/// that stands for a clone of the repository.</summary>
public sealed class TypingPlace : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-typing-").FullName;

    /// <summary>Makes an empty home.</summary>
    /// <param name="packages">The packages, which lie in the clone as if they had been made there.</param>
    public TypingPlace(PackedPackages packages)
    {
        ArgumentNullException.ThrowIfNull(packages);
        Directory.CreateDirectory(Path.Combine(Home, ".local", "share"));
        Directory.CreateDirectory(Path.Combine(Clone, "artifacts"));
        Directory.CreateSymbolicLink(Path.Combine(Clone, "artifacts", "packages"), packages.Feed);
        var sources = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "NuGet", "NuGet.Config");
        if (File.Exists(sources))
        {
            File.Copy(sources, Path.Combine(Directory.CreateDirectory(Path.Combine(Home, ".nuget", "NuGet")).FullName, "NuGet.Config"));
        }
    }

    /// <summary>Gets the interpreter's path to Metaflow's Python client; empty where there is none.</summary>
    internal static string Python { get; } = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE") ?? "";

    internal string Clone => Path.Combine(_place, "clone");

    internal string Restored => Path.Combine(Home, ".nuget", "packages");

    private string Home => Path.Combine(_place, "home");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    /// <summary>Makes an empty folder for a page.</summary>
    internal string MakeFolder(string page)
        => Directory.CreateDirectory(Path.Combine(_place, "work", Path.GetFileNameWithoutExtension(page))).FullName;

    /// <summary>Types commands of a shell, or a program of Python.</summary>
    internal Task<DotnetCommand> TypeAsync(string language, string text, string folder)
    {
        // The packages were made once for all tests, by the same script.
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line.Split('#')[0].TrimEnd() != "bash eng/pack.sh");
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Home,
            ["DOTNET_CLI_HOME"] = Home,
            ["NUGET_PACKAGES"] = Restored,
            ["XDG_DATA_HOME"] = Path.Combine(Home, ".local", "share"),
            ["PATH"] = $"{Path.Combine(Home, ".dotnet", "tools")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["METAFLOW_USER"] = "ada",
            ["PYTHONPATH"] = Python,
        };
        var (program, argument) = language == "python" ? ("python3", "-c") : ("bash", "-ec");
        return DotnetCommand.RunProgramAsync(program, folder, environment, argument, string.Join('\n', lines));
    }
}
