using Metaflow.Definition;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>What <c>dump</c> shows to people who know C#.</summary>
public sealed class CSharpDumpTests : IDisposable
{
    private readonly SampleStore _store = new()
    {
        Definition = SampleFlows.Empty with
        {
            Artifacts =
            [
                new ArtifactDefinition("sales", "Sales", "List<Sale>"), new ArtifactDefinition("best", "Best", "Sale"),
                new ArtifactDefinition("level", "Level", "Level"), new ArtifactDefinition("mean_units", "MeanUnits", "double?"),
            ],
        },
    };

    [Fact]
    public async Task Values_of_python_are_shown_with_types_of_csharp()
    {
        var application = new FakeApplication
        {
            Definition = SampleFlows.Empty with { FlowName = "TypesFlow" },
            Settings = new MetaflowSettings
            {
                User = "ada",
                Datastore = StoreAddress.Local(Path.Combine(AppContext.BaseDirectory, "Golden")),
            },
        };

        var dump = await CommandLineRun.OfAsync(application, "dump", "TypesFlow/1795306022407148", "--quiet", "--max-value-size", "4000");

        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        Expectation.Matches("dump-types-csharp", dump.Out);
    }

    [Theory]
    [InlineData("mean_units (double?, 21 bytes) = 304.6\n", "mean_units", 304.6)]
    [InlineData("ok (bool, 4 bytes) = true\n", "ok", true)]
    [InlineData("level (Level, 19 bytes) = High\n", "level", "High")]
    [InlineData("word (string, 20 bytes) = \"a \\\"b\\\"\"\n", "word", "a \"b\"")]
    [InlineData("none (object?, 4 bytes) = null\n", "none", null)]
    [InlineData("text (string, 23 bytes) =\n    │ one\n    │ two\n", "text", "one\ntwo\n")]
    public async Task A_value_follows_its_name_type_and_size(string line, string name, object? value)
        => Assert.Equal(line, await DumpAsync((name, value)));

    [Fact]
    public async Task Records_are_a_table_with_numbers_under_each_other()
    {
        var sales = Enumerable.Range(0, 22).Select(static i => (object?)Sale(i % 2 == 0 ? "north" : "south", i * 100)).ToList();

        var lines = (await DumpAsync(("sales", sales))).Split('\n');

        Assert.Matches(@"^sales \(List<Sale>, [\d.]+ (bytes|kB)\) =$", lines[0]);
        Assert.Equal("    region  units", lines[1]);
        Assert.Equal("    north       0", lines[2]);
        Assert.Equal("    south    1900", lines[21]);
        Assert.Equal("    … 2 more rows", lines[22]);
    }

    [Fact]
    public async Task A_record_shows_its_members_and_a_dictionary_its_keys()
        => Assert.Matches(
            "^best \\(Sale, .*\\) = { region = \"north\", units = 3 }\ncounts \\(Dictionary<string, int>, .*\\) = { \\[\"a b\"\\] = 1 }\n$",
            await DumpAsync(("best", Sale("north", 3)), ("counts", new Dictionary<string, int> { ["a b"] = 1 })));

    [Fact]
    public async Task A_matrix_has_its_rows()
        => Assert.Matches(
            "^m \\(double\\[,\\], .*\\) =\n    1   2.5\n    3  -400\n$", await DumpAsync(("m", new double[,] { { 1, 2.5 }, { 3, -400 } })));

    [Fact]
    public async Task A_long_array_is_cut_in_the_middle_with_the_number_of_what_is_left_out()
        => Assert.Matches(
            @"^losses \(double\[\], .*\) = \[0.5, 1.5, 2.5, .*, … 92 more …, 99.5\]" + "\n$",
            await DumpAsync(("losses", Enumerable.Range(0, 100).Select(static i => i + 0.5).ToArray())));

    [Fact]
    public async Task A_failure_shows_its_message_and_its_stack_trace_line_by_line()
    {
        var failure = new StepFailure(
            "System.InvalidOperationException", "No data.",
            "System.InvalidOperationException: No data.\n   at SalesFlow.Train() in sales.cs:line 7");

        Assert.Matches(
            "^failed \\(StepFailure, .*\\) = System.InvalidOperationException: No data.\n"
                + "    │    at SalesFlow.Train\\(\\) in sales.cs:line 7\n$",
            await DumpAsync(("failed", StepFailureEncoding.ToPython(failure))));
    }

    [Fact]
    public async Task A_value_that_is_too_large_says_how_to_see_it()
        => Assert.Equal(
            "x (str, 115 bytes): not shown; add '--max-value-size 115', or write it with '--file'\n",
            await DumpAsync(["--max-value-size", "50"], ("x", new string('x', 100))));

    [Fact]
    public async Task Tasks_of_a_foreach_are_called_by_their_items()
    {
        var run = await _store.AddRunAsync("7");
        await _store.AddForeachTaskAsync(run, "only", "12", 0, "north", ("x", 1));
        await _store.AddForeachTaskAsync(run, "only", "13", 1, "south", ("x", 2));

        var dump = await _store.ExecuteAsync("dump", "7/only");

        Assert.Equal(
            "EmptyFlow/7/only/12  only[0] \"north\"\nx (int, 5 bytes) = 1\n\n"
                + "EmptyFlow/7/only/13  only[1] \"south\"\nx (int, 5 bytes) = 2\n",
            dump.Out);
        Assert.Contains("\"item\": \"north\"", (await _store.ExecuteAsync("dump", "7/only[0]", "--json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_a_result_names_its_steps()
    {
        var run = await _store.AddRunAsync("7");
        await _store.AddTaskAsync(run, "first", "1", new Dictionary<string, object?>());

        var dump = await _store.ExecuteAsync("dump", "latest");

        Assert.Equal((1, ""), (dump.ExitCode, dump.Out));
        Assert.Contains("has no result yet. Its end step has no task. It has tasks of 'first'.", dump.Error, StringComparison.Ordinal);
        Assert.Contains("'dump 7/first'", dump.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_may_be_called_as_its_property_is()
    {
        await _store.AddTaskAsync(await _store.AddRunAsync("7"), "only", "1", new Dictionary<string, object?> { ["mean_units"] = 2.5 });

        Assert.Equal(
            "mean_units (double?, 21 bytes) = 2.5\n",
            (await _store.ExecuteAsync("dump", "7/only", "--include", "MeanUnits", "--quiet")).Out);
    }

    public void Dispose() => _store.Dispose();

    private static Dictionary<string, object?> Sale(string region, int units)
        => new() { ["region"] = region, ["units"] = units };

    private Task<string> DumpAsync(params (string Name, object? Value)[] artifacts) => DumpAsync([], artifacts);

    private async Task<string> DumpAsync(string[] options, params (string Name, object? Value)[] artifacts)
    {
        await _store.AddTaskAsync(
            await _store.AddRunAsync("7"), "only", "1", artifacts.ToDictionary(static entry => entry.Name, static entry => entry.Value));
        var dump = await _store.ExecuteAsync(["dump", "7/only", "--quiet", .. options]);
        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        return dump.Out;
    }
}
