using System.Text.Json;
using Metaflow.Graph;
using Metaflow.Settings;

namespace Metaflow.Cli.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("output-dot")]
    [InlineData("output-raw")]
    public async Task Views_of_the_graph_go_to_the_output_stream(string command)
    {
        var shown = await CommandLineRun.OfAsync(new FakeApplication(), command);

        Assert.Equal(0, shown.ExitCode);
        Expectation.Matches(command, shown.Out);
    }

    [Fact]
    public async Task The_graph_is_written_as_json()
    {
        var shown = await CommandLineRun.OfAsync(new FakeApplication(), "output-raw", "--json", "--quiet");

        Assert.Equal("", shown.Error);
        Expectation.Matches("output-raw-json", shown.Out);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task The_version_is_alone_on_the_output_stream(string argument)
    {
        var version = await CommandLineRun.OfAsync(new FakeApplication(), argument);

        Assert.Equal(new CommandLineRun(0, ProductVersion.Text + "\n", ""), version);
    }

    [Fact]
    public async Task Without_a_command_the_flow_is_checked_and_a_hint_given()
    {
        var check = await CommandLineRun.OfAsync(new FakeApplication());

        Assert.Equal(0, check.ExitCode);
        Assert.Equal("", check.Out);
        Assert.Equal(
            $"Validating your flow...\n    The graph looks good!\n\n"
            + "'dotnet run flow.cs -- show' shows the steps of this flow.\n'dotnet run flow.cs -- run' runs it.\n"
            + "'dotnet run flow.cs -- help' lists all commands.\n",
            check.Error);
        Assert.Equal(check, await CommandLineRun.OfAsync(new FakeApplication(), "check"));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task All_problems_are_printed_and_errors_stop_the_command(string command)
    {
        var application = new FakeApplication
        {
            Problems = [Problem("MF1004", ProblemSeverity.Error, "start"), Problem("MF1020", ProblemSeverity.Warning, null)],
        };

        var check = await CommandLineRun.OfAsync(application, command);

        Assert.Equal(1, check.ExitCode);
        Assert.Empty(application.Runs);
        Assert.Contains("    MF1004 error in step 'start' (flow.cs:12): What. Why. Fix.\n", check.Error);
        Assert.Contains("    MF1020 warning (flow.cs:12): What. Why. Fix.\n", check.Error);
        Assert.Contains("    1 error was found; the flow cannot run.\n", check.Error);
        Assert.DoesNotContain("looks good", check.Error);
    }

    [Fact]
    public async Task Warnings_do_not_stop_a_run_and_can_be_left_out()
    {
        var application = new FakeApplication { Problems = [Problem("MF1020", ProblemSeverity.Warning, null)] };

        var run = await CommandLineRun.OfAsync(application, "run");
        var check = await CommandLineRun.OfAsync(application, "check", "--no-warnings");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("MF1020", run.Error);
        Assert.DoesNotContain("MF1020", check.Error);
    }

    [Fact]
    public async Task Quiet_leaves_errors()
    {
        var application = new FakeApplication
        {
            Problems = [Problem("MF1004", ProblemSeverity.Error, "start"), Problem("MF1020", ProblemSeverity.Warning, null)],
        };

        var check = await CommandLineRun.OfAsync(application, "--quiet", "check");

        Assert.Equal(
            "    MF1004 error in step 'start' (flow.cs:12): What. Why. Fix.\n    1 error was found; the flow cannot run.\n", check.Error);
    }

    [Fact]
    public async Task Programs_read_problems_steps_and_the_version_as_json()
    {
        var application = new FakeApplication
        {
            Problems = [Problem("MF1004", ProblemSeverity.Error, "start"), Problem("MF1020", ProblemSeverity.Warning, null)],
        };

        var check = await CommandLineRun.OfAsync(application, "check", "--json", "--no-warnings", "--quiet");
        var show = await CommandLineRun.OfAsync(application, "show", "--json", "--quiet");
        var version = await CommandLineRun.OfAsync(application, "version", "--json");

        Assert.Equal((1, ""), (check.ExitCode, check.Error));
        var problem = Assert.Single(JsonDocument.Parse(check.Out).RootElement.EnumerateArray());
        Assert.Equal(
            ("MF1004", "start", 12),
            (problem.GetProperty("code").GetString(), problem.GetProperty("step").GetString(), problem.GetProperty("line").GetInt32()));
        Assert.Equal("", show.Error);
        var step = JsonDocument.Parse(show.Out).RootElement.GetProperty("steps")[0];
        Assert.Equal(("start", "split-foreach"), (step.GetProperty("name").GetString(), step.GetProperty("type").GetString()));
        Assert.Equal(ProductVersion.Text, JsonDocument.Parse(version.Out).RootElement.GetProperty("version").GetString());
        Assert.Equal(0, version.ExitCode);
    }

    private static GraphProblem Problem(string code, ProblemSeverity severity, string? step)
        => new(code, severity, "What.", "Why.", "Fix.", step, 12, "/home/ada/flow.cs");
}
