using System.Collections.Concurrent;
using System.Text;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Tests.Launching;

public sealed class LocalTaskLauncherTests : IDisposable
{
    private static readonly TaskPath Task = new("Flow", "1", "start", "1");

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-launcher-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_program_that_does_not_exist_is_a_transient_launch_error()
    {
        using var launcher = new LocalTaskLauncher(new LocalBlobStore(_root), TimeProvider.System, useSpares: false);
        var error = await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(
            launcher, Request("x", new ProgramLocation("/nowhere/flow", [])), new Recorder()));
        Assert.Equal(ErrorCodes.ProcessNotStarted, error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Output_is_told_by_line_and_stored_while_the_process_runs()
    {
        var recorder = await RunAsync(
            "echo one; printf 'two'; sleep 0.6; printf ' and three\\n'; echo err >&2; printf '10%%\\r50%%\\r99%%'");
        Assert.Equal(
            ["one", "two", " and three", "99%"], recorder.Lines.Where(static line => !line.IsError).Select(static line => line.Text));
        Assert.Equal(["err"], recorder.Lines.Where(static line => line.IsError).Select(static line => line.Text));
        var stored = await new TaskLogReader(new LocalBlobStore(_root)).ReadAsync(
            Task, 0, LogKind.Stdout, TestContext.Current.CancellationToken);
        Assert.Equal(["one", "two and three", "10%\r50%\r99%"], stored.Select(static line => line.Text));
    }

    [Fact]
    public async Task Stored_lines_of_both_streams_have_times_that_rise()
    {
        await RunAsync("seq 300; seq 1000 1300 >&2; seq 301 600; seq 1301 1600 >&2");

        var output = StoredLines(LogKind.Stdout);
        var errors = StoredLines(LogKind.Stderr);
        Assert.Equal(Enumerable.Range(1, 600).Select(static number => $"{number}"), output.Select(static line => line.Text));
        Assert.Equal(Enumerable.Range(1000, 601).Select(static number => $"{number}"), errors.Select(static line => line.Text));
        Assert.All(
            new[] { output, errors },
            static lines => Assert.All(lines.Zip(lines.Skip(1)), static pair => Assert.True(pair.First.At < pair.Second.At)));
        Assert.Equal(1201, output.Concat(errors).Select(static line => line.At).Distinct().Count());
    }

    // As they are in the file: a reader sorts them.
    private List<LogLine> StoredLines(LogKind stream) =>
    [
        .. File.ReadLines(Path.Combine(_root, LogFiles.PathOf(Task, 0, LogFiles.Runtime, stream)))
            .Select(static line => MflogLine.Parse(Encoding.UTF8.GetBytes(line))),
    ];

    [Fact]
    public async Task A_line_without_an_end_is_shown_in_pieces()
    {
        var recorder = await RunAsync("head -c 1000000 /dev/zero | tr '\\0' x");
        Assert.InRange(recorder.Lines.Max(static line => line.Text.Length), 1_000, 70_000);
        Assert.Equal(1_000_000, recorder.Lines.Sum(static line => line.Text.Length));
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 202", 202)]
    [InlineData("kill -9 $$", -9)]
    [InlineData("kill -11 $$", -11)]
    public async Task The_exit_code_is_told_and_a_signal_as_its_negative_number(string script, int code)
        => Assert.Equal(code, (await RunAsync(script)).Exit!.ExitCode);

    [Fact]
    public async Task A_process_left_behind_that_holds_the_pipe_does_not_hold_the_task()
    {
        var recorder = await RunAsync("setsid sleep 1000 & echo done");
        Assert.Equal(0, recorder.Exit!.ExitCode);
    }

    [Fact]
    public async Task Output_that_waits_for_a_slow_console_when_the_process_ends_is_stored_and_told_whole()
    {
        // Longer than processes that were left behind are waited for.
        var recorder = await RunAsync("seq 5000", new Recorder { Pause = TimeSpan.FromSeconds(3) });

        Assert.Equal(Enumerable.Range(1, 5000).Select(static number => $"{number}"), recorder.Lines.Select(static line => line.Text));
        var stored = await new TaskLogReader(new LocalBlobStore(_root)).ReadAsync(
            Task, 0, LogKind.Stdout, TestContext.Current.CancellationToken);
        Assert.Equal(recorder.Lines.Select(static line => line.Text), stored.Select(static line => line.Text));
    }

    [Theory]
    [InlineData("setsid sh -c 'for i in $(seq 5000); do sleep 0.2; echo more; done' & seq 5000")]
    [InlineData("setsid timeout 1000 yes & seq 5000")]
    public async Task A_process_left_behind_that_writes_on_does_not_hold_the_task_whose_own_output_is_whole(string script)
    {
        // The task ends while the process that it left goes on for longer than a test waits.
        var recorder = await RunAsync(script);

        // What the other writes may come in the middle of a line.
        Assert.Equal(
            string.Concat(Enumerable.Range(1, 5000)),
            string.Concat(recorder.Lines.SelectMany(static line => line.Text).Where(char.IsDigit)));
    }

    [Fact]
    public async Task Standard_input_is_closed()
        => Assert.Equal(["end"], (await RunAsync("read x || echo end")).Lines.Select(static line => line.Text));

    [Theory]
    [InlineData("METAFLOW_SOMETHING", "spare")]
    [InlineData("OMP_NUM_THREADS", "fresh given")]
    [InlineData("MF_PARALLEL_NODE_INDEX", "fresh given")]
    [InlineData("metaflow_something", "fresh given")]
    public async Task A_task_with_variables_that_native_code_may_read_has_them_from_the_start_of_its_process(
        string variable, string expected)
    {
        // Shows what native code would read: the variables that the process was started with.
        var program = Path.Combine(_root, "program.sh");
        await File.WriteAllTextAsync(
            program, $"if [ $1 = {TaskHandover.Verb} ]; then cat > /dev/null; echo spare; else echo fresh ${variable}; fi",
            TestContext.Current.CancellationToken);
        using var launcher = new LocalTaskLauncher(new LocalBlobStore(_root), TimeProvider.System, useSpares: true);
        var recorder = new Recorder();

        var waiting = new ProgramLocation("/bin/sh", [program]);
        launcher.Expect(waiting, 1);
        using var process = await LaunchAsync(
            launcher, Request("x", waiting) with { Environment = new Dictionary<string, string> { [variable] = "given" } }, recorder);

        await recorder.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal([expected], recorder.Lines.Select(static line => line.Text));
    }

    [Fact]
    public async Task A_process_that_is_over_is_neither_killed_nor_stopped_again()
    {
        // A deadline or Ctrl-C comes from a thread of its own, perhaps as the process ends: its id may be that of another by then.
        using var launcher = new LocalTaskLauncher(new LocalBlobStore(_root), TimeProvider.System, useSpares: false);
        var recorder = new Recorder();
        var process = await LaunchAsync(launcher, Request("exit 3"), recorder);
        await recorder.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        process.Dispose();

        await process.KillAsync();
        await process.RequestStopAsync();

        Assert.Equal(new TaskExit(3, WasKilled: false), recorder.Exit);
    }

    [Theory]
    [InlineData(typeof(InsufficientMemoryException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task A_launch_that_the_system_has_no_means_for_fails_alone_and_its_process_ends(Type refusal)
    {
        // A thread that cannot be started is "out of memory", like this log: all of it comes after the process was started.
        var logs = new RefusingLogs(new LocalBlobStore(_root), (Exception)Activator.CreateInstance(refusal)!);
        using var launcher = new LocalTaskLauncher(logs, TimeProvider.System, useSpares: false);
        var pids = Path.Combine(_root, "pids");

        var error = await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(
            launcher, Request($"echo $$ >> {pids}; exec sleep 300"), new Recorder()));
        Assert.Equal(ErrorCodes.ProcessNotStarted, error.Code);
        Assert.True(error.IsTransient);

        logs.Refuses = false;
        var recorder = new Recorder();
        using var process = await LaunchAsync(launcher, Request("echo next"), recorder);
        await recorder.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["next"], recorder.Lines.Select(static line => line.Text));
        var started = File.Exists(pids) ? File.ReadAllLines(pids) : [];
        Assert.All(
            started, static id => Assert.False(File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Length > 0));
    }

    [Fact]
    public async Task Two_hundred_tasks_leave_no_file_open()
    {
        const int Tasks = 200;
        using var launcher = new LocalTaskLauncher(new LocalBlobStore(_root), TimeProvider.System, useSpares: false);
        await RunOneAsync("first");
        var before = OpenFiles();
        for (var task = 0; task < Tasks; task++)
        {
            await RunOneAsync($"task {task}");
        }

        // Other tests of this process open files meanwhile; one that each task leaves would show.
        Assert.InRange(OpenFiles(), 0, before + (Tasks / 2));

        static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

        async Task RunOneAsync(string text)
        {
            var recorder = new Recorder();
            using (await LaunchAsync(launcher, Request($"echo {text}; echo {text} >&2"), recorder))
            {
                await recorder.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            }

            Assert.Equal([text, text], recorder.Lines.Select(static line => line.Text));
        }
    }

    [Fact]
    public async Task Reports_of_progress_come_beside_the_output_and_before_the_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The system has no such pipes.");

        // The shell gets the arguments of the task after its script: the last is the address of the channel.
        var recorder = await RunAsync(
            """
            address=$1; number=${address%%:*}; pipe=${address#*:}
            echo out
            printf '%s 0.25 a quarter\n%s - lost\n' "$number" "$number" >"$pipe"
            printf '999 0.5 of no task\nno message\n\n' >"$pipe"
            printf '%s 7 \033[2Jtoo much\n' "$number" >"$pipe"
            """);

        Assert.Equal([(0.25, "a quarter"), (null, "lost"), (null, @"\x1b[2Jtoo much")], recorder.Reports);
        Assert.Equal([("out", false)], recorder.Lines);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), "metaflow-progress-*"));
    }

    [Fact]
    public void Without_a_program_on_disk_there_is_nothing_to_start()
    {
        Assert.Equal(ErrorCodes.ProgramNotFound, Assert.Throws<LaunchException>(static () => ProgramLocation.From(null, null)).Code);
        Assert.Equal(
            ErrorCodes.ProgramNotFound, Assert.Throws<LaunchException>(static () => ProgramLocation.From("/usr/bin/dotnet", "")).Code);
        Assert.Equal(["exec", "/a/flow.dll"], ProgramLocation.From("/usr/bin/dotnet", "/a/flow.dll").Arguments);
        Assert.Equal(new ProgramLocation("/a/flow", []).FileName, ProgramLocation.From("/a/flow", "/a/flow.dll").FileName);
    }

    /// <summary>Shorter than the processes live that tests leave behind, and longer than anything takes on a machine that is
    /// busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly ProgramLocation Shell = new("/bin/sh", ["-c"]);

    private static LaunchRequest Request(string script, ProgramLocation? program = null)
        => new(Task, 0, [script], new Dictionary<string, string>(), 1 << 20) { Program = program ?? Shell };

    private static Task<ILaunchedTask> LaunchAsync(LocalTaskLauncher launcher, LaunchRequest request, Recorder recorder)
        => launcher.LaunchAsync(request, recorder, TestContext.Current.CancellationToken).AsTask();

    private async Task<Recorder> RunAsync(string script, Recorder? recorder = null)
    {
        using var launcher = new LocalTaskLauncher(new LocalBlobStore(_root), TimeProvider.System, useSpares: false);
        recorder ??= new Recorder();
        using var process = await LaunchAsync(launcher, Request(script), recorder);
        await recorder.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return recorder;
    }

    private sealed class RefusingLogs(IAppendableBlobStore logs, Exception refusal) : IAppendableBlobStore
    {
        public bool Refuses { get; set; } = true;

        public Stream OpenAppend(string path) => Refuses ? throw refusal : logs.OpenAppend(path);
    }

    private sealed class Recorder : ITaskObserver
    {
        public ConcurrentQueue<(string Text, bool IsError)> Lines { get; } = new();

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskExit? Exit { get; private set; }

        public ConcurrentQueue<(double? Fraction, string? Text)> Reports { get; } = new();

        /// <summary>Gets how long the console takes for its first line.</summary>
        public TimeSpan Pause { get; init; }

        public void OnOutput(DateTimeOffset at, string text, bool isError)
        {
            if (Lines.IsEmpty)
            {
                Thread.Sleep(Pause);
            }

            Lines.Enqueue((text, isError));
        }

        public void OnProgress(double? fraction, string? text) => Reports.Enqueue((Exit is null ? fraction : -1, text));

        public void OnExit(TaskExit exit)
        {
            Exit = exit;
            Ended.SetResult();
        }
    }
}
