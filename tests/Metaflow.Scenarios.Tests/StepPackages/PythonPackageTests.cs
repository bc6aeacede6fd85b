using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Python.Tests.Channels;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Packages of the Python package index and tools of conda, which steps start themselves.</summary>
public sealed class PythonPackageTests(PythonWorld world, MotoServer moto, AzuriteServer azurite, GoogleEmulator google)
{
    private const string Shop = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<ShopFlow>(args);
        }

        public partial class ShopFlow : FlowSpec
        {
            [Parameter(Default = 1)]
            public partial int Size { get; }

            public partial string Greeting { get; set; }

            [Step, PyPI("cheese-shop[blue]", "from-source", Python = "3.11")]
            async Task<Transition> Start()
            {
                await Current.Environment.RunPythonAsync("shop.py", "--with", "a b");
                Greeting = (await Current.Environment.RunAsync("from-source")).Output.Trim();
                return Next(Both);
            }

            [Step, Conda("pandas=1.5.*", Python = "3.11"), PyPI("cheese-shop")]
            async Task<Transition> Both()
            {
                await Current.Environment.RunPythonAsync("shop.py");
                var failed = await Current.Environment.RunPythonAsync(
                    "shop.py", ["--fail"], new ProgramOptions { AllowsFailure = true, IsQuiet = true });
                Console.WriteLine($"ended with {failed.ExitCode}");
                return Next(End);
            }

            [Step]
            void End() => Console.WriteLine(Greeting);
        }
        """;

    private const string Wrong = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<WrongFlow>(args);
        }

        public partial class WrongFlow : FlowSpec
        {
            [Parameter(Default = "tool")]
            public partial string Which { get; }

            [Step]
            Transition Start() => Next(Python, Tools);

            [Step, PyPI(Python = "3.11")]
            async Task<Transition> Python()
            {
                if (Which == "exits")
                {
                    await Current.Environment.RunPythonAsync("exits.py");
                }
                else if (Which == "without_script")
                {
                    await Current.Environment.RunPythonAsync("nowhere.py");
                }

                return Next(Meet);
            }

            [Step, CondaTools("ffmpeg")]
            async Task<Transition> Tools()
            {
                if (Which == "without_python")
                {
                    await Current.Environment.RunPythonAsync("exits.py");
                }
                else if (Which == "without_program")
                {
                    await Current.Environment.RunAsync("no-such-program");
                }
                else if (Which == "tool")
                {
                    await Current.Environment.RunAsync("ffmpeg", "-version");
                    using var child = System.Diagnostics.Process.Start("ffmpeg", "-version");
                    await child.WaitForExitAsync();
                    Console.WriteLine($"by its name: {child.ExitCode}");
                }

                return Next(Meet);
            }

            [Step]
            Transition Meet(Inputs<WrongFlow> inputs) => Next(End);

            [Step]
            void End()
            {
            }
        }
        """;

    private const string Script = """
        import importlib.metadata as metadata
        import importlib.util
        import sys

        print("arguments", sys.argv[1:])
        print("packages", *sorted(d.name + "=" + d.version for d in metadata.distributions() if d.name != "pip"))
        print("pandas", importlib.util.find_spec("pandas") is not None)
        if "--fail" in sys.argv:
            sys.exit(3)
        """;

    [Fact]
    public async Task Wheels_and_built_sources_are_locked_and_come_back_from_the_datastore()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Shop, ("shop.py", Script));

        var first = (await program.RunAsync("run")).Succeeded();
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        var repeated = (await program.RunAsync("run")).Succeeded();

        Assert.All([first, repeated], run =>
        {
            Assert.Contains("arguments ['--with', 'a b']", run.Output, StringComparison.Ordinal);
            Assert.Contains("Cheese.Shop=2.0", run.Output, StringComparison.Ordinal);
            Assert.Contains("from-source 0.1", run.Output, StringComparison.Ordinal);
            Assert.Contains("pandas True", run.Output, StringComparison.Ordinal);
            Assert.Contains("pandas False", run.Output, StringComparison.Ordinal);
            Assert.Contains("ended with 3", run.Output, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("aws")]
    [InlineData("azure")]
    [InlineData("google")]
    public async Task A_machine_that_knows_nothing_repeats_a_run_from_the_cloud_alone(string name)
    {
        var cloud = RunCloud.Of(name, moto, azurite, google);
        var server = await cloud.ServerAsync();
        await using var program = new PythonProgram(await world.RequireAsync(), Shop, ("shop.py", Script));
        foreach (var (variable, value) in cloud.VariablesOf(server, await cloud.CreatePlaceAsync(server)))
        {
            program.Place.Environment[variable] = value;
        }

        var first = (await program.RunAsync("run")).Succeeded();
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        Directory.Delete(program.Place.Root, recursive: true);
        var repeated = (await program.RunAsync("run")).Succeeded();

        Assert.Contains("Cheese.Shop=2.0", first.Output, StringComparison.Ordinal);
        Assert.Contains("Cheese.Shop=2.0", repeated.Output, StringComparison.Ordinal);
        Assert.Contains("from-source 0.1", repeated.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(program.Place.Folder, "conda_env")), "Nothing of it is in files.");
    }

    [Fact]
    public async Task What_cannot_be_found_is_explained_before_the_run()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), Shop.Replace("pandas=1.5.*", "pandsa", StringComparison.Ordinal), ("shop.py", Script));

        var mistyped = await program.RunAsync("run", "--size", "many");
        var run = await program.RunAsync("run");

        Assert.Contains("'--size'", mistyped.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Looking for the packages", mistyped.All, StringComparison.Ordinal);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("pandsa", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'pandas'", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Task is starting", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_step_cannot_run_is_named()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), Wrong, ("exits.py", "import sys\nprint('about to end')\nsys.exit('too bad')\n"));

        foreach (var (step, code, text) in ((string, string, string)[])
        [
            ("exits", ErrorCodes.ProgramFailed, "too bad"),
            ("without_python", ErrorCodes.NoPythonInEnvironment, "[PyPI(Python ="),
            ("without_script", ErrorCodes.ScriptMissing, "nowhere.py"),
            ("without_program", ErrorCodes.ProgramMissing, "no-such-program"),
        ])
        {
            var run = await program.RunAsync("run", "--which", step);

            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains(code, run.All, StringComparison.Ordinal);
            Assert.Contains(text, run.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tools_of_conda_need_no_Python_and_are_found_by_their_names()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Wrong, ("exits.py", ""));

        var run = (await program.RunAsync("run", "--which", "tool")).Succeeded();
        var again = (await program.RunAsync("run", "--which", "tool")).Succeeded();
        program.Place.Environment["CONDA_OVERRIDE_GLIBC"] = "2.99";
        var elsewhere = (await program.RunAsync("run", "--which", "tool")).Succeeded();

        Assert.Contains("ffmpeg", run.Output, StringComparison.Ordinal);
        Assert.Contains("by its name: 0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Looking for the packages", again.All, StringComparison.Ordinal);
        Assert.Contains("Looking for the packages", elsewhere.All, StringComparison.Ordinal);
    }
}
