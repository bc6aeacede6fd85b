using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace Metaflow.Packaging.Tests;

/// <summary>The home of somebody who has nothing: what commands keep, they keep in it, and it knows no more than where this machine has the
/// packages of others from.</summary>
internal sealed class EmptyHome
{
    private readonly Dictionary<string, string> _environment;

    /// <param name="place">The folder that the home is made in.</param>
    /// <param name="restored">The folder of restored packages; one of the home's own where it is <see langword="null"/>.</param>
    public EmptyHome(string place, string? restored = null)
    {
        Folder = Path.Combine(place, "home");
        Restored = restored ?? Path.Combine(Folder, ".nuget", "packages");
        var data = Directory.CreateDirectory(Path.Combine(Folder, ".local", "share")).FullName;
        var sources = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "NuGet", "NuGet.Config");
        Directory.CreateDirectory(Path.GetDirectoryName(Configuration)!);
        if (File.Exists(sources))
        {
            File.WriteAllBytes(Configuration, File.ReadAllBytes(sources));
        }

        _environment = new()
        {
            ["HOME"] = Folder,
            ["DOTNET_CLI_HOME"] = Folder,
            ["NUGET_PACKAGES"] = Restored,
            ["XDG_DATA_HOME"] = data,
            // A global tool is found there, and finds the runtime where it is not the system's.
            ["PATH"] = $"{Path.Combine(Folder, ".dotnet", "tools")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
            ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
            ["METAFLOW_USER"] = "ada",
        };
    }

    public string Folder { get; }

    /// <summary>Gets the folder of restored packages.</summary>
    public string Restored { get; }

    private string Configuration => Path.Combine(Folder, ".nuget", "NuGet", "NuGet.Config");

    /// <summary>Adds a folder of packages, as <c>dotnet nuget add source</c> does.</summary>
    public EmptyHome WithSource(string folder)
    {
        var configuration = File.Exists(Configuration)
            ? XElement.Load(Configuration) : new XElement("configuration", new XElement("packageSources"));
        configuration.Element("packageSources")!
            .Add(new XElement("add", new XAttribute("key", "metaflow"), new XAttribute("value", folder)));
        configuration.Save(Configuration);
        return this;
    }

    /// <summary>Sets a variable for the commands that are run from now on.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    public Task<DotnetCommand> RunAsync(string folder, string program, params string[] arguments)
        => DotnetCommand.RunProgramAsync(program, folder, _environment, arguments);

    /// <summary>Types lines into a shell, which stops at the first that fails.</summary>
    /// <returns>What they print.</returns>
    public async Task<string> TypeAsync(string folder, string lines)
    {
        var command = await RunAsync(folder, "bash", "-ec", lines);
        Assert.True(command.ExitCode == 0, $"'{lines}' ended with {command.ExitCode}:\n{command.Output}");
        return command.Output;
    }
}
