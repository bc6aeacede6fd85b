using Metaflow.Cli.Commands;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Running;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

public sealed class LogTests : IDisposable
{
    private static readonly Dictionary<string, object?> Nothing = [];
    private readonly SampleStore _store = new();

    [Fact]
    public async Task The_lines_of_a_run_come_in_the_order_of_their_times_with_their_tasks()
    {
        await AddRunAsync();

        var logs = await _store.ExecuteAsync("logs", "7", "--quiet");

        Assert.Equal(new CommandLineRun(0, "only/1 │ first\nonly/2 │ second\nonly/1 │ third\n", ""), logs);
        Assert.Equal(logs, await _store.ExecuteAsync("logs", "latest", "--quiet"));
        Assert.Equal(logs, await _store.ExecuteAsync("logs", "EmptyFlow/7", "--quiet"));
    }

    [Fact]
    public async Task A_program_reads_a_line_as_an_object()
    {
        await AddRunAsync();

        var logs = await _store.ExecuteAsync("logs", "7/only/1", "--json", "--stderr", "--quiet");

        Assert.Equal(
            "{\"time\": \"1970-01-01T00:00:03.000000Z\", \"run\": \"7\", \"step\": \"only\", \"task\": \"1\", \"attempt\": 0, \"stream\": "
                + "\"stderr\", \"text\": \"third\"}\n",
            logs.Out);
    }

