using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages.Examples;

/// <summary>The flows of the examples of Metaflow's extension, in C#, with a channel and an index that have what they ask for.</summary>
/// <remarks>The examples want Python 3.8 and 3.10, which the channel of tests does not have. 3.11 takes their place.</remarks>
internal sealed class ExampleProgram : IAsyncDisposable
{
    private const string Flows = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => Environment.GetEnvironmentVariable("EXAMPLE") switch
            {
                "conda" => FlowProgram.RunAsync<CondaTestFlow>(args),
                "pypi" => FlowProgram.RunAsync<CondaTestFlowPypi>(args),
                "base" => FlowProgram.RunAsync<CondaBaseFlow>(args),
                "mixed" => FlowProgram.RunAsync<MixedFlow>(args),
                "named" => FlowProgram.RunAsync<NamedEnvFlow>(args),
                "extended" => FlowProgram.RunAsync<ExtendedFlow>(args),
                "pathspec" => FlowProgram.RunAsync<PathspecFlow>(args),
                _ => FlowProgram.RunAsync<BuildInEnvExample>(args),
            };
        }

        public partial class CondaTestFlow : FlowSpec
        {
            [Step, Conda("pandas=1.4.0", Python = ">=3.11,<3.12"), PythonStep("show.py")]
            Transition Start() => Next(End);

            [Step, Conda("pandas=1.5.0", Python = ">=3.11,<3.12"), PythonStep("show.py")]
            void End() { }
        }

        public partial class CondaTestFlowPypi : FlowSpec
        {
            [Step, PyPI("pandas==2.1.4", Python = ">=3.11,<3.12"), PythonStep("show.py")]
            Transition Start() => Next(End);

            [Step, PyPI("pandas==2.2.2", Python = ">=3.11,<3.12"), PythonStep("show.py")]
            void End() { }
        }

        [Conda("numpy=1.21.5", Python = ">3.8,<3.12")]
        public partial class CondaBaseFlow : FlowSpec
        {
            [Step, PythonStep("show.py")]
            Transition Start() => Next(Other);

            [Step, Conda("numpy=1.21.6"), PythonStep("show.py")]
            Transition Other() => Next(End);

            [Step, Conda(Disabled = true)]
            void End() => Console.WriteLine($"end has '{Current.Environment.Python}'");
        }

        [Conda("numpy=1.26.4", Python = ">=3.11,<3.12")]
        public partial class MixedFlow : FlowSpec
        {
            [Step, PythonStep("show.py")]
            Transition Start() => Next(CondaStep, PypiStep);

            [Step, Conda("scipy=1.11.4"), PythonStep("show.py")]
            Transition CondaStep() => Next(Join);

            [Step, PyPI("requests==2.31.0"), PythonStep("show.py")]
            Transition PypiStep() => Next(Join);

            [Step]
            Transition Join(Inputs<MixedFlow> inputs) => Next(End);

            [Step]
            void End() => Console.WriteLine("done");
        }

        public partial class NamedEnvFlow : FlowSpec
        {
            [Step, NamedEnvironment("@{EXAMPLE_NAME}"), PythonStep("show.py")]
            Transition Start() => Next(End);

            [Step, NamedEnvironment("@{EXAMPLE_NAME}"), PythonStep("show.py")]
            async Task End()
            {
                if (Environment.GetEnvironmentVariable("EXAMPLE_TOOL") is { Length: > 0 } tool)
                {
                    await Current.Environment.RunAsync(tool, "-version");
                }
            }
        }

        public partial class ExtendedFlow : FlowSpec
        {
            [Step, NamedEnvironment("@{EXAMPLE_NAME}"), Conda("itsdangerous=2.1.2"), PythonStep("show.py")]
            Transition Start() => Next(End);

            [Step, Conda("pandas=1.5.0", Python = ">=3.11,<3.12"), PythonStep("show.py")]
            void End() { }
        }

        public partial class PathspecFlow : FlowSpec
        {
            [Step, NamedEnvironment(Pathspec = "CondaTestFlow/@{EXAMPLE_RUN}/end"), PythonStep("show.py")]
            Transition Start() => Next(End);

            [Step]
            void End() { }
        }

        public partial class BuildInEnvExample : FlowSpec
        {
            [Parameter(Default = 123)]
            public partial int MyVar { get; }

            [Step, Conda(Disabled = true)]
            Transition Start()
            {
                File.WriteAllText("built.txt", "itsdangerous==2.1.2");
                var name = $"mlp/metaflow/test/build_in_step_example/id_{Current.RunId}_{Current.RunId}_{MyVar}";
                using var tool = System.Diagnostics.Process.Start(
                    "dotnet",
                    [
                        "exec", Environment.GetEnvironmentVariable("EXAMPLE_METAFLOW")!, "environment", "resolve", "--alias", name,
                        "--requirement", "built.txt", "--python", "3.11.*",
                    ]);
                tool.WaitForExit();
                return tool.ExitCode == 0 ? Next(End) : throw new InvalidOperationException("It was not resolved.");
            }

            [Step, PythonStep("show.py", Outputs = ["found_version"])]
            [NamedEnvironment(
                "mlp/metaflow/test/build_in_step_example/id_@{METAFLOW_RUN_ID}_@{METAFLOW_RUN_ID_BASE}_@{METAFLOW_INIT_MY_VAR}",
                FetchAtExec = true)]
            void End() { }
        }
        """;

    private const string Show = """
        import importlib, os
        from metaflow_step import current

        for name in os.environ["EXAMPLE_MODULES"].split():
            try:
                module = importlib.import_module(name)
            except ModuleNotFoundError:
                print(current.step_name, "lacks", name)
            else:
                found_version = getattr(module, "__version__", getattr(module, "version", "no version"))
                print(current.step_name, "has", name, found_version)
        """;

    private readonly PythonProgram _program;

    /// <summary>Compiles the flows, and writes the packages.</summary>
    public ExampleProgram(RealWorld world)
    {
        _program = new PythonProgram(world, Flows, ("show.py", Show));
        var (folder, server) = (_program.Place.Folder, _program.Server);
        var channels = Path.Combine(folder, "channels");
        ExamplePackages.WriteChannel(Path.Combine(channels, "conda-forge"));
        var index = ExamplePackages.WriteIndex(Path.Combine(folder, "example-index"), world.IndexFolder);
        Place.Environment["METAFLOW_CONDA_CHANNEL_ALIAS"] = server.Mount("channels", channels);
        Place.Environment["METAFLOW_CONDA_CHANNELS"] = $"[\"conda-forge\", \"{_program.Channel}\"]";
        Place.Environment["METAFLOW_CONDA_DEFAULT_PYPI_SOURCE"] = $"{server.Mount("examples", index)}/{PackageIndex.Simple}/";
        Sources = new SourceServer(server, Path.Combine(folder, "sources"));
    }

    /// <summary>The folder of the flows.</summary>
    public Workplace Place => _program.Place;

    /// <summary>Sources of packages.</summary>
    public SourceServer Sources { get; }

    /// <summary>Makes the git of this machine a program of the flows, which otherwise have none.</summary>
    public void AllowGit()
    {
        var found = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(static folder => Path.Combine(folder, "git")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "This machine has no git.");
        var folder = Directory.CreateDirectory(Path.Combine(Place.Folder, "programs")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "git"), found!);
        Place.Environment["PATH"] += $"{Path.PathSeparator}{folder}";
    }

    /// <summary>Resolves the environment of a file, and gives it a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="fileName">The name of the file: it says its format.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="options">More options.</param>
    public async Task<CommandOutcome> ResolveAsync(string name, string fileName, string text, params string[] options)
    {
        await File.WriteAllTextAsync(Path.Combine(Place.Folder, fileName), text, TestContext.Current.CancellationToken);
        var option = fileName.EndsWith(".txt", StringComparison.Ordinal) ? "--requirement" : "--file";
        return await Place.RunToolAsync(["environment", "resolve", option, fileName, "--alias", name, .. options]);
    }

    /// <summary>Runs a flow that must succeed.</summary>
    /// <param name="flow">The flow's short name.</param>
    /// <param name="modules">The modules that its Python files try to import.</param>
    /// <param name="variables">More variables.</param>
    /// <returns>Its output.</returns>
    public async Task<string> RunAsync(string flow, string modules, params (string Name, string Value)[] variables)
    {
        (Place.Environment["EXAMPLE"], Place.Environment["EXAMPLE_MODULES"]) = (flow, modules);
        foreach (var (name, value) in variables)
        {
            Place.Environment[name] = value;
        }

        return (await _program.RunAsync("run")).Succeeded().Output;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
