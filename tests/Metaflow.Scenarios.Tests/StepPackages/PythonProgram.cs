using Metaflow.Python.Tests.Channels;
using Metaflow.Scenarios.Tests.Plugins;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>A flow whose steps run Python, in a place with nothing but what the test gives it: a channel of conda and an index of Python
/// packages on a server of its own.</summary>
internal sealed class PythonProgram : IAsyncDisposable
{
    private readonly PluggedProgram _program;

    public PythonProgram(RealWorld world, string source, params (string Name, string Text)[] scripts)
    {
        Channel = Server.Mount("conda", world.CondaFolder);
        Index = $"{Server.Mount("index", world.IndexFolder)}/{PackageIndex.Simple}/";
        Place.Environment["METAFLOW_ENVIRONMENTS_FOLDER"] = EnvironmentsFolder;
        Place.Environment["METAFLOW_CONDA_CHANNELS"] = $"[\"{Channel}\"]";
        Place.Environment["METAFLOW_CONDA_DEFAULT_PYPI_SOURCE"] = Index;

        // No Python, pip or conda of the machine may be of use.
        Place.Environment["PATH"] = Path.GetDirectoryName(DotnetPath())!;
        foreach (var (name, text) in scripts)
        {
            File.WriteAllText(Path.Combine(Place.Folder, name), text);
        }

        _program = new PluggedProgram(Directory.CreateDirectory(Path.Combine(Place.Folder, "program")).FullName)
            .Include("Metaflow.ObjectStorage", "Metaflow.Aws", "Metaflow.Azure", "Metaflow.Gcp")
            .Add("Pythons", source, "Metaflow.Aws", "Metaflow.Azure", "Metaflow.Gcp");
    }

    public Workplace Place { get; } = new();

    public LocalServer Server { get; } = LocalServer.Start();

    public string Channel { get; }

    public string Index { get; }

    public string EnvironmentsFolder => Path.Combine(Place.Folder, "environments");

    public Task<CommandOutcome> RunAsync(params string[] arguments) => _program.RunAsync(Place, arguments);

    public FlowProcess Start(params string[] arguments) => _program.Start(Place, arguments);

    /// <summary>Removes all that this machine has of packages and environments.</summary>
    public void RemoveCaches()
    {
        if (Directory.Exists(EnvironmentsFolder))
        {
            Directory.Delete(EnvironmentsFolder, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Place.Dispose();
    }

    private static string DotnetPath()
    {
        var path = Environment.ProcessPath!;
        return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
    }
}
