using Metaflow.Errors;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Steps of a C# flow that run Python from environments of conda and of the Python package index.</summary>
public sealed class PythonStepTests(PythonWorld world)
{
    private const string Statistics = """
        import numpy
        import pandas
        from metaflow_step import current

        frame = pandas.DataFrame({"value": values})
        mean = float(frame["value"].mean())
        versions = versions + [pandas.__version__]
        summary = {"count": int(frame["value"].count()), "largest": numpy.float64(frame["value"].max())}
        print("in", current.step_name, "with pandas", pandas.__version__)
        """;

    private const string TwoVersions = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<PandasFlow>(args);
        }

        public partial class PandasFlow : FlowSpec
        {
            public partial List<double> Values { get; set; }

            public partial List<string> Versions { get; set; }

            public partial double Mean { get; set; }

            [Step]
            Transition Start()
            {
                Values = [1, 2, 6];
                Versions = [];
                return Next(Former);
            }

            [Step, Conda("pandas=1.5.*", Python = "3.11")]
            [PythonStep("statistics.py", Inputs = ["Values", "Versions"], Outputs = ["Mean", "Versions", "summary"])]
            Transition Former()
            {
                Console.WriteLine($"former mean {Mean}");
                return Next(Latter);
            }

            [Step, Conda("pandas>=2", Python = "3.13")]
            [PythonStep("statistics.py", Inputs = ["Values", "Versions"], Outputs = ["Mean", "Versions"])]
            Transition Latter() => Next(End);

            [Step]
            void End() => Console.WriteLine($"mean {Mean} with {string.Join(" and ", Versions)}, {Current.Environment.Prefix ?? "nothing"}");
        }
        """;

    private const string Values = """
        using System.Buffers;
        using System.Text;
        using Metaflow.Plugins;
        using Metaflow.Serialization;

        [assembly: MetaflowPlugin(typeof(SpotPlugin))]

        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<ValuesFlow>(args);
        }

        public sealed record Spot(string Name);

        public sealed class SpotEncoding : IArtifactEncoding
        {
            public string Name => "spot";

            public bool CanWrite(object value, Type declaredType) => value is Spot;

            public ReadOnlySequence<byte> Write(object value, Type declaredType) => new(Encoding.UTF8.GetBytes(((Spot)value).Name));

            public object? Read(ReadOnlyMemory<byte> payload, Type type) => new Spot(Encoding.UTF8.GetString(payload.Span));
        }

        public sealed class SpotPlugin : IMetaflowPlugin
        {
            public static void Register(PluginRegistry registry) => registry.Add<IArtifactEncoding>("spot", new SpotEncoding());
        }

        public partial class ValuesFlow : FlowSpec
        {
            [Parameter(Default = 1)]
            public partial int Which { get; }

            public partial int Number { get; set; }

            public partial Spot Place { get; set; }

            [Step]
            Transition Start()
            {
                Place = new Spot("here");
                return Which == 1 ? Next(Sets) : Next(Reads);
            }

            [Step, PyPI(Python = "3.11"), PythonStep("values.py", Outputs = ["Number"])]
            Transition Sets() => Next(End);

            [Step, PyPI(Python = "3.11"), PythonStep("reads.py", Inputs = ["Place"])]
            Transition Reads() => Next(End);

            [Step]
            void End()
            {
            }
        }
        """;

    [Fact]
    public async Task Two_steps_run_two_versions_of_pandas_and_the_datastore_alone_repeats_them()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), TwoVersions, ("statistics.py", Statistics));

        var first = (await program.RunAsync("run")).Succeeded();
        var before = EnvironmentsOf(program);
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        var repeated = (await program.RunAsync("run")).Succeeded();

        Assert.All([first, repeated], run =>
        {
            Assert.Contains("in former with pandas 1.5.3", run.Output, StringComparison.Ordinal);
            Assert.Contains("in latter with pandas 2.", run.Output, StringComparison.Ordinal);
            Assert.Contains("mean 3 with 1.5.3 and 2.", run.Output, StringComparison.Ordinal);
            Assert.Contains(", nothing", run.Output, StringComparison.Ordinal);
        });
        Assert.Equal(2, before.Count);
        Assert.Equal(before, EnvironmentsOf(program));
        var summary = Assert.IsType<Dictionary<object, object?>>(
            program.Place.Client().Flow("PandasFlow").LatestRun!.Step("former").Task!.Data["summary"]);
        Assert.Equal((3L, 6.0), (summary["count"], summary["largest"]));
    }

    [Fact]
    public async Task The_sample_computes_the_same_medians_with_both_versions_of_pandas()
    {
        var samples = Path.Combine(SourceFolder(), "samples");
        var lines = await File.ReadAllLinesAsync(Path.Combine(samples, "pandas-versions.cs"), TestContext.Current.CancellationToken);
        var start = Array.Find(lines, static line => line.StartsWith("return await ", StringComparison.Ordinal))!;
        var source = $$"""
            {{string.Join('\n', lines.Where(line => !line.StartsWith('#') && line != start))}}

            public static class Program
            {
                public static async Task<int> Main(string[] args)
                {
                    {{start}}
                }
            }
            """;
        await using var program = new PythonProgram(
            await world.RequireAsync(), source, ("statistics.py", await File.ReadAllTextAsync(
                Path.Combine(samples, "statistics.py"), TestContext.Current.CancellationToken)));
        Directory.CreateDirectory(Path.Combine(program.Place.Folder, "data"));
        File.Copy(Path.Combine(samples, "data", "movies.csv"), Path.Combine(program.Place.Folder, "data", "movies.csv"));

        var run = (await program.RunAsync("run", "--movie-data", "data/movies.csv")).Succeeded();

        Assert.Contains("Adventure       68,894,777", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"pandas 1\.5\.\d and 2\.[\d.]+ agree", run.Output);
    }

    private static string SourceFolder()
        => AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("tests/Metaflow.Scenarios.Tests", StringComparison.Ordinal)];

    [Fact]
    public async Task A_script_that_raises_is_the_failure_of_its_task_with_the_traceback_and_resume_continues_there()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), TwoVersions, ("statistics.py", Statistics + "\nraise KeyError(f'no {len(values)}')\n"));

        var failed = await program.RunAsync("run");
        await File.WriteAllTextAsync(
            Path.Combine(program.Place.Folder, "statistics.py"), Statistics, TestContext.Current.CancellationToken);
        var resumed = (await program.RunAsync("resume")).Succeeded();

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("MF3054", failed.All, StringComparison.Ordinal);
        Assert.Contains("raised KeyError: 'no 3'", failed.All, StringComparison.Ordinal);
        Assert.Contains("statistics.py\", line ", failed.All, StringComparison.Ordinal);
        Assert.DoesNotContain("metaflow_step.py\", line", failed.All, StringComparison.Ordinal);
        Assert.Contains("mean 3 with", resumed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_or_that_Python_cannot_read_is_named()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), Values, ("values.py", "number = 'many'\n"), ("reads.py", "print(place)\n"));

        var unfit = await program.RunAsync("run", "--which", "1");
        var unreadable = await program.RunAsync("run", "--which", "2");

        Assert.Contains(ErrorCodes.PythonValueUnreadable, unfit.All, StringComparison.Ordinal);
        Assert.Contains("'number'", unfit.All, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.ValueNotForPython, unreadable.All, StringComparison.Ordinal);
        Assert.Contains("'place'", unreadable.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_content_of_the_file_is_code_of_the_step()
    {
        await using var program = new PythonProgram(
            await world.RequireAsync(), TwoVersions, ("statistics.py", Statistics));
        (await program.RunAsync("run")).Succeeded();

        var same = (await program.RunAsync("run", "--cache", "--explain")).Succeeded();
        await File.WriteAllTextAsync(
            Path.Combine(program.Place.Folder, "statistics.py"), Statistics + "\nmean = mean + 1\n", TestContext.Current.CancellationToken);
        var changed = (await program.RunAsync("run", "--cache")).Succeeded();

        Assert.False(same.Output.Contains("in former with pandas", StringComparison.Ordinal), same.All);
        Assert.Contains("in former with pandas", changed.Output, StringComparison.Ordinal);
        Assert.Contains("mean 4 with", changed.Output, StringComparison.Ordinal);
    }

    private static List<string> EnvironmentsOf(PythonProgram program)
        => [
            .. program.Place.Client().Flow("PandasFlow").LatestRun!.Steps.SelectMany(static step => step.Tasks)
                .Select(static task => task.MetadataDictionary.GetValueOrDefault("conda_env_id"))
                .OfType<string>().Distinct().Order(StringComparer.Ordinal),
        ];
}
