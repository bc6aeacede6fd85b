using Metaflow.Environments.Tests;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages.Extension;

/// <summary>A folder in which our tool and Metaflow's extension work with one datastore, one channel and one index.</summary>
internal sealed class ExtensionPlace : IAsyncDisposable
{
    private readonly MicromambaStandIn _micromamba;
    private readonly string _index;

    public ExtensionPlace(RealWorld world)
    {
        PythonExtension.SkipWhereMissing();

        // The extension builds wheels in an environment with these packages. What it does with them is not looked at here.
        var own = new CondaChannel(Path.Combine(Place.Folder, "tools"));
        own.Add(SyntheticPackages.Nothing("uv", "0.8.0", []));
        own.Add(SyntheticPackages.Nothing("tomli", "2.0.1", []));
        own.WriteIndex();

        // It works only with a channel of this name.
        (string Url, string Folder)[] channels =
        [
            (Server.Mount("conda-forge", world.CondaFolder), world.CondaFolder), (Server.Mount("tools", own.Folder), own.Folder),
        ];
        _index = $"{Server.Mount("index", world.IndexFolder)}/{PackageIndex.Simple}/";
        Channel = channels[0].Url;
        _micromamba = new MicromambaStandIn(Place.Folder, channels);
        CondaLockStandIn.Write(Place.Folder);
        Place.Environment["METAFLOW_ENVIRONMENTS_FOLDER"] = OwnFolder;
        Place.Environment["METAFLOW_CONDA_CHANNELS"] = $"[\"{channels[0].Url}\", \"{channels[1].Url}\"]";
        Place.Environment["METAFLOW_CONDA_DEFAULT_PYPI_SOURCE"] = _index;
    }

    /// <summary>The folder of both.</summary>
    public Workplace Place { get; } = new();

    /// <summary>The server of the channel and the index.</summary>
    public LocalServer Server { get; } = LocalServer.Start();

    /// <summary>The channel with Python.</summary>
    public string Channel { get; }

    /// <summary>The folder of environments that the extension makes.</summary>
    public string Environments => _micromamba.Environments;

    /// <summary>The folder of packages that the extension fetches.</summary>
    public string Packages => _micromamba.Packages;

    private string OwnFolder => Path.Combine(Place.Folder, "own");

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Place.Folder, name), text);

    /// <summary>Runs a command of our tool.</summary>
    public Task<CommandOutcome> OursAsync(params string[] arguments) => Place.RunToolAsync(["environment", .. arguments]);

    /// <summary>Runs a command of the extension.</summary>
    public Task<string> TheirsAsync(params string[] arguments)
    {
        var variables = new Dictionary<string, string>
        {
            // Without this, it keeps nothing in a datastore that is a folder.
            ["METAFLOW_CONDA_TEST"] = "1",
            ["METAFLOW_CONDA_DEFAULT_PYPI_SOURCE"] = _index,

            // It builds wheels with tools from the index that pip takes by itself.
            ["PIP_CONFIG_FILE"] = "/dev/null",
            ["PIP_FIND_LINKS"] = "",
            ["PIP_INDEX_URL"] = _index,
            ["PYTHONNOUSERSITE"] = "1",
        };
        return PythonExtension.RunAsync(
            Place.Folder, variables, ["-m", "metaflow.cmd.main_cli", "environment", "--datastore", "local", .. arguments]);
    }

    /// <summary>Starts what solves for the extension, or skips the test with the reason.</summary>
    public void RequireSolver() => _micromamba.RequireSolver();

    /// <summary>Leaves nothing but the datastore: no servers, no list of environments, no packages.</summary>
    public async Task KeepDatastoreOnlyAsync()
    {
        await Server.StopAsync();
        File.Delete(Path.Combine(Place.Root, "conda_v2.cnd"));
        _micromamba.Clear();
        if (Directory.Exists(OwnFolder))
        {
            Directory.Delete(OwnFolder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _micromamba.DisposeAsync();
        await Server.DisposeAsync();
        Place.Dispose();
    }
}
