using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

public sealed class RunTests
{
    [Fact]
    public async Task Without_options_the_defaults_are_asked_for()
    {
        var application = new FakeApplication();

        await CommandLineRun.OfAsync(application, "run");

        var (request, settings) = Assert.Single(application.Runs);
        Assert.Equal((16, 100, 10), (request.MaxWorkers, request.MaxNumSplits, request.MaxLogSize));
        Assert.Empty(request.Parameters);
        Assert.Empty(request.Tags);
        Assert.Empty(request.With);
        Assert.Null(request.RunIdFile);
        Assert.Null(request.Namespace);
        Assert.Equal("/home/ada", request.WorkingFolder);
        Assert.Same(application.Settings, settings);
    }

    [Fact]
    public async Task Every_option_reaches_the_run()
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.OfAsync(
            application,
            "--datastore-root", "store", "--with", "retry", "--metadata=local", "--datastore", "local", "--environment", "local",
            "--no-pylint",
            "run", "--max-workers", "4", "--max_num_splits=7", "--max-log-size", "2", "--tag", "a", "--tag=b c", "--run-id-file", "id.txt",
            "--namespace", "user:eve", "--with", "timeout:seconds=3", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        var (request, settings) = Assert.Single(application.Runs);
        Assert.Equal((4, 7, 2), (request.MaxWorkers, request.MaxNumSplits, request.MaxLogSize));
        Assert.Equal(["a", "b c"], request.Tags);
        Assert.Equal(["retry", "timeout:seconds=3"], request.With);
        Assert.Equal("id.txt", request.RunIdFile);
        Assert.Equal("user:eve", request.Namespace);
        Assert.Equal("user:eve", settings.Namespace);
        Assert.Equal("/home/ada/store/.metaflow", settings.Datastore.Root);
    }

    [Theory]
    [InlineData("--max-genres", "3")]
    [InlineData("--max_genres", "3")]
    [InlineData("--max-genres=3")]
    [InlineData("--max-genres", "9", "--max-genres", "3")]
    public async Task A_parameter_is_given_in_any_spelling(params string[] arguments)
    {
        var application = new FakeApplication();

        await CommandLineRun.OfAsync(application, ["run", .. arguments]);

        Assert.Equal("3", Assert.Single(application.Runs).Request.Parameters["max_genres"]);
    }

    [Theory]
    [InlineData("--alpha", "-1.5")]
    [InlineData("--alpha=-1.5")]
    public async Task A_value_may_begin_with_a_dash(params string[] arguments)
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.OfAsync(application, ["run", .. arguments]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("-1.5", Assert.Single(application.Runs).Request.Parameters["alpha"]);
    }

    [Theory]
    [InlineData("--alpha", "--tag=--alpha")]
    [InlineData("--unknown", "--tag", "--unknown")]
    [InlineData("run", "--tag", "run")]
    [InlineData("@file", "--tag", "@file")]
    [InlineData("a=b:c", "--tag=a=b:c")]
    public async Task A_value_is_taken_as_it_is(string value, params string[] arguments)
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.OfAsync(application, ["run", .. arguments]);

