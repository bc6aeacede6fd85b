using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>The runs in <c>Golden</c> were written by the reference.</summary>
public sealed class DumpAndLogsTests
{
    private const string FailedRun = "1795306036707329";
    private const string TypesRun = "1795306022407148";

    [Fact]
    public async Task Dump_prints_artifacts_with_size_type_and_value()
    {
        var dump = await DumpAsync("FailFlow", FailedRun + "/start");

        Assert.Equal(0, dump.ExitCode);
        Assert.EndsWith($"Dumping output of run_id={FailedRun} step=start task_id=1\n", dump.Error, StringComparison.Ordinal);
        Assert.Equal(
            "name [size: 23 type: <class 'str'>] = 'FailFlow'\nok [size: 4 type: <class 'bool'>] = False\n"
                + "token [size: 22 type: <class 'list'>] = [1, 2, 3]\n",
            dump.Out);
    }

    [Fact]
    public async Task Values_are_shown_as_python_shows_them()
    {
        var dump = await DumpAsync("TypesFlow", $"TypesFlow/{TypesRun}/end", "--quiet", "--max-value-size", "4000");

        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        Expectation.Matches("dump-types", dump.Out);
    }

    [Fact]
    public async Task An_artifact_that_cannot_be_read_does_not_hide_the_others()
    {
        // The blob of 'many' is not among the golden files.
        var dump = await DumpAsync("TypesFlow", $"{TypesRun}/end", "--max-value-size", "100000", "--include", "lst,many,none");

        Assert.Equal(1, dump.ExitCode);
        Assert.Matches("= \\[1, .*\nmany .* = < cannot be read: .* \\[MF4002\\] >\nnone .* = None\n", dump.Out);
    }

    [Fact]
    public async Task Large_values_are_left_out_and_artifacts_can_be_chosen()
    {
        var small = await DumpAsync("FailFlow", FailedRun + "/start/1", "--max-value-size", "10", "--include", "ok,token");
        var none = await DumpAsync("FailFlow", FailedRun + "/start/1", "--max-value-size", "0", "--include", "ok");

        Assert.Equal(
            "ok [size: 4 type: <class 'bool'>] = False\ntoken [size: 22 type: <class 'list'>] = < artifact too large >\n", small.Out);
        Assert.Equal("ok [size: 4 type: <class 'bool'>] = < artifact too large >\n", none.Out);
    }

    [Fact]
    public async Task The_frameworks_own_artifacts_are_shown_on_request()
    {
        var dump = await DumpAsync("FailFlow", FailedRun + "/start/1", "--private");

        Assert.Contains("_transition [size: ", dump.Out);
        Assert.Contains("= (['middle'], None)\n", dump.Out);
    }

    [Fact]
    public async Task Logs_prints_both_streams_under_their_names()
    {
        var logs = await ExecuteAsync("FailFlow", "logs", "show", FailedRun + "/middle");

        Assert.Equal(0, logs.ExitCode);
        Assert.EndsWith(
            $"Logs of FailFlow/{FailedRun}/middle/2:\nstdout\nstderr\n", logs.Error, StringComparison.Ordinal);
        Assert.StartsWith("to stdout\n", logs.Out, StringComparison.Ordinal);
        Assert.Contains("RuntimeError: middle broke: ünïcode\n", logs.Out);
        Assert.EndsWith("Task failed.\n", logs.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_stream_or_one_attempt_can_be_chosen()
    {
        var stdout = await ExecuteAsync("FailFlow", "logs", FailedRun + "/middle/2", "--stdout", "--attempt", "0");
        var stderr = await ExecuteAsync("FailFlow", "logs", FailedRun + "/middle/2", "--stderr");
        var both = await ExecuteAsync("FailFlow", "logs", FailedRun + "/middle/2", "--both");

        Assert.Equal("to stdout\n", stdout.Out);
        Assert.DoesNotContain("to stdout\n", stderr.Out);
        Assert.Equal(stdout.Out + stderr.Out, both.Out);
    }

    [Fact]
    public async Task Timestamps_are_local_and_to_the_millisecond()
    {
        var logs = await ExecuteAsync("FailFlow", "logs", FailedRun + "/middle/2", "--stdout", "--timestamps");

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} to stdout\n$", logs.Out);
    }

    [Theory]
    [InlineData("dump", "7", 1, "There is no run 'FailFlow/7'.")]
    [InlineData("logs", "7/", 1, "[MF5004]")]
    [InlineData("logs", "7/a/b/c", 2, "names no run, step or task")]
    [InlineData("dump", "a/b/c/d", 2, "[MF2030]")]
    [InlineData("dump", "7/start", 1, "[MF5004]")]
    [InlineData("logs", FailedRun + "/nowhere", 1, "[MF5004]")]
    [InlineData("logs", FailedRun + "/middle/99", 1, "[MF5004]")]
    public async Task What_cannot_be_found_is_an_error(string command, string input, int exitCode, string message)
    {
        var result = await ExecuteAsync("FailFlow", command, input);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public async Task An_attempt_that_does_not_exist_is_an_error()
    {
        var logs = await ExecuteAsync("FailFlow", "logs", FailedRun + "/middle/2", "--attempt", "5");

        Assert.Equal(1, logs.ExitCode);
        Assert.Contains("[MF5010]", logs.Error);
    }

    private static Task<CommandLineRun> DumpAsync(string flow, params string[] arguments)
        => ExecuteAsync(flow, ["dump", "--format", "text", .. arguments]);

    private static Task<CommandLineRun> ExecuteAsync(string flow, params string[] arguments)
    {
        var application = new FakeApplication
        {
            Definition = SampleFlows.Empty with { FlowName = flow },
            Settings = new MetaflowSettings
            {
                User = "ada",
                Datastore = StoreAddress.Local(Path.Combine(AppContext.BaseDirectory, "Golden")),
            },
        };
        return CommandLineRun.OfAsync(application, arguments);
    }
}
