using System.Globalization;
using System.Text.Json;
using Metaflow.Definition;
using Metaflow.Metadata;

namespace Metaflow.Cli.Tests;

/// <summary>How <c>runs</c> compares the runs of a sweep.</summary>
public sealed class RunsTests : IDisposable
{
    private readonly SampleStore _store = new()
    {
        Definition = SampleFlows.Empty with
        {
            Parameters = [SampleFlows.Parameter("alpha", typeof(double)), SampleFlows.Parameter("max_depth", typeof(int))],
            Artifacts = [new ArtifactDefinition("r2", "R2", "double"), new ArtifactDefinition("never", "Never", "double")],
        },
    };

    [Fact]
    public async Task Parameters_and_results_are_columns_and_sort_the_runs()
    {
        await AddSweepAsync();

        var runs = await _store.ExecuteAsync("runs", "--columns", "alpha,r2", "--sort", "-r2");

        Assert.Equal((0, ""), (runs.ExitCode, runs.Error));
        Assert.Equal(
            """
            RUN  STATE      alpha    r2
            2    succeeded   0.01  0.93
            1    succeeded    0.1  0.71
            3    succeeded      1  -0.2
            4    unknown       10

            """.ReplaceLineEndings("\n"),
            runs.Out);
    }

    [Theory]
    [InlineData("r2", "3 1 2 4")]
    [InlineData("-r2", "2 1 3 4")]
    [InlineData("R2", "3 1 2 4")]
    [InlineData("-alpha", "4 3 1 2")]
    [InlineData("-max-depth", "4 3 2 1")]
    [InlineData("started", "1 2 3 4")]
    [InlineData("end.r2", "3 1 2 4")]
    [InlineData("state", "1 2 3 4", "1 2 3")]
    public async Task Runs_are_sorted_by_any_column_and_those_without_a_value_come_last(string sort, string ids, string? first = null)
    {
        await AddSweepAsync();

        var sorted = await IdsAsync("--sort", sort);

        Assert.Equal((first ?? ids).Split(' ').Order(), sorted.Take((first ?? ids).Split(' ').Length).Order());
        if (first is null)
        {
            Assert.Equal(ids.Split(' '), sorted);
        }
    }

    [Theory]
    [InlineData("--tag wide", "3 1")]
    [InlineData("--tag wide --tag deep", "3")]
    [InlineData("--user bob", "5")]
    [InlineData("--state unknown", "4")]
    [InlineData("--state unknown --state succeeded --limit 2", "4 3")]
    [InlineData("--sort -r2 --limit 1", "2")]
    [InlineData("--all", "5 4 3 2 1")]
    [InlineData("--limit 2", "4 3")]
    public async Task Runs_are_chosen_by_tag_state_and_user(string options, string ids)
    {
        await AddSweepAsync();
        await AddAsync("5", 5, null, null, "bob");

        Assert.Equal(ids.Split(' '), await IdsAsync(options.Split(' ')));
    }