    [Fact]
    public async Task The_logs_of_failed_tasks_alone_are_printed_on_request()
    {
        var run = await AddRunAsync();
        await _store.Metadata.RecordAsync(
            run, new(SampleStore.Flow, "7", "only", "2"), [new("attempt_ok", "internal_attempt_status", "False", ["attempt_id:0"])], [],
            TestContext.Current.CancellationToken);

        Assert.Equal("only/2 │ second\n", (await _store.ExecuteAsync("logs", "7", "--failed", "--quiet")).Out);
        Assert.Equal("second\n", (await _store.ExecuteAsync("logs", "7/only", "--failed", "--quiet")).Out);
        Assert.Equal(
            new CommandLineRun(0, "", "None of the tasks failed.\n"), await _store.ExecuteAsync("logs", "7/only/1", "--failed"));
        Assert.Contains(
            "[MF2101]", (await _store.ExecuteAsync("logs", "7", "--failed", "--follow")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrubbing_replaces_what_is_kept()
    {
        await AddRunAsync();

        var scrub = await _store.ExecuteAsync("logs", "scrub", "7/only/1", "--stdout");

        Assert.Equal((0, ""), (scrub.ExitCode, scrub.Out));
        Assert.EndsWith("Logs have been scrubbed for EmptyFlow/7/only/1 - attempt 0\n", scrub.Error, StringComparison.Ordinal);
        Assert.Equal(
            "[REDACTED runtime stdout]", await File.ReadAllTextAsync(LogPath("1", "stdout"), TestContext.Current.CancellationToken));
        Assert.Equal("[REDACTED runtime stdout]\nthird\n", (await _store.ExecuteAsync("logs", "7/only/1")).Out);
        Assert.Equal("second\n", (await _store.ExecuteAsync("logs", "7/only/2")).Out);
    }

    [Fact]
    public async Task A_task_that_has_not_ended_is_scrubbed_only_on_request()
    {
        var run = await AddRunAsync();
        var running = await _store.StartTaskAsync(run, "only", "3");
        using (var log = _store.OpenLog(running, LogKind.Stdout))
        {
            log.WriteLine("secret", DateTimeOffset.UnixEpoch);
        }

        var refused = await _store.ExecuteAsync("logs", "scrub", "7");
        var kept = await _store.ExecuteAsync("logs", "7/only", "--quiet");
        var scrubbed = await _store.ExecuteAsync("logs", "scrub", "7/only/3", "--include-not-done");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("The logs of 'EmptyFlow/7/only/3' were not scrubbed.", refused.Error);
        Assert.Contains($"[{ErrorCodes.TaskNotDone}]", refused.Error);
        Assert.Equal("[REDACTED runtime stdout]\n[REDACTED runtime stderr]\n[REDACTED runtime stdout]\nsecret\n", kept.Out);
        Assert.Equal(0, scrubbed.ExitCode);
        Assert.DoesNotContain("secret", (await _store.ExecuteAsync("logs", "7/only")).Out);
    }

    [Fact]
    public async Task All_attempts_or_the_latest_can_be_scrubbed()
    {
        var run = await AddRunAsync();
        await _store.AddTaskAsync(run, "only", "4", Nothing, (LogKind.Stdout, "old secret"));
        var task = await _store.StartTaskAsync(run, "only", "4");
        await _store.Metadata.RecordAsync(
            run, task, [new("attempt", "attempt", "1", ["attempt_id:1"]), new("attempt-done", "attempt-done", "1", ["attempt_id:1"])], [],
            TestContext.Current.CancellationToken);

        await _store.ExecuteAsync("logs", "scrub", "7/only/4");
        Assert.Contains("old secret", await File.ReadAllTextAsync(LogPath("4", "stdout"), TestContext.Current.CancellationToken));
        var both = await _store.ExecuteAsync("logs", "scrub", "7/only/4", "--all");

        Assert.Equal(0, both.ExitCode);
        Assert.Equal(
            "[REDACTED runtime stdout]", await File.ReadAllTextAsync(LogPath("4", "stdout"), TestContext.Current.CancellationToken));
        var refused = await _store.ExecuteAsync("logs", "scrub", "7/only/4", "--all", "--attempt", "0");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("[MF2101]", refused.Error);
    }

    [Fact]
    public async Task A_mistyped_scrub_is_no_run()
    {
        var run = await _store.ExecuteAsync("logs", "scrb", "7");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("No such command 'logs scrb'. Did you mean 'logs scrub'?", run.Error);
    }

    [Fact]
    public async Task Following_prints_lines_as_they_come_until_the_run_ends()
    {
        var run = await _store.AddRunAsync("7");
        await SetStateAsync(RunState.Running);
        var task = await _store.StartTaskAsync(run, "only", "1");
        using var output = new WaitingWriter();
        using var log = _store.OpenLog(task, LogKind.Stdout);
        log.WriteLine("before", DateTimeOffset.UtcNow);

        var following = FollowAsync(output, "7");
        await output.WaitForAsync("only/1 │ before\n");
        log.Write("open "u8, DateTimeOffset.UtcNow);
        log.Write("line\n"u8, DateTimeOffset.UtcNow);
        await output.WaitForAsync("only/1 │ open line\n");
        await _store.AddTaskAsync(run, "only", "2", Nothing, (LogKind.Stderr, "another"));
        await output.WaitForAsync("only/2 │ another\n");
        Assert.False(following.IsCompleted);
        log.Write("no end"u8, DateTimeOffset.UtcNow);
        await SetStateAsync(RunState.Failed);

        Assert.Equal(0, await following);
        Assert.EndsWith("only/1 │ no end\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_a_task_ends_with_it()
    {
        var run = await _store.AddRunAsync("7");
        await SetStateAsync(RunState.Running);
        var done = new Dictionary<string, object?> { ["_task_ok"] = true };
        var task = await _store.StartTaskAsync(run, "only", "1");
        using var output = new WaitingWriter();

        var following = FollowAsync(output, "7/only/1");
        using (var log = _store.OpenLog(task, LogKind.Stdout))
        {
            log.WriteLine("alone", DateTimeOffset.UtcNow);
        }

        await output.WaitForAsync("alone\n");
        Assert.False(following.IsCompleted);
        await _store.AddTaskAsync(run, "only", "1", done);

        Assert.Equal(0, await following);
    }

    [Fact]
    public async Task Following_a_run_whose_scheduler_died_ends()
    {
        await AddRunAsync();
        await using (await TakeRunAsync())
        {
            await SetStateAsync(RunState.Running, processId: int.MaxValue);
        }

        using var output = new WaitingWriter();

        Assert.Equal(0, await FollowAsync(output, "7"));
        Assert.Equal("only/1 │ first\nonly/2 │ second\nonly/1 │ third\n", output.ToString());
    }

    [Fact]
    public async Task Following_waits_for_a_run_that_has_not_begun_its_first_task()
    {
        await using var scheduler = await TakeRunAsync();
        var run = await _store.AddRunAsync("7");
        using var output = new WaitingWriter();

        var following = FollowAsync(output, "7");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.False(following.IsCompleted, "A pending run was taken for ended.");
        await SetStateAsync(RunState.Running);
        await _store.AddTaskAsync(run, "only", "1", Nothing, (LogKind.Stdout, "at last"));
        await output.WaitForAsync("only/1 │ at last\n");
        await SetStateAsync(RunState.Succeeded);

        Assert.Equal(0, await following);
    }

    [Fact]
    public async Task Following_a_step_that_is_none_is_an_error()
    {
        await AddRunAsync();
        using var output = new WaitingWriter();

        Assert.Equal(1, await FollowAsync(output, "7/nowhere"));
    }

    public void Dispose() => _store.Dispose();

    private async Task<RunRecord> AddRunAsync()
    {
        var run = await _store.AddRunAsync("7");
        await _store.AddTaskAsync(run, "only", "1", Nothing);
        await _store.AddTaskAsync(run, "only", "2", Nothing);
        Append("1", LogKind.Stdout, "first", 1);
        Append("2", LogKind.Stdout, "second", 2);
        Append("1", LogKind.Stderr, "third", 3);
        return run;
    }

    private void Append(string taskId, LogKind stream, string text, int seconds)
    {
        using var log = _store.OpenLog(new(SampleStore.Flow, "7", "only", taskId), stream);
        log.WriteLine(text, DateTimeOffset.UnixEpoch.AddSeconds(seconds));
    }

    private string LogPath(string taskId, string stream)
        => Path.Combine(_store.Root, SampleStore.Flow, "7", "only", taskId, $"0.runtime_{stream}.log");

    private async Task<IRunLease> TakeRunAsync()
        => (await RunHomes.Of(_store.Datastore.Blobs, TimeProvider.System).TryTakeAsync(
            SampleStore.Flow, "7", TestContext.Current.CancellationToken))!;

    private async Task SetStateAsync(RunState state, int? processId = null)
    {
        var status = new RunStatus(state, processId ?? Environment.ProcessId, Environment.MachineName, DateTimeOffset.UtcNow);
        await _store.Datastore.Blobs.SaveAsync(
            [status.ToWrite(SampleStore.Flow, "7")], overwrite: true, TestContext.Current.CancellationToken);
    }

    private async Task<int> FollowAsync(WaitingWriter output, string input)
    {
        using var interruption = new RunInterruption();
        var streams = new ConsoleStreams { Out = output, Error = TextWriter.Null, WorkingFolder = _store.Folder };
        return await new FlowCommandHost(_store.Application, streams, interruption).ExecuteAsync(["logs", input, "--follow"]);
    }

    /// <summary>Keeps what is written, and lets a test wait for it.</summary>
    private sealed class WaitingWriter : TextWriter
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text)
            {
                _text.Append(value);
            }
        }

        public async Task WaitForAsync(string text)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (!ToString().Contains(text, StringComparison.Ordinal))
            {
                await Task.Delay(20, limit.Token);
            }
        }

        public override string ToString()
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }
}