        Assert.Equal("", run.Error.Contains("Error", StringComparison.Ordinal) ? run.Error : "");
        Assert.Equal([value], Assert.Single(application.Runs).Request.Tags);
    }

    [Theory]
    [InlineData(true, "--quiet", "run")]
    [InlineData(true, "run", "--quiet=true")]
    [InlineData(true, "--not-quiet", "run", "--quiet")]
    [InlineData(true, "run", "--not_quiet=false")]
    [InlineData(false, "--quiet", "run", "--not-quiet")]
    [InlineData(false, "--quiet=false", "run")]
    public async Task Of_an_option_and_its_opposite_the_last_counts(bool isQuiet, params string[] arguments)
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication(), arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(isQuiet, run.Error.Length == 0);
    }

    [Fact]
    public async Task The_dashes_that_dotnet_run_leaves_over_are_ignored()
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.OfAsync(application, "--", "run", "--alpha", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(application.Runs);
    }

    [Fact]
    public async Task The_environment_sets_options_that_the_command_line_does_not()
    {
        var application = new FakeApplication();
        var environment = new Dictionary<string, string>
        {
            ["METAFLOW_RUN_MAX_WORKERS"] = "3",
            ["METAFLOW_RUN_MAX_NUM_SPLITS"] = "33",
            ["METAFLOW_RUN_TAG"] = "x y",
            ["METAFLOW_QUIET"] = "1",
            ["METAFLOW_DATASTORE_ROOT"] = "/elsewhere",
            ["METAFLOW_RUN_NAMESPACE"] = "user:eve",
        };

        var run = await CommandLineRun.WithEnvironmentAsync(application, environment, "run", "--max-num-splits", "5");

        Assert.Equal("", run.Error);
        var (request, settings) = Assert.Single(application.Runs);
        Assert.Equal((3, 5), (request.MaxWorkers, request.MaxNumSplits));
        Assert.Equal(["x", "y"], request.Tags);
        Assert.Equal("/elsewhere/.metaflow", settings.Datastore.Root);
        Assert.Equal("user:eve", request.Namespace);
    }

    [Fact]
    public async Task A_parameter_named_as_an_option_of_every_command_is_set_after_the_command()
    {
        var application = new FakeApplication { Definition = SampleFlows.With(SampleFlows.Parameter("environment", typeof(string))) };

        var run = await CommandLineRun.WithEnvironmentAsync(
            application, new() { ["METAFLOW_RUN_ENVIRONMENT"] = "x" }, "--environment", "local", "run", "--environment", "production");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("production", Assert.Single(application.Runs).Request.Parameters["environment"]);
    }

    [Fact]
    public async Task A_parameter_that_takes_the_name_of_an_option_stops_the_run()
    {
        var application = new FakeApplication { Definition = SampleFlows.With(SampleFlows.Parameter("tag", typeof(string))) };

        var run = await CommandLineRun.OfAsync(application, "run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("MF2011 error (empty.cs:1): Parameter name 'tag' is a reserved word.", run.Error);
    }

    [Fact]
    public async Task A_wrong_parameter_in_the_environment_is_a_usage_error_before_the_run()
    {
        var application = new FakeApplication();

        var run = await CommandLineRun.WithEnvironmentAsync(application, new() { ["METAFLOW_RUN_MAX_GENRES"] = "few" }, "run");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "Error: Invalid value for the environment variable 'METAFLOW_RUN_MAX_GENRES': 'few' is not a valid integer.", run.Error);
        Assert.Empty(application.Runs);
    }

    [Fact]
    public async Task A_failed_step_is_the_last_thing_printed()
    {
        var error = new StepFailedException(ErrorCodes.StepRaised, "Step a (task-id 2) failed.", "", "");
        var application = new FakeApplication { OnRun = (_, _, _) => FakeApplication.Failed(error) };

        var run = await CommandLineRun.OfAsync(application, "--quiet", "run");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("    Step failure:\n    Step a (task-id 2) failed. [MF3001]\n", run.Error);
    }

    [Fact]
    public async Task An_error_that_stops_the_run_is_printed_and_is_the_exit_code()
    {
        var application = new FakeApplication { OnRun = static (_, _, _) => throw new StorageException("MF4999", "What.", "Why.", "Fix.") };

        var run = await CommandLineRun.OfAsync(application, "--quiet", "run");

        Assert.Equal(new CommandLineRun(1, "", "    Datastore error:\n    What. Why. Fix. [MF4999]\n"), run);
    }

    [Fact]
    public async Task An_error_on_a_terminal_is_red()
    {
        var application = new FakeApplication { OnRun = static (_, _, _) => throw new StorageException("MF4999", "What.", "Why.", "Fix.") };

        var run = await CommandLineRun.WithStreamsAsync(
            application, static streams => streams with { ErrorIsTerminal = true }, "--quiet", "run");

        Assert.Equal("    \e[31mDatastore error:\e[0m\n    What. Why. Fix. [MF4999]\n", run.Error);
    }

    [Fact]
    public async Task An_interrupted_run_says_aborted_and_ends_with_the_code_of_the_signal()
    {
        var application = new FakeApplication
        {
            OnRun = static (_, _, interruption) =>
            {
                interruption.Request(ExitCodes.Terminated);
                return new RunOutcome("7", false, interruption.ExitCode, null);
            },
        };

        var run = await CommandLineRun.OfAsync(application, "--quiet", "run");

        Assert.Equal(new CommandLineRun(143, "", "Aborted!\n"), run);
    }

    [Fact]
    public async Task Lines_of_tasks_go_to_the_output_stream()
    {
        var application = new FakeApplication
        {
            OnRun = static (_, observer, _) =>
            {
                var at = new DateTimeOffset(2026, 11, 21, 21, 19, 23, 5, TimeSpan.Zero);
                observer.OnEvent(new RunEvent.TaskOutput(
                    at, new TaskPath("F", "7", "start", "1"), LaunchHandle.OfProcess(42, null), "hello", false));
                return new RunOutcome("7", true, 0, null);
            },
        };

        var run = await CommandLineRun.WithStreamsAsync(
            application, streams => streams with { Time = new FakeTime(default) }, "run", "--quiet");

        Assert.Equal(new CommandLineRun(0, "2026-11-21 22:19:23.005 [7/start/1 (pid 42)] hello\n", ""), run);
    }

    [Fact]
    public async Task What_settings_files_say_of_options_and_parameters_counts_below_the_environment()
    {
        var application = new FakeApplication
        {
            Definition = SampleFlows.With(SampleFlows.Parameter("must", typeof(int), required: true)),
            Settings = new()
            {
                User = "ada",
                Datastore = StoreAddress.Local("/data/.metaflow"),
                Environment = new Dictionary<string, string>
                {
                    ["METAFLOW_RUN_MUST"] = "5",
                    ["METAFLOW_RUN_MAX_WORKERS"] = "3",
                    ["METAFLOW_RUN_MAX_NUM_SPLITS"] = "4",
                },
            },
        };

        var run = await CommandLineRun.WithEnvironmentAsync(application, new() { ["METAFLOW_RUN_MAX_WORKERS"] = "2" }, "run");

        Assert.Equal(0, run.ExitCode);
        var request = Assert.Single(application.Runs).Request;
        Assert.Equal((2, 4), (request.MaxWorkers, request.MaxNumSplits));
    }
}
