using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

public sealed class RunViewTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 21, 19, 23, 533, TimeSpan.Zero);
    private static readonly TaskPath Task = new("F", "7", "b", "2");

    [Fact]
    public void A_plain_run_reads_as_in_the_reference()
    {
        RunEvent[] events =
        [
            new RunEvent.Message(At, "Including file data.csv of size 12KB"),
            new RunEvent.RunStarting(At, "7"),
            new RunEvent.TaskStarting(At, Task, LaunchHandle.OfProcess(42, null), 0, false),
            new RunEvent.TaskStarting(At, Task, LaunchHandle.OfProcess(42, null), 1, false),
            new RunEvent.TaskStarting(At, Task, LaunchHandle.OfProcess(42, null), 2, true),
            new RunEvent.TaskOutput(At, Task, LaunchHandle.OfProcess(42, null), "hello", false),
            new RunEvent.ForeachYields(At, Task, LaunchHandle.OfProcess(42, null), 3),
            new RunEvent.TaskSucceeded(At, Task, LaunchHandle.OfProcess(42, null)),
            new RunEvent.TaskFailed(At, Task, LaunchHandle.OfProcess(42, null), 0, null, null, false),
            new RunEvent.TaskFailed(
                At, Task, LaunchHandle.OfProcess(42, null), 0, "The process was killed by signal 9.", TimeSpan.FromMinutes(2), false),
            new RunEvent.TaskFailed(At, Task, LaunchHandle.OfProcess(42, null), 0, null, null, true),
            new RunEvent.TaskFailed(At, Task, LaunchHandle.OfProcess(42, null), 0, null, TimeSpan.Zero, false),
            new RunEvent.RunStopping(At, false, 3),
            new RunEvent.RunStopping(At, false, 1),
            new RunEvent.RunStopping(At, false, 0),
            new RunEvent.RunStopping(At, true, 1) { ByCtrlC = true },
            new RunEvent.RunStopping(At, true, 2),
            new RunEvent.TasksKilled(At, 2, TimeSpan.FromSeconds(5)),
            new RunEvent.RunEnded(At, false),
            new RunEvent.RunEnded(At, true),
        ];

        Expectation.Matches("plain-run", Plain(events));
    }

    [Fact]
    public void A_log_has_one_line_for_packages_that_were_stored_or_unpacked_and_none_for_how_far_it_was()
    {
        var storing = new RunEvent.PackageProgress(At, PackagePhase.Storing) { AllPackages = 2, AllBytes = 3 << 10 };

        Assert.Equal(
            "2026-11-21 22:19:23.533 Stored 2 packages (3 KB).\n",
            Plain(
                new RunEvent.PackageProgress(At, PackagePhase.Finding),
                new RunEvent.PackageProgress(At, PackagePhase.Finding) { IsOver = true },
                storing,
                storing with { Packages = 1, Bytes = 1 << 10 },
                storing with { Packages = 2, Bytes = 3 << 10, IsOver = true }));
        Assert.Equal("", Plain(storing, storing with { Packages = 1, IsOver = true }));
    }

    [Theory]
    [InlineData("   f(*args, **kwargs)  ")]
    [InlineData("\tindented *word* [red]not markup[/]")]
    [InlineData("")]
    public void A_users_text_is_not_altered(string text)
        => Assert.Equal(
            $"2026-11-21 22:19:23.533 [7/b/2 (pid 42)] {text}\n",
            Plain(new RunEvent.TaskOutput(At, Task, LaunchHandle.OfProcess(42, null), text, false)));

    [Fact]
    public void Every_five_minutes_the_view_says_what_runs()
    {
        using var output = new StringWriter();
        var time = new FakeTime(At);
        using var view = new PlainRunView(Streams(output, time));

        view.OnEvent(new RunEvent.Progress(
            At, [new("start", 0, 1, 0), new("a", 2, 5, 1), new("b", 1, 0, 0), new("join", 0, 0, 0), new("end", 0, 0, 0)]));
        time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("", output.ToString());
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(
            "2026-11-21 22:24:23.533 3 tasks are running: a (2 running; 5 done), b (1 running; 0 done).\n"
            + "2026-11-21 22:24:23.533 1 task is waiting in the queue.\n"
            + "2026-11-21 22:24:23.533 2 steps have not started: join, end.\n",
            output.ToString());
        output.GetStringBuilder().Clear();
        view.OnEvent(new RunEvent.Progress(At, [new("a", 0, 5, 0), new("end", 0, 0, 0)]));
        time.Advance(TimeSpan.FromSeconds(300));

        Assert.Contains("No tasks are running.\n", output.ToString());
        Assert.Contains("No tasks are waiting in the queue.\n", output.ToString());
        Assert.Contains("end step has not started\n", output.ToString());
    }

    [Theory]
    [InlineData(0.5, "0.5 seconds")]
    [InlineData(1, "1 second")]
    [InlineData(90, "90 seconds")]
    [InlineData(150, "2.5 minutes")]
    [InlineData(7200, "2 hours")]
    public void Waits_are_said_in_words(double seconds, string words)
        => Assert.Equal(words, Durations.InWords(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(7, "0:07")]
    [InlineData(3723, "1:02:03")]
    [InlineData(90000, "1d 1:00:00")]
    public void Elapsed_time_is_said_as_on_a_clock(double seconds, string text)
        => Assert.Equal(text, Durations.AsClock(TimeSpan.FromSeconds(seconds)));

    private static string Plain(params RunEvent[] events)
    {
        using var output = new StringWriter();
        using var view = new PlainRunView(Streams(output, new FakeTime(At)));
        foreach (var runEvent in events)
        {
            view.OnEvent(runEvent);
        }

        return output.ToString();
    }

    private static ConsoleStreams Streams(TextWriter output, TimeProvider time)
        => new() { Out = output, Error = TextWriter.Null, Time = time };
}
