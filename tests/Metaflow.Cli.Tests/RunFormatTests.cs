using System.Text.Json;
using System.Text.RegularExpressions;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>How a run is shown: by which format, and with what at its end.</summary>
public sealed partial class RunFormatTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 21, 19, 23, 533, TimeSpan.Zero);
    private static readonly LaunchHandle Handle = LaunchHandle.OfProcess(42, null);
    private static readonly StepFailedException Error = new(
        ErrorCodes.StepRaised, "Step fit (task-id 2) failed.", "Its own output above says why.", "See it again with 'logs 7/fit/2'.");

    [Fact]
    public async Task Metaflows_lines_are_the_default_in_a_pipe_and_can_be_asked_for_on_a_terminal()
    {
        var piped = await RunAsync(Success, isTerminal: false);
        var asked = await RunAsync(Success, isTerminal: true, "--log-format", "metaflow");

        Assert.Contains("[7/fit/2 (pid 42)] Task is starting.\n", piped.Out, StringComparison.Ordinal);
        Assert.EndsWith(" Done!\n", piped.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', piped.Out);
        Assert.Equal(piped.Out, asked.Out);
        Assert.Equal(piped.Error, asked.Error);
    }

    [Fact]
    public async Task A_terminal_gets_live_lines_by_default_and_ends_with_a_summary()
    {
        var run = await RunAsync(Success, isTerminal: true);

        Assert.Contains("fit[0] north │ \e[0mhello", run.Out, StringComparison.Ordinal);
        Assert.EndsWith(
            "✓ Done in 2.0 s: 1 task, 1 retried.\n  Results  dotnet run flow.cs -- dump 7/end\n  kept in  /data/.metaflow\n",
            Colors().Replace(run.Out, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_chooses_the_format_below_the_option()
    {
        var application = Application(Success, new() { [SettingNames.LogFormat] = "metaflow" });

        var run = await RunAsync(application, isTerminal: true);
        var overridden = await RunAsync(application, isTerminal: true, "--log-format", "json");

        Assert.DoesNotContain('\e', run.Out);
        Assert.StartsWith("{", overridden.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "jsn", "Did you mean 'json'?")]
    [InlineData("resume", "jsn", "Did you mean 'json'?")]
    [InlineData("spin", "html", "choose from 'auto', 'rich', 'metaflow', 'json'")]
    public async Task A_wrong_format_is_refused_before_anything_runs(string command, string format, string hint)
    {
        var application = Application(Success);
        string[] arguments = command == "spin" ? ["spin", "start"] : [command];

        var given = await CommandLineRun.OfAsync(application, [.. arguments, "--log-format", format]);
        var set = await CommandLineRun.OfAsync(Application(Success, new() { [SettingNames.LogFormat] = format }), arguments);

        Assert.All([given, set], run => Assert.Equal(ExitCodes.Usage, run.ExitCode));
        Assert.All([given, set], run => Assert.Contains(hint, run.Error, StringComparison.Ordinal));
        Assert.Empty(application.Runs);
    }

    [Fact]
    public async Task A_failure_ends_with_the_last_lines_of_the_task_and_the_command_that_goes_on()
    {
        var run = await RunAsync(
            Application(Failure),
            isTerminal: true,
            "--datastore-root", "/data of ada", "--with", "retry:times=2", "--max-workers", "3", "--tag", "it's", "--alpha", "0.3");
        var end = Colors().Replace(run.Out, "")[Colors().Replace(run.Out, "").IndexOf("✗ Failed", StringComparison.Ordinal)..];

        Assert.Equal(
            "✗ Failed after 2.0 s: 0 tasks done, 2 failed.\n"
                + "  fit[0] north printed last:\n"
                + "  │ System.InvalidOperationException: no data\n"
                + "  fit[1] south failed too.\n"
                + "  Its log  dotnet run flow.cs -- logs 7/fit/2 --datastore-root '/data of ada'\n"
                + "  All logs dotnet run flow.cs -- logs 7 --failed --datastore-root '/data of ada'\n"
                + "  Go on    dotnet run flow.cs -- resume --origin-run-id 7 --datastore-root '/data of ada' --with retry:times=2 "
                + @"--max-workers 3 --tag 'it'\''s'" + "\n",
            end);
        Assert.EndsWith("Its own output above says why. [MF3001]\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--log-format", "metaflow")]
    [InlineData("--log-format", "json")]
    [InlineData("--log-format", "rich", "--quiet")]
    public async Task An_error_without_hints_below_it_has_the_whole_commands(params string[] options)
    {
        var run = await RunAsync(Application(Failure), isTerminal: false, ["--datastore-root", "/data", .. options]);

        Assert.Contains(
            "See it again with 'dotnet run flow.cs -- logs 7/fit/2 --datastore-root /data'. "
                + "2 tasks failed: 'dotnet run flow.cs -- logs 7 --failed --datastore-root /data' shows the logs of all. [MF3001]",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_tasks_were_cloned_and_the_rest_failed_the_summary_does_not_say_that_none_ran()
    {
        var run = await RunAsync(Application(static (observer, interruption) =>
        {
            observer.OnEvent(new RunEvent.TaskCloned(At, Task("1"), Task("9"), null));
            return Failure(observer, interruption);
        }), isTerminal: true);

        Assert.Contains(
            "✗ Failed after 2.0 s: no task done, 1 cloned, 2 failed.\n", Colors().Replace(run.Out, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Last_lines_that_are_still_on_the_screen_are_not_repeated()
    {
        var run = await RunAsync(Application(static (observer, _) =>
        {
            Begin(observer);
            observer.OnEvent(Output("2", "no data", isError: true));
            observer.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, null, false));
            return FakeApplication.Failed(Error);
        }), isTerminal: true);

        Assert.DoesNotContain("printed last", run.Out, StringComparison.Ordinal);
        Assert.Single(NoData().Matches(run.Out));
    }

    [Fact]
    public async Task Last_lines_that_were_not_shown_again_are_in_the_summary()
    {
        var run = await RunAsync(Application(static (observer, _) =>
        {
            Begin(observer);
            foreach (var retryIn in new[] { TimeSpan.Zero, (TimeSpan?)null })
            {
                observer.OnEvent(new RunEvent.TaskStarting(At, Task("2"), Handle, 0, false));
                observer.OnEvent(Output("2", "<flow GenreStatsFlow step fit[0] (input: north)> failed:", isError: true));
                observer.OnEvent(Output("2", "    System.IOException: no data", isError: true));
                observer.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, retryIn, false));
            }

            return FakeApplication.Failed(Error);
        }), isTerminal: true);

        Assert.Contains("failed: the same as before.", run.Out, StringComparison.Ordinal);
        Assert.Contains("printed last:", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, NoData().Count(run.Out));
    }

    [Fact]
    public async Task An_interrupted_run_ends_with_the_command_that_continues_it()
    {
        var run = await RunAsync(Application(Interrupted), isTerminal: true, "--datastore-root", "/data");
        var piped = await RunAsync(Application(Interrupted), isTerminal: false);

        Assert.EndsWith(
            "■ Stopped after 2.0 s: 0 tasks done, 1 stopped.\n"
                + "  Go on    dotnet run flow.cs -- resume --continue 7 --datastore-root /data\n",
            Colors().Replace(run.Out, ""), StringComparison.Ordinal);
        Assert.EndsWith("Aborted!\n    Continue with: dotnet run flow.cs -- resume --continue 7\n", piped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("resume", piped.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_quiet_no_hint_is_printed()
    {
        var rich = await RunAsync(Application(Failure), isTerminal: true, "--quiet");
        var plain = await RunAsync(Application(Failure), isTerminal: false, "--quiet");

        Assert.All([rich, plain], static run => Assert.DoesNotContain("resume", run.Out + run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_quiet_nothing_is_printed_of_packages()
    {
        var application = Application(static (observer, _) =>
        {
            observer.OnEvent(new RunEvent.PackageProgress(At, PackagePhase.Storing) { Packages = 2, AllPackages = 2, IsOver = true });
            return new RunOutcome("7", true, 0, null);
        });

        Assert.Contains("Stored 2 packages (0 B).", (await RunAsync(application, isTerminal: false)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Stored", (await RunAsync(application, isTerminal: false, "--quiet")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_an_object_a_line_and_nothing_else()
    {
        var run = await RunAsync(Application(Failure), isTerminal: false, "--log-format", "json");
        var events = run.Out.TrimEnd('\n').Split('\n').Select(static line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal(
            [
                "run_started", "counts", "task_started", "task_progress", "task_output", "task_failed", "task_output", "task_failed",
                "run_ended", "run_result",
            ],
            events.Select(static json => json.GetProperty("event").GetString()));
        var started = events[2];
        Assert.Equal("GenreStatsFlow/7/fit/2", started.GetProperty("task").GetString());
        Assert.Equal([0], started.GetProperty("indices").EnumerateArray().Select(static index => index.GetInt32()));
        Assert.Equal("north", started.GetProperty("item").GetString());
        Assert.Equal("2026-11-21T21:19:23.533000Z", started.GetProperty("at").GetString());
        Assert.Equal(0.25, events[3].GetProperty("fraction").GetDouble());
        var result = events[^1];
        Assert.Equal(1, result.GetProperty("exit_code").GetInt32());
        Assert.Equal(2, result.GetProperty("failed").GetInt32());
        Assert.Equal("dotnet run flow.cs -- resume --origin-run-id 7", result.GetProperty("resume_command").GetString());
        Assert.Equal(ErrorCodes.StepRaised, result.GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task No_text_breaks_a_line_of_json_or_reaches_the_terminal_as_a_control_sequence()
    {
        const string Evil = "a\nb\e[2J\u202e\ud800\"\\\x7f";
        var run = await RunAsync(Application((observer, _) =>
        {
            observer.OnEvent(Output("2", Evil));
            return new RunOutcome("7", true, 0, null);
        }), isTerminal: false, "--log-format", "json");

        var first = run.Out.Split('\n')[0];
        Assert.Equal("a\nb\e[2J\u202e\ufffd\"\\\x7f", JsonDocument.Parse(first).RootElement.GetProperty("text").GetString());
        Assert.DoesNotContain(run.Out, static letter => letter is '\e' or '\u202e' or '\x7f');
    }

    [Fact]
    public async Task Counts_come_at_most_ten_times_a_second_and_the_last_always()
    {
        var run = await RunAsync(Application((observer, _) =>
        {
            for (var done = 0; done <= 1000; done++)
            {
                observer.OnEvent(new RunEvent.Progress(At.AddMilliseconds(done), [new StepCount("fit", 1, done, 0)]));
            }

            return new RunOutcome("7", true, 0, null);
        }), isTerminal: false, "--log-format", "json");

        var counts = run.Out.Split('\n').Where(static line => line.Contains("\"counts\"", StringComparison.Ordinal)).ToList();
        Assert.InRange(counts.Count, 10, 12);
        Assert.Contains("\"done\":1000", counts[^1], StringComparison.Ordinal);
    }

    private static RunOutcome Success(IRunObserver observer, RunInterruption interruption)
    {
        Begin(observer);
        observer.OnEvent(Output("2", "hello"));
        observer.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, TimeSpan.Zero, false));
        observer.OnEvent(new RunEvent.TaskSucceeded(At, Task("2"), Handle) { Place = new TaskPlace([0], "north") });
        observer.OnEvent(new RunEvent.RunEnded(At.AddSeconds(2), true));
        return new RunOutcome("7", true, 0, null);
    }

    private static RunOutcome Failure(IRunObserver observer, RunInterruption interruption)
    {
        Begin(observer);
        observer.OnEvent(new RunEvent.TaskProgress(At, Task("2"), 0.25, "a quarter"));
        observer.OnEvent(Output("2", "System.InvalidOperationException: no data", isError: true));
        observer.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, null, false) { Place = new TaskPlace([0], "north") });
        observer.OnEvent(Output("3", "other"));
        observer.OnEvent(new RunEvent.TaskFailed(At, Task("3"), Handle, 0, null, null, false) { Place = new TaskPlace([1], "south") });
        observer.OnEvent(new RunEvent.RunEnded(At.AddSeconds(2), false));
        return FakeApplication.Failed(Error);
    }

    private static RunOutcome Interrupted(IRunObserver observer, RunInterruption interruption)
    {
        Begin(observer);
        interruption.Request(ExitCodes.Interrupted);
        observer.OnEvent(new RunEvent.RunStopping(At, true, 1) { ByCtrlC = true });
        observer.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, "killed", null, false));
        observer.OnEvent(new RunEvent.RunEnded(At.AddSeconds(2), false));
        return new RunOutcome("7", false, ExitCodes.Interrupted, null);
    }

    private static void Begin(IRunObserver observer)
    {
        observer.OnEvent(new RunEvent.RunStarting(At, "7"));
        observer.OnEvent(new RunEvent.Progress(At, [new StepCount("fit", 1, 0, 0) { Total = 1 }]));
        observer.OnEvent(new RunEvent.TaskStarting(At, Task("2"), Handle, 0, false) { Place = new TaskPlace([0], "north") });
    }

    private static TaskPath Task(string id) => new("GenreStatsFlow", "7", "fit", id);

    private static RunEvent.TaskOutput Output(string task, string text, bool isError = false)
        => new(At, Task(task), Handle, text, isError) { Place = new TaskPlace([0], "north") };

    private static FakeApplication Application(
        Func<IRunObserver, RunInterruption, RunOutcome> run, Dictionary<string, string>? settings = null) => new()
        {
            OnRun = (_, observer, interruption) => run(observer, interruption),
            Settings = new()
            {
                User = "ada",
                Datastore = StoreAddress.Local("/data/.metaflow"),
                Namespace = "user:ada",
                Environment = settings ?? [],
            },
        };

    private static Task<CommandLineRun> RunAsync(
        Func<IRunObserver, RunInterruption, RunOutcome> run, bool isTerminal, params string[] options)
        => RunAsync(Application(run), isTerminal, options);

    private static Task<CommandLineRun> RunAsync(FakeApplication application, bool isTerminal, params string[] options)
        => CommandLineRun.WithStreamsAsync(
            application, streams => streams with { OutputIsTerminal = isTerminal, Time = new FakeTime(At) }, ["run", .. options]);

    [GeneratedRegex(@"\e\[\??[0-9;]*[A-Za-z]|\r")]
    private static partial Regex Colors();

    [GeneratedRegex("no data")]
    private static partial Regex NoData();
}
