using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("No such option: --max-wrkers. Did you mean '--max-workers'?", ErrorCodes.UnknownOption, "run", "--max-wrkers", "3")]
    [InlineData("No such option: --max-gneres. Did you mean '--max-genres'?", ErrorCodes.UnknownOption, "run", "--max-gneres=3")]
    [InlineData("No such option: --zzz. Add --help to see the options.", ErrorCodes.UnknownOption, "run", "--zzz")]
    [InlineData("No such option: -x. Add --help to see the options.", ErrorCodes.UnknownOption, "run", "-x")]
    [InlineData("No such option: --queit. Did you mean '--quiet'?", ErrorCodes.UnknownOption, "--queit", "run")]
    [InlineData(
        "No such option: --max-workers. It is an option of 'run'; write it after the command", ErrorCodes.UnknownOption, "--max-workers",
        "4", "run")]
    [InlineData("No such option: --hlep. Did you mean '--help'?", ErrorCodes.UnknownOption, "--hlep")]
    [InlineData("No such option: --hlep. Did you mean '--help'?", ErrorCodes.UnknownOption, "run", "--hlep")]
    [InlineData("No such option: --verison. Did you mean '--version'?", ErrorCodes.UnknownOption, "--verison")]
    [InlineData("No such command 'optoins'. Did you mean 'options'?", ErrorCodes.UnknownCommand, "help", "optoins")]
    [InlineData("No such command 'rnu'. Did you mean 'run'?", ErrorCodes.UnknownCommand, "rnu")]
    [InlineData("No such command 'deploy-it'. The commands are run, resume,", ErrorCodes.UnknownCommand, "deploy-it")]
    [InlineData("Option '--tag' requires a value. Write '--tag VALUE'.", ErrorCodes.OptionWithoutValue, "run", "--tag")]
    [InlineData(
        "Option '--tag' requires a value. The next word, '--alpha', is an option", ErrorCodes.OptionWithoutValue, "run", "--tag",
        "--alpha", "1")]
    [InlineData("Option '--tag' requires a value. Write '--tag VALUE'.", ErrorCodes.OptionWithoutValue, "run", "--tag", "a", "--tag")]
    [InlineData(
        "Option '--with' requires a value. The next word, '--quiet', is an option", ErrorCodes.OptionWithoutValue, "--with", "--quiet",
        "run")]
    [InlineData("No such option: --zzz. Add --help to see the options.", ErrorCodes.UnknownOption, "dump", "--zzz=4", "7/start")]
    [InlineData("Got unexpected extra argument '--alpha'.", ErrorCodes.WrongArguments, "run", "--", "--alpha")]
    [InlineData("Got unexpected extra argument 'now'.", ErrorCodes.WrongArguments, "run", "now")]
    [InlineData(
        "Invalid value for '--max-workers': 'many' is not a valid integer.", ErrorCodes.InvalidValue, "run", "--max-workers", "many")]
    [InlineData("Invalid value for '--max-workers': 0 is smaller than 1.", ErrorCodes.InvalidValue, "run", "--max-workers", "0")]
    [InlineData("Invalid value for '--quiet': 'loud' is not a valid boolean.", ErrorCodes.InvalidValue, "run", "--quiet=loud")]
    [InlineData("Invalid value for '--quiet': 'loud' is not a valid boolean.", ErrorCodes.InvalidValue, "--quiet=loud", "run")]
    [InlineData("Invalid value for '--private': '' is not a valid boolean.", ErrorCodes.InvalidValue, "dump", "--private=", "7/start")]
    [InlineData(
        "Option '--quiet' expects a single argument but 2 were provided.", ErrorCodes.WrongArguments, "run", "--quiet=true",
        "--quiet=false")]
    [InlineData("Invalid value for '--max-workers': '' is not a valid integer.", ErrorCodes.InvalidValue, "run", "--max-workers=")]
    [InlineData("No such command 'flow'.", ErrorCodes.UnknownCommand, "flow", "run")]
    [InlineData(
        "Invalid value for '--metadata': invalid choice: service. (choose from 'local', 'store')", ErrorCodes.InvalidValue, "run",
        "--metadata", "service")]
    [InlineData("Invalid value for '--alpha': 'abc' is not a valid number.", ErrorCodes.InvalidValue, "run", "--alpha", "abc")]
    [InlineData("Invalid value for '--level': 'Hard' is not one of 'Low', 'VeryHigh'.", ErrorCodes.InvalidValue, "run", "--level", "Hard")]
    [InlineData(
        "Invalid value for '--with': there is no decorator 'rety'. Did you mean 'retry'?", ErrorCodes.UnknownDecorator, "run", "--with",
        "rety:times=2")]
    [InlineData("Invalid value for '--tag': it is empty.", ErrorCodes.InvalidValue, "run", "--tag=")]
    [InlineData("Invalid value for '--tag': it is empty.", ErrorCodes.InvalidValue, "run", "--tag", "a", "--tag", "")]
    [InlineData("Missing argument 'INPUT'.", ErrorCodes.WrongArguments, "dump")]
    [InlineData("Flow 'GenreStatsFlow' has no step 'strat'.", ErrorCodes.ResumedStepUnknown, "run", "--until", "strat")]
    [InlineData("Flow 'GenreStatsFlow' has no step 'strat'.", ErrorCodes.ResumedStepUnknown, "resume", "strat")]
    [InlineData(
        "Flow 'GenreStatsFlow' has no step '1768'. The argument of 'resume' is the step to begin with. If '1768' is a run, write "
            + "'resume --origin-run-id 1768'.",
        ErrorCodes.ResumedStepUnknown, "resume", "1768")]
    [InlineData("Flow 'GenreStatsFlow' has no step 'strat'.", ErrorCodes.ResumedStepUnknown, "resume", "--until", "strat", "--dry-run")]
    [InlineData("'strat' names no task of flow 'GenreStatsFlow'.", ErrorCodes.InvalidPathspec, "spin", "strat")]
    [InlineData("'latest/strat[0]' names no task", ErrorCodes.InvalidPathspec, "spin", "latest/strat[0]")]
    public async Task A_wrong_command_line_is_explained(string message, string code, params string[] arguments)
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.OfAsync(application, arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.StartsWith("Usage: dotnet run flow.cs -- ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Error: " + message, run.Error);
        Assert.EndsWith($" [{code}]\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(application.Runs);
    }

    [Fact]
    public async Task A_usage_error_has_the_shape_of_the_reference()
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication(), "run", "--zzz");

        Assert.Equal(
            "Usage: dotnet run flow.cs -- run [OPTIONS]\nTry 'dotnet run flow.cs -- run --help' for help.\n\n"
            + "Error: No such option: --zzz. Add --help to see the options. [MF2001]\n",
            run.Error);
    }

    [Fact]
    public async Task A_decorator_that_does_not_fit_is_a_usage_error_before_the_run()
    {
        var application = new FakeApplication
        {
            OnCheckDecorators = static with => throw new ConfigurationException(
                ErrorCodes.UnknownDecorator, $"The decorator '{with[0]}' cannot be attached.", "Why.", "Fix.")
            { ExitCode = ExitCodes.Usage },
        };

        var run = await CommandLineRun.OfAsync(application, "run", "--with", "retry:times=x");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.EndsWith(
            "Error: The decorator 'retry:times=x' cannot be attached. Why. Fix. [MF2092]\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(application.Runs);
    }

    [Fact]
    public async Task A_variable_that_is_neither_true_nor_false_is_named()
    {
        var run = await CommandLineRun.WithEnvironmentAsync(new FakeApplication(), new() { ["METAFLOW_QUIET"] = "zz" }, "check");

        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith(
            "Error: Invalid value for the environment variable 'METAFLOW_QUIET': 'zz' is not a valid boolean. Set it to true or false, or "
                + "unset it. [MF2004]\n",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_parameters_are_reported_together()
    {
        var flow = SampleFlows.With(
            SampleFlows.Parameter("first", typeof(int), required: true), SampleFlows.Parameter("second_one", typeof(int), required: true));

        var run = await CommandLineRun.OfAsync(new FakeApplication { Definition = flow }, "run");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Error: Missing options '--first', '--second-one'.", run.Error);
        Assert.Contains("METAFLOW_RUN_FIRST", run.Error);
        Assert.Contains("[MF2003]", run.Error);
    }

    [Theory]
    [InlineData("run", "'run' is a command. Write 'app TrainFlow run'.")]
    [InlineData("TrainFlo", "Did you mean 'TrainFlow'?")]
    public void A_program_of_several_flows_says_that_a_flow_stands_before_the_command(string typed, string fix)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(
            ExitCodes.Usage,
            ProgramCommandLine.Execute(
                "app", [("TrainFlow", ""), ("ScoreFlow", "")], [typed], new ConsoleStreams { Out = output, Error = error }));
        Assert.Contains($"No such flow '{typed}'. The flows are TrainFlow, ScoreFlow. {fix}", error.ToString(), StringComparison.Ordinal);
    }
}
