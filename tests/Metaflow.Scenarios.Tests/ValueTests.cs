using System.Globalization;
using System.Text.RegularExpressions;

namespace Metaflow.Scenarios.Tests;

public sealed partial class ValueTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Output_appears_while_the_task_runs_and_as_it_was_written()
    {
        using var process = _place.Start("OutputFlow", "run");
        var outcome = (await process.EndAsync()).Succeeded();
        foreach (var text in new[]
        {
            "]     indented with *stars*", "[MFLOG|0|not really", "zwölf Boxkämpfer 🥊", "to the error stream", "stdin: closed",
            "no newline at the end",
        })
        {
            Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
        }

        var half = process.Lines.Single(line => line.Line.EndsWith(" half a line", StringComparison.Ordinal));
        var rest = process.Lines.Single(line => line.Line.EndsWith("  and the rest", StringComparison.Ordinal));
        Assert.True(rest.At - half.At > TimeSpan.FromMilliseconds(200), "an open line is shown before its rest is written");
    }

    [Fact]
    public async Task The_stored_log_keeps_each_line_whole_with_the_time_of_its_emission()
    {
        var run = await _place.SucceedAsync("OutputFlow");
        var task = run.Step("start").Task!;
        Assert.StartsWith(
            "half a line and the rest\n    indented with *stars*\n[MFLOG|0|not really\nzwölf Boxkämpfer 🥊\nburst 0\n",
            task.Stdout,
            StringComparison.Ordinal);
        Assert.Equal("to the error stream\n", task.Stderr);
        var bursts = task.LogLines(Metaflow.Logs.LogKind.Stdout)
            .Where(line => line.Text.StartsWith("burst", StringComparison.Ordinal)).ToList();
        Assert.True(bursts[^1].At - bursts[0].At < TimeSpan.FromMilliseconds(200), "lines written at once carry one time");
        Assert.Equal("no newline at the end\n", run.Step("end").Task!.Stdout);
    }

    [Fact]
    public async Task The_lines_of_a_run_have_the_shapes_of_the_reference()
    {
        var outcome = (await _place.RunAsync("ForeachFlow", "run", "--count", "2")).Succeeded();
        var lines = outcome.Output.TrimEnd('\n').Split('\n').Select(line => Varying().Replace(line, "")).ToList();
        Assert.Equal("Workflow starting (run-id R):", Regex.Replace(lines[0], @"\d{16}", "R"));
        Assert.Equal("[start/1] Task is starting.", lines[1]);
        Assert.Contains("[start/1] Foreach yields 2 child steps.", lines);
        Assert.Contains("[work/2] Task finished successfully.", lines);
        Assert.Equal("Done!", lines[^1]);
        Assert.All(
            outcome.Output.TrimEnd('\n').Split('\n'),
            line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\[\d{16}/\w+/\d+ \(pid \d+\)\] )?\S", line));
    }

    [Fact]
    public async Task Artifacts_are_kept_changed_in_place_and_passed_on()
    {
        var outcome = (await _place.RunAsync("ArtifactsFlow", "run")).Succeeded();
        Assert.Contains("1,2 6 2.5 3 DeepBlue 1.10 null", outcome.Output, StringComparison.Ordinal);
        var run = _place.Client().Flow("ArtifactsFlow").LatestRun!;
        var (start, middle) = (run.Step("start").Task!, run.Step("middle").Task!);
        foreach (var same in new[] { "only_read", "untouched", "nested", "renamed_one" })
        {
            Assert.Equal(start.Artifact(same).Sha, middle.Artifact(same).Sha);
        }

        Assert.NotEqual(start.Artifact("changed").Sha, middle.Artifact("changed").Sha);
        Assert.Equal("[\"changed\", \"only_read\"]", middle.MetadataDictionary["read-artifacts"]);
    }

    [Fact]
    public async Task Parameters_of_every_type_come_from_options_the_environment_and_defaults()
    {
        var file = Path.Combine(_place.Folder, "note.txt");
        File.WriteAllText(file, "the file's text");
        _place.Environment["METAFLOW_RUN_WHOLE"] = "-7";
        _place.Environment["METAFLOW_RUN_REAL"] = "0.125";
        var outcome = await _place.RunAsync(
            "ParametersFlow", "run", "--text", "given", "--flag=yes", "--real", "1e-3", "--colour", "deepblue", "--tuning",
            """{"rate": 2, "max_depth": 9}""", "--file", "note.txt");
        outcome.Succeeded();
        Assert.Contains(
            "True -7 5000000000 0.001 9.99 given DeepBlue 2026-11-22 2026-11-22T01:02:03.0000000+02:00 00:01:30 2/9 computed "
                + "null the file's text", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--text a --whole 1.5", "--whole")]
    [InlineData("--text a --colour green", "Red")]
    [InlineData("--text a --file missing.txt", "missing.txt")]
    [InlineData("--whole 1", "--text")]
    [InlineData("--text a --wole 1", "--whole")]
    public async Task A_wrong_parameter_is_a_usage_error_that_names_it_and_starts_no_run(string arguments, string named)
    {
        var outcome = await _place.RunAsync("ParametersFlow", ["run", .. arguments.Split(' ')]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(named, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("MF20", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, "ParametersFlow")));
    }

    [Theory]
    [InlineData("unstorable", "MF41", "anything[1]")]
    [InlineData("unset", "MF3004", "'late'")]
    public async Task An_artifact_that_cannot_be_stored_or_was_never_set_fails_its_task_with_its_name(string way, string code, string named)
    {
        var outcome = await _place.RunAsync("WrongArtifactFlow", "run", "--way", way);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(code, outcome.Output, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Metaflow", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_process_loads_neither_the_parser_nor_the_console_library()
    {
        var outcome = (await _place.RunAsync("LoadedFlow", "run")).Succeeded();
        var loaded = Assert.Single(outcome.Output.Split('\n'), line => line.Contains("] loaded: ", StringComparison.Ordinal)).Split(' ');
        Assert.Contains("Metaflow.Core", loaded);
        Assert.DoesNotContain("System.CommandLine", loaded);
        Assert.DoesNotContain("Spectre.Console", loaded);
        Assert.DoesNotContain("YamlDotNet", loaded);
    }

    [Fact]
    public async Task Two_runs_at_once_in_one_folder_do_not_disturb_each_other()
    {
        var both = await Task.WhenAll(
            _place.RunAsync("ForeachFlow", "run", "--count", "6"), _place.RunAsync("ForeachFlow", "run", "--count", "6"));
        Assert.All(both, outcome => outcome.Succeeded());
        var runs = _place.Client().Flow("ForeachFlow").Runs();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run => Assert.Equal([0, 1, 4, 9, 16, 25], run.Data.Get<List<int>>("squares")));
    }

    [Fact]
    public async Task Tags_the_runs_id_and_another_root_are_given_by_options()
    {
        var other = Path.Combine(_place.Folder, "elsewhere");
        var outcome = await _place.RunAsync(
            "LinearFlow", "--datastore-root", other, "run", "--tag", "one", "--tag", "two", "--run-id-file", "id.txt");
        outcome.Succeeded();
        Assert.False(Directory.Exists(_place.Root));
        _place.Environment["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = other;
        var run = _place.Client().Flow("LinearFlow").LatestRun!;
        Assert.Equal(["one", "two"], run.UserTags.Order());
        Assert.Equal(run.Id, File.ReadAllText(Path.Combine(_place.Folder, "id.txt")));
        Assert.True(long.Parse(run.Id, CultureInfo.InvariantCulture) > 0);
    }

    [GeneratedRegex(@"^\S+ \S+ |\d{16}/|(?<=/\d+) \(pid \d+\)")]
    private static partial Regex Varying();
}
