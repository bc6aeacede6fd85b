using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

public sealed class TerminalViewTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 21, 19, 23, 533, TimeSpan.Zero);
    private static readonly LaunchHandle Handle = LaunchHandle.OfProcess(42, null);

    private readonly StringWriter _output = new();
    private readonly FakeTime _time = new(At);
    private int _columns = 80;
    private int _rows = 24;

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_step_with_work_has_one_live_line_with_a_bar_and_a_total()
    {
        using var view = View();

        view.OnEvent(Counts(new StepCount("start", 0, 1, 0) { Total = 1, IsTotalExact = true }, Work(4, 17, 8, retrying: 1)));
        _time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(
            ["✓ start 1 task", "⠴ work  ━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━━ 17/30  4 running, 1 retrying  0:12"], Screen());
    }

    [Fact]
    public void Packages_have_a_live_line_with_a_bar_until_they_are_here_and_then_a_line_that_stays()
    {
        using var view = View();

        view.OnEvent(new RunEvent.PackageProgress(At, PackagePhase.Finding));
        Wait();
        Assert.Equal("Looking for packages", Screen().Single()[2..]);
        view.OnEvent(new RunEvent.PackageProgress(At, PackagePhase.Finding) { IsOver = true });
        var unpacking = new RunEvent.PackageProgress(At, PackagePhase.Unpacking) { AllPackages = 4, AllBytes = 8 << 20 };
        view.OnEvent(unpacking with { Packages = 1, Bytes = 4 << 20 });
        Wait();
        Assert.Equal("━━━━━━━━━━━━━━━╸━━━━━━━━━━━━━━ Unpacking packages: 1 of 4, 4 MB of 8 MB", Screen().Single()[2..]);
        view.OnEvent(unpacking with { Packages = 4, Bytes = 8 << 20, IsOver = true });
        Wait();

        Assert.Equal(["Unpacked 4 packages (8 MB).", ""], Screen());
    }

    [Fact]
    public void A_total_that_may_still_grow_says_so()
    {
        using var view = View();

        view.OnEvent(Counts(new StepCount("inner", 1, 2, 0) { Total = 3 }));
        Wait();

        Assert.Contains(" 2/3+ ", Screen().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_task_prints_stands_behind_the_name_of_its_item()
    {
        using var view = View();

        view.OnEvent(Output("text", new TaskPlace([3], "north")));
        view.OnEvent(Output("deep", new TaskPlace([3, 1], null)));
        view.OnEvent(Output("long", new TaskPlace([4], "a\e[2Jvery long name of an item, longer than anybody reads")));
        view.OnEvent(Output("alone", null));
        Wait();

        Assert.Equal(
            [
                "work[3] north │ text",
                "work[3,1]     │ deep",
                @"work[4] a\x1b[2Jvery long name … │ long",
                "work                 │ alone",
                "",
            ],
            Screen());
    }

    [Theory]
    [InlineData(50, "work[4] a long item of t… │ text", "a_step_with_a_very_lo…[0] │ text")]
    [InlineData(24, "work[4] a l… │ text", "a_step_w…[0] │ text")]
    [InlineData(10, "work[4] │ text", "a_s…[0] │ text")]
    public void On_a_narrow_terminal_half_of_the_line_is_left_for_what_a_task_prints(int columns, string ofItem, string ofStep)
    {
        _columns = columns;
        using var view = View();

        view.OnEvent(Output("text", new TaskPlace([4], "a long item of the foreach")));
        view.OnEvent(Output("text", new TaskPlace([0], "x")) with { Task = Task("3") with { Step = "a_step_with_a_very_long_name" } });
        Wait();

        Assert.Equal([ofItem, ofStep, ""], Screen(int.MaxValue));
    }

    [Fact]
    public void An_exception_that_many_tasks_have_is_shown_once()
    {
        using var view = View();

        Fail(view, "2", 0, "no data", last: "30");
        Fail(view, "3", 1, "no data", last: "30");
        Fail(view, "4", 2, "no data for c", last: "30");
        Fail(view, "5", 3, "no data", last: "31");
        Wait();

        Assert.Equal(
            [
                "work[0] a │ <flow F step work[0] (input: a)> failed:",
                "work[0] a │     System.IOException: no data",
                "work[0] a │        at F.Work() in f.cs:line 30",
                "✗ work[0] a failed.",
                "✗ work[1] a failed: the same as work[0] a.",
                "✗ work[2] a failed like work[0] a: System.IOException: no data for c",
                "work[3] a │ <flow F step work[3] (input: a)> failed:",
                "work[3] a │     System.IOException: no data",
                "work[3] a │        at F.Work() in f.cs:line 31",
                "✗ work[3] a failed.",
                "",
            ],
            Screen(int.MaxValue));
    }

    [Fact]
    public void What_a_failing_task_printed_is_not_held_back_for_long()
    {
        using var view = View();
        var heading = Report("2", 0, "<flow F step work[0] (input: a)> failed:");

        view.OnEvent(heading);
        view.OnEvent(Output("other", null) with { Task = Task("9") });
        Wait();
        Assert.Equal(["work │ other", ""], Screen());

        view.OnEvent(Output("other", null) with { Task = Task("9"), At = At.AddSeconds(2) });
        view.OnEvent(heading with { Task = Task("3") });
        view.OnEvent(Output("and more", null) with { Task = Task("3") });
        view.OnEvent(heading with { Task = Task("4") });
        view.OnEvent(new RunEvent.RunEnded(At, false));
        Assert.Equal(3, Screen(int.MaxValue).Count(static line => line.EndsWith("failed:", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_exception_is_shown_once_however_long_the_processes_of_the_tasks_take_to_end()
    {
        using var view = View();

        view.OnEvent(Report("2", 0, "<flow F step work[0] (input: a)> failed:"));
        view.OnEvent(Report("2", 0, "    System.IOException: no data"));
        view.OnEvent(Output("other", null) with { Task = Task("9"), At = At.AddSeconds(2) });
        view.OnEvent(Report("3", 1, "<flow F step work[1] (input: a)> failed:") with { At = At.AddSeconds(3) });
        view.OnEvent(Report("3", 1, "    System.IOException: no data") with { At = At.AddSeconds(3) });
        view.OnEvent(Output("other", null) with { Task = Task("9"), At = At.AddSeconds(5) });
        foreach (var (task, index) in new[] { ("2", 0), ("3", 1) })
        {
            view.OnEvent(new RunEvent.TaskFailed(At, Task(task), Handle, 0, null, null, false) { Place = new TaskPlace([index], "a") });
        }

        Wait();
        Assert.Equal(1, Screen(int.MaxValue).Count(static line => line.EndsWith("no data", StringComparison.Ordinal)));
        Assert.Equal(["✗ work[0] a failed.", "✗ work[1] a failed: the same as work[0] a.", ""], Screen(int.MaxValue)[^3..]);
    }

    [Fact]
    public void Starts_and_ends_of_tasks_have_no_line_and_failures_retries_and_caught_ones_have_one()
    {
        using var view = View();
        var place = new TaskPlace([3], "north");

        view.OnEvent(new RunEvent.TaskStarting(At, Task("2"), Handle, 0, false) { Place = place });
        view.OnEvent(new RunEvent.TaskSucceeded(At, Task("2"), Handle) { Place = place });
        view.OnEvent(new RunEvent.TaskCloned(At, Task("2"), Task("9"), null));
        view.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, TimeSpan.FromMinutes(2), false) { Place = place });
        view.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 1, "It was killed.\e[2J", null, false) { Place = place });
        view.OnEvent(new RunEvent.TaskSucceeded(At, Task("2"), Handle) { Place = place, IsCaught = true });
        Wait();

        Assert.Equal(
            [
                "↻ work[3] north failed; retrying in 2 minutes.",
                @"✗ work[3] north failed after 2 attempts: It was killed.\x1b[2J",
                "! work[3] north failed; [Catch] handled it.", "",
            ],
            Screen());
    }

    [Fact]
    public void The_last_line_of_a_step_stays_and_says_what_became_of_its_tasks()
    {
        using var view = View();
        view.OnEvent(Counts(Work(16, 0, 14)));
        view.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, null, TimeSpan.Zero, false));
        _time.Advance(TimeSpan.FromSeconds(12));

        view.OnEvent(Counts(Work(0, 30, 0) with { Caught = 2, Cloned = 4 }));
        view.OnEvent(new RunEvent.RunEnded(At, true));

        Assert.Equal("✓ work 30 tasks in 0:12, 1 retried, 2 caught, 4 cloned", Screen()[^2]);
        Assert.Equal("", Screen()[^1]);
    }

    [Fact]
    public void A_step_that_never_finished_says_how_far_it_came()
    {
        using var view = View();
        view.OnEvent(Counts(Work(2, 5, 22) with { Failed = 1 }));
        _time.Advance(TimeSpan.FromSeconds(1));

        view.OnEvent(new RunEvent.RunEnded(At, false));

        Assert.Equal(["✗ work 5 of 30 tasks in 1.0 s, 1 failed", ""], Screen());
    }

    [Fact]
    public void A_step_whose_tasks_were_stopped_did_not_succeed()
    {
        using var view = View();
        view.OnEvent(Counts(Work(0, 5, 0)));

        view.OnEvent(new RunEvent.RunEnded(At, false));

        Assert.Equal(["■ work 5 of 30 tasks", ""], Screen());
    }

    [Fact]
    public void What_the_terminal_echoes_of_Ctrl_C_leaves_no_part_of_a_live_line()
    {
        _columns = 40;
        using var view = View();
        view.OnEvent(Counts(Work(4, 17, 8), Work(1, 1, 0) with { Step = "other" }));
        Wait();

        _output.Write("^C");
        view.OnEvent(new RunEvent.RunStopping(At, true, 3));
        view.OnEvent(new RunEvent.RunEnded(At, false));

        Assert.Equal(["■ Stopping 3 tasks.", "■ work  17 of 30 tasks in 0.2 s", "■ other 1 of 30 tasks in 0.2 s", ""], Screen());
    }

    [Fact]
    public void Progress_of_the_only_task_of_a_step_is_its_bar_and_that_of_several_moves_theirs()
    {
        using var view = View();
        view.OnEvent(Counts(new StepCount("work", 1, 0, 0) { Total = 1, IsTotalExact = true }));
        view.OnEvent(new RunEvent.TaskProgress(At, Task("2"), 0.4, "epoch 4"));
        Wait();
        Assert.Matches("━╸━+ 40%  epoch 4  0:00$", Screen().Single());

        view.OnEvent(Counts(new StepCount("work", 2, 0, 0) { Total = 2, IsTotalExact = true }));
        view.OnEvent(new RunEvent.TaskProgress(At, Task("3"), 0.5, "epoch 5") { Place = new TaskPlace([1], "b") });
        Wait();
        Assert.Matches(@"━╸━+ 0/2  2 running  \[1\] epoch 5  0:00$", Screen().Single());

        view.OnEvent(new RunEvent.TaskSucceeded(At, Task("3"), Handle));
        Wait();
        Assert.DoesNotContain("epoch", Screen().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void More_steps_than_half_the_rows_fold_into_one_line()
    {
        _rows = 10;
        using var view = View();

        view.OnEvent(Counts([.. Enumerable.Range(0, 30).Select(
            static i => new StepCount($"branch_{i}", i == 20 ? 1 : 0, 0, 1) { Total = 2 })]));
        Wait();

        var screen = Screen();
        Assert.Equal(5, screen.Count);
        Assert.Contains(screen, static line => line.Contains("branch_20 ", StringComparison.Ordinal));
        Assert.Equal("… 26 more steps: 26 queued", screen[^1]);
    }

    [Theory]
    [InlineData(180)]
    [InlineData(60)]
    [InlineData(40)]
    [InlineData(12)]
    [InlineData(1)]
    public void No_live_line_is_wider_than_the_terminal(int columns)
    {
        _columns = columns;
        using var view = View();

        view.OnEvent(Counts([.. Enumerable.Range(0, 5).Select(static i => new StepCount($"a_step_with_a_long_name_{i}", i, 2, 3)
        {
            Retrying = 1,
            Failed = 2,
            Total = 100_000,
        })]));
        view.OnEvent(new RunEvent.TaskProgress(At, Task("2") with { Step = "a_step_with_a_long_name_1" }, 0.5, new string('漢', 100)));
        Wait();

        Assert.All(Screen(int.MaxValue), line => Assert.InRange(TextWidth.Of(line), 0, columns - 1));
        Assert.Equal(5, Screen().Count);
    }

    [Fact]
    public void At_forty_columns_a_line_still_has_its_name_its_numbers_and_its_bar()
    {
        _columns = 40;
        using var view = View();

        view.OnEvent(Counts(Work(4, 17, 8)));
        Wait();

        Assert.Equal("⠴ work ━━━━━╸━━━ 17/30  4 running  0:00"[2..], Screen().Single()[2..]);
    }

    [Fact]
    public void The_width_is_read_at_each_painting_and_what_a_narrower_terminal_broke_is_erased()
    {
        using var view = View();
        view.OnEvent(Output("stays", null));
        view.OnEvent(Counts(Work(4, 17, 8), Work(1, 1, 0) with { Step = "other", Total = 3, IsTotalExact = false }));
        Wait();
        var before = _output.ToString();
        _output.GetStringBuilder().Clear();

        _columns = 40;
        Wait();

        // Both lines were longer than 40 columns: the terminal has made four of them. The cursor is where the last line begins.
        Assert.StartsWith("\r\e[2A\e[J", _output.ToString(), StringComparison.Ordinal);
        _output.GetStringBuilder().Insert(0, before.Replace("\e[?7h", "\n\e[?7h", StringComparison.Ordinal));
        Assert.Equal("work │ stays", Screen()[0]);
    }

    [Fact]
    public void The_screen_after_a_run_holds_the_lines_and_nothing_else()
    {
        var random = new Random(1);
        using (var view = View())
        {
            for (var i = 0; i < 500; i++)
            {
                view.OnEvent(Output($"line {i}", null));
                view.OnEvent(Counts([.. Enumerable.Range(0, random.Next(1, 8)).Select(
                    step => new StepCount($"b{step}", random.Next(9), i, 0))]));
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(150)));
            }
        }

        var screen = Screen();
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => $"work │ line {i}"), screen[..500]);
        Assert.Equal([""], screen[500..]);
    }

    [Fact]
    public void The_terminal_is_written_to_at_most_ten_times_a_second_however_many_lines_arrive()
    {
        var writes = new CountingWriter();
        using var view = new TerminalRunView(Streams() with { Out = writes });

        for (var i = 0; i < 100_000; i++)
        {
            view.OnEvent(Output("x", null));
            _time.Advance(TimeSpan.FromMicroseconds(10));
        }

        Assert.InRange(writes.Count, 9, 20);
    }

    [Fact]
    public void Nothing_is_written_while_nothing_changes()
    {
        var writes = new CountingWriter();
        using var view = new TerminalRunView(Streams() with { Out = writes });

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, writes.Count);
    }

    [Theory]
    [InlineData("   f(*args, **kwargs)  ", "   f(*args, **kwargs)  ")]
    [InlineData("\tindented *word* [red]not markup[/] [[", "\tindented *word* [red]not markup[/] [[")]
    [InlineData("", "")]
    [InlineData("\e[32mgreen\e[0m", "\e[32mgreen\e[0m\e[0m")]
    [InlineData("\e[2Jgone\e[3A", @"\x1b[2Jgone\x1b[3A")]
    public void A_tasks_text_stays_as_it_is_but_for_what_moves_the_cursor(string text, string shown)
    {
        using var view = View();

        view.OnEvent(Output(text, null));
        view.OnEvent(Output(text + new string('x', 300), null, isError: true));
        view.OnEvent(new RunEvent.RunEnded(At, true));

        Assert.Contains($"\e[2mwork │ \e[0m{shown}\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(new string('x', 300), _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colours_a_bar_can_still_be_read()
    {
        using var view = View(("NO_COLOR", "1"));

        view.OnEvent(Counts(Work(4, 15, 8)));
        Wait();

        Assert.Contains("━━━━━━━━━━━━━━━╸──────────────", Screen().Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_without_UTF_8_gets_ASCII()
    {
        using var view = View(("LANG", "de_DE.ISO-8859-1"));

        view.OnEvent(Output("x", new TaskPlace([0], new string('i', 50))));
        view.OnEvent(Counts(Work(4, 15, 8)));
        view.OnEvent(new RunEvent.RunEnded(At, true));

        Assert.All(_output.ToString(), static letter => Assert.InRange(letter, '\0', '\x7f'));
        Assert.Equal(["work[0] iiiiiiiiiiiiiiiiiiiiiii~ | x", "# work 15 of 30 tasks in 0.0 s", ""], Screen());
    }

    [Fact]
    public void A_stop_is_told_once_and_not_of_each_task()
    {
        using var view = View();

        view.OnEvent(new RunEvent.RunStopping(At, true, 3) { ByCtrlC = true });
        view.OnEvent(new RunEvent.TaskFailed(At, Task("2"), Handle, 0, "The process was killed by signal 15 (SIGTERM).", null, false));
        view.OnEvent(new RunEvent.TasksKilled(At, 2, null));
        Wait();

        Assert.Equal(["■ Stopping 3 tasks. Press Ctrl-C again to kill the running tasks.", "■ Killing 2 tasks.", ""], Screen());
    }

    [Theory]
    [InlineData("CI", "true", typeof(PlainRunView))]
    [InlineData("TERM", "dumb", typeof(PlainRunView))]
    [InlineData("NO_COLOR", "1", typeof(TerminalRunView))]
    [InlineData("CI", "", typeof(TerminalRunView))]
    public void Some_terminals_want_no_live_lines(string variable, string value, Type view)
        => Assert.Equal(
            view == typeof(TerminalRunView),
            (Streams() with { Environment = new Dictionary<string, string> { [variable] = value } }).IsLive);

    private static TaskPath Task(string id) => new("F", "7", "work", id);

    private static StepCount Work(int running, int done, int queued, int retrying = 0)
        => new("work", running, done, queued) { Retrying = retrying, Total = 30, IsTotalExact = true };

    private static RunEvent.Progress Counts(params StepCount[] counts) => new(At, counts);

    private static void Fail(TerminalRunView view, string task, int index, string message, string last)
    {
        view.OnEvent(Report(task, index, $"<flow F step work[{index}] (input: a)> failed:"));
        view.OnEvent(Report(task, index, $"    System.IOException: {message}"));
        view.OnEvent(Report(task, index, $"       at F.Work() in f.cs:line {last}"));
        view.OnEvent(new RunEvent.TaskFailed(At, Task(task), Handle, 0, null, null, false) { Place = new TaskPlace([index], "a") });
    }

    private static RunEvent.TaskOutput Report(string task, int index, string text)
        => Output(text, new TaskPlace([index], "a"), isError: true) with { Task = Task(task) };

    private static RunEvent.TaskOutput Output(string text, TaskPlace? place, bool isError = false)
        => new(At, Task("2"), Handle, text, isError) { Place = place };

    private TerminalRunView View(params (string Name, string Value)[] environment) => new(Streams() with
    {
        Environment = environment.ToDictionary(static variable => variable.Name, static variable => variable.Value),
    });

    private ConsoleStreams Streams() => new()
    {
        Out = _output,
        Error = TextWriter.Null,
        OutputIsTerminal = true,
        Time = _time,
        Width = () => _columns,
        Height = () => _rows,
    };

    private void Wait() => _time.Advance(TimeSpan.FromMilliseconds(200));

    private List<string> Screen() => Screen(_columns);

    private List<string> Screen(int columns) => FakeScreen.After(_output.ToString(), columns);

    private sealed class CountingWriter() : StringWriter(CultureInfo.InvariantCulture)
    {
        public int Count { get; private set; }

        public override void Write(string? value) => Count++;
    }
}