    [Theory]
    [InlineData("alhpa", "Did you mean 'alpha'?")]
    [InlineData("strated", "Did you mean 'started'?")]
    [InlineData("zzzzzz", "There are 'run', ")]
    public async Task A_column_that_no_run_has_is_told_with_the_nearest(string column, string remedy)
    {
        await AddSweepAsync();

        var runs = await _store.ExecuteAsync("runs", "--columns", "r2," + column);

        Assert.Equal((2, ""), (runs.ExitCode, runs.Out));
        Assert.Contains($"no run of the list has a parameter or a result '{column}'. {remedy}", runs.Error, StringComparison.Ordinal);
        Assert.Contains("[MF2004]", runs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_column_to_sort_by_is_an_error_of_that_option()
    {
        await AddSweepAsync();
        var runs = await _store.ExecuteAsync("runs", "--columns", "r2", "--sort", "-r3");
        Assert.Contains("Invalid value for '--sort': no run of the list has", runs.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sort", "", "it is empty.")]
    [InlineData("--sort", "-", "'-' names no column.")]
    [InlineData("--columns", "", "it is empty.")]
    [InlineData("--columns", ",", "',' names no column.")]
    public async Task An_option_that_names_no_column_is_a_usage_error(string option, string value, string why)
    {
        var runs = await _store.ExecuteAsync("runs", option, value);

        Assert.Equal((2, ""), (runs.ExitCode, runs.Out));
        Assert.Contains($"Invalid value for '{option}': {why}", runs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_called_like_a_usual_column_is_shown_by_the_step_that_has_it()
    {
        var run = await _store.AddRunAsync("1");
        await _store.AddTaskAsync(run, "_parameters", "0", new Dictionary<string, object?> { ["state"] = "given" });
        await _store.AddTaskAsync(run, "end", "1", new Dictionary<string, object?> { ["state"] = "result" });

        var runs = await _store.ExecuteAsync("runs", "--columns", "state,end.state,_parameters.state");

        Assert.Matches(@"^RUN  STATE +end\.state  _parameters\.state\n1    \w+ +result     given\n$", runs.Out);
    }

    [Fact]
    public async Task A_column_that_the_flow_declares_may_be_empty()
    {
        await AddSweepAsync();

        Assert.Equal(0, (await _store.ExecuteAsync("runs", "--columns", "never")).ExitCode);
    }

    [Fact]
    public async Task A_run_whose_record_is_damaged_is_listed_with_the_reason()
    {
        await AddAsync("1", 1, 0.5, null);
        await AddAsync("2", 1, 0.5, null);
        await File.WriteAllTextAsync(
            Path.Combine(_store.Root, SampleStore.Flow, "2", "_meta", "_self.json"), "{", TestContext.Current.CancellationToken);

        var table = await _store.ExecuteAsync("runs");
        var data = await _store.ExecuteAsync("runs", "--json");

        Assert.Equal((0, 0), (table.ExitCode, data.ExitCode));
        Assert.Matches("(?m)^2 +unknown ", table.Out);
        Assert.Matches("(?m)^1 +succeeded ", table.Out);
        Assert.Matches(@"^EmptyFlow/2: .*_self\.json.*\[MF5001\]\n$", table.Error);
        using var json = JsonDocument.Parse(data.Out);
        var run = json.RootElement.EnumerateArray().Single(static run => run.GetProperty("id").GetString() == "2");
        Assert.Equal("unknown", run.GetProperty("state").GetString());
        Assert.Contains("[MF5001]", run.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_with_several_tasks_shows_their_values()
    {
        var run = await AddAsync("1", 1, 0.5, null);
        await _store.AddForeachTaskAsync(run, "train", "2", 0, "a", ("loss", 0.25));
        await _store.AddForeachTaskAsync(run, "train", "3", 1, "b", ("loss", 0.5));

        var runs = await _store.ExecuteAsync("runs", "--columns", "train.loss", "--json");

        using var json = JsonDocument.Parse(runs.Out);
        Assert.Equal(
            [0.25, 0.5],
            json.RootElement[0].GetProperty("values").GetProperty("train.loss").EnumerateArray().Select(static item => item.GetDouble()));
    }

    [Fact]
    public async Task Programs_read_whole_numbers()
    {
        await AddAsync("1", 0.1, 0.123456789, null);

        var runs = await _store.ExecuteAsync("runs", "--columns", "r2,user", "--json");

        using var json = JsonDocument.Parse(runs.Out);
        Assert.Equal(0.123456789, json.RootElement[0].GetProperty("values").GetProperty("r2").GetDouble());
        Assert.Contains(" 0.123457\n", (await _store.ExecuteAsync("runs", "--columns", "r2")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shells_complete_columns_behind_those_that_were_typed()
    {
        Assert.Equal(["alpha,r2", "alpha,run"], await WordsAsync("--columns", "alpha,r"));
        Assert.Equal(["-alpha"], await WordsAsync("--sort", "-a"));
        Assert.Contains("cancelled", await WordsAsync("--state", ""));
    }

    [Fact]
    public async Task Tasks_that_were_cloned_are_told()
    {
        var run = await AddAsync("1", 1, 0.5, null);
        await _store.Metadata.RecordAsync(
            run, new Naming.TaskPath(SampleStore.Flow, "1", "end", "2"),
            [
                new("origin-run-id", "origin-run-id", "0", ["attempt_id:0"]),
                new("origin-task-id", "origin-task-id", "2", ["attempt_id:0"]),
                new("attempt_ok", "attempt_ok", "True", ["attempt_id:0"]),
            ],
            [], TestContext.Current.CancellationToken);

        Assert.Contains("1 done (1 cloned)", (await _store.ExecuteAsync("runs")).Out, StringComparison.Ordinal);
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(312128345.25, "312128345")]
    [InlineData(-999999.75, "-1000000")]
    [InlineData(123456.75, "123457")]
    [InlineData(0.00012345678, "0.000123457")]
    [InlineData(6.02214076e23, "6.02214E+23")]
    public async Task Amounts_of_millions_are_shown_in_digits(double value, string shown)
    {
        await AddAsync("1", 0.1, value, 2);

        var runs = await _store.ExecuteAsync("runs", "--columns", "r2");

        Assert.EndsWith($" {shown}\n", runs.Out, StringComparison.Ordinal);
    }

    private async Task AddSweepAsync()
    {
        await AddAsync("1", 0.1, 0.71, 2, "ada", "wide");
        await AddAsync("2", 0.01, 0.93, 3);
        await AddAsync("3", 1.0, -0.2, 4, "ada", "wide", "deep");
        await AddAsync("4", 10.0, null, 5);
    }

    private async Task<RunRecord> AddAsync(string id, double alpha, double? r2, int? depth, string user = "ada", params string[] tags)
    {
        var created = DateTimeOffset.UnixEpoch.AddHours(int.Parse(id, CultureInfo.InvariantCulture));
        var run = await _store.Metadata.RegisterRunAsync(
            new RunRecord(SampleStore.Flow, id, user, tags, ["runtime:dev", "user:" + user], created),
            TestContext.Current.CancellationToken);
        await _store.AddTaskAsync(run, "_parameters", "0", new Dictionary<string, object?> { ["alpha"] = alpha, ["max_depth"] = depth });
        if (r2 is not null)
        {
            await _store.AddTaskAsync(run, "end", "2", new Dictionary<string, object?> { ["r2"] = r2, ["_task_ok"] = true });
        }

        return run;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(params string[] options)
    {
        var runs = await _store.ExecuteAsync(["runs", "--json", .. options]);
        Assert.Equal((0, ""), (runs.ExitCode, runs.Error));
        using var json = JsonDocument.Parse(runs.Out);
        return [.. json.RootElement.EnumerateArray().Select(static run => run.GetProperty("id").GetString()!)];
    }

    private async Task<IEnumerable<string>> WordsAsync(params string[] words)
        => (await _store.ExecuteAsync(["complete", "--", "runs", .. words])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\t')[0]);
}
