using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;

namespace Metaflow.Scenarios.Tests;

public sealed class ContinuationTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private RunHandle Latest(string flow) => _place.Client().Flow(flow).LatestRun!;

    [Fact]
    public async Task A_failed_run_is_continued_with_a_further_attempt_of_the_task_that_failed()
    {
        Assert.Equal(1, (await _place.RunAsync("MendableFlow", "run", "--tag", "kept")).ExitCode);
        var failed = Latest("MendableFlow");
        Assert.Equal(RunState.Failed, failed.State);
        Assert.Equal(1, failed.Progress.Failed);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        var outcome = (await _place.RunAsync("MendableFlow", "resume", "--continue", failed.Id, "--tag", "added")).Succeeded();
        Assert.Contains("number 2", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/start/1 ", outcome.Output, StringComparison.Ordinal);
        var run = Latest("MendableFlow");
        Assert.Equal(failed.Id, run.Id);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal([0, 1], run.Step("work").Task!.Attempts);
        Assert.Equal(["added", "kept"], run.UserTags.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_continued_run_keeps_its_configurations()
    {
        (await _place.RunAsync(
            "ConfigFlow", "run", "--config-value", "training", "{\"name\": \"kept\", \"learning_rate\": 4, \"sizes\": [3, 5]}", "--until",
            "start")).Succeeded();
        var run = Latest("ConfigFlow");
        Assert.Equal(RunState.Cancelled, run.State);
        (await _place.RunAsync("ConfigFlow", "resume", "--continue", run.Id)).Succeeded();
        Assert.Equal("KEPT: kept at 4 with 2, -1 more", Latest("ConfigFlow").Data.Get<string>("seen"));
        Assert.Equal([9, 25], Latest("ConfigFlow").Data.Get<List<int>>("squares"));
    }

    [Fact]
    public async Task A_run_killed_before_its_first_task_is_continued_from_its_start()
    {
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        var folder = Path.Combine(_place.Root, "MendableFlow", run.Id);
        var journal = Path.Combine(folder, "_meta", "journal");

        // What is there when the process is killed between its registration and its first task.
        await File.WriteAllLinesAsync(
            journal, (await File.ReadAllLinesAsync(journal, CancellationToken.None))[..1], CancellationToken.None);
        Directory.Delete(Path.Combine(folder, "start"), recursive: true);
        Directory.Delete(Path.Combine(folder, "work"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id)).Succeeded();
        Assert.Equal(RunState.Succeeded, Latest("MendableFlow").State);
        Assert.Equal([0], Latest("MendableFlow").Step("start").Task!.Attempts);
    }

    [Fact]
    public async Task Of_a_run_continued_with_other_code_only_steps_that_did_not_change_are_reused()
    {
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        var records = Path.Combine(_place.Root, "MendableFlow", run.Id, "_parameters", "0", "_meta");
        var record = Assert.Single(Directory.GetFiles(records, "sysmeta_code-identities_*.json"));

        // As if the program that started the run had had another step 'start'.
        var text = await File.ReadAllTextAsync(record, CancellationToken.None);
        var changed = text.Replace("""\"start\":\"code:""", """\"start\":\"code:0""", StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        await File.WriteAllTextAsync(record, changed, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id)).Succeeded();
        Assert.Equal(2, Directory.GetFiles(records, "sysmeta_code-identities_*.json").Length);
        var outcome = (await _place.RunAsync("MendableFlow", "run", "--cache", "--explain")).Succeeded();
        Assert.Contains("its code or environment changed since", outcome.Output, StringComparison.Ordinal);
        var cached = Latest("MendableFlow");
        Assert.Null(cached.Step("start").Task!.OriginPathspec);
        Assert.NotNull(cached.Step("work").Task!.OriginPathspec);
    }

    [Fact]
    public async Task A_stopped_run_is_continued_with_the_same_attempt()
    {
        using (var process = _place.Start("MendableFlow", "run", "--way", "wait"))
        {
            await process.LinesWithAsync("before");
            process.Signal("TERM");
            Assert.Equal(143, (await process.EndAsync()).ExitCode);
        }

        var stopped = Latest("MendableFlow");
        Assert.Equal(RunState.Cancelled, stopped.State);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync("MendableFlow", "resume", "--continue", stopped.Id)).Succeeded();
        Assert.Equal([0], Latest("MendableFlow").Step("work").Task!.Attempts);
        Assert.Equal("wait", Latest("MendableFlow").Parameters["way"]);
    }

    [Fact]
    public async Task A_run_at_work_and_one_that_succeeded_are_not_continued()
    {
        using var process = _place.Start("MendableFlow", "run", "--way", "wait");
        await process.LinesWithAsync("before");
        var run = Latest("MendableFlow");
        Assert.Equal(RunState.Running, run.State);
        var refused = await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(ErrorCodes.RunIsAlive, refused.Errors, StringComparison.Ordinal);
        process.Kill9();
        await process.EndAsync();
        Assert.Equal(RunState.Dead, run.State);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id)).Succeeded();
        refused = await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id);
        Assert.Contains(ErrorCodes.RunHasSucceeded, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_that_continue_a_run_at_once_one_is_refused_where_dotnet_locks_no_files()
    {
        _place.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        // As the other process does, between its look at the run's state and its first record.
        using (await RunLock.TryTakeAsync(new RunFolder(Path.Combine(_place.Root, "MendableFlow", run.Id, "_meta")), TimeProvider.System))
        {
            var refused = await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id);
            Assert.Contains(ErrorCodes.RunIsAlive, refused.Errors, StringComparison.Ordinal);
        }

        using var first = _place.Start("MendableFlow", "resume", "--continue", run.Id);
        using var second = _place.Start("MendableFlow", "resume", "--continue", run.Id);
        CommandOutcome[] outcomes = [await first.EndAsync(), await second.EndAsync()];
        Assert.Single(outcomes, static outcome => outcome.ExitCode == 0);
        var loser = Assert.Single(outcomes, static outcome => outcome.ExitCode != 0);
        Assert.True(loser.Errors.Contains(ErrorCodes.RunIsAlive, StringComparison.Ordinal)
            || loser.Errors.Contains(ErrorCodes.RunHasSucceeded, StringComparison.Ordinal), loser.All);
        Assert.Equal([0, 1], Latest("MendableFlow").Step("work").Task!.Attempts);
    }

    [Fact]
    public async Task Of_two_that_resume_under_one_id_at_once_one_is_refused()
    {
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        var folder = new RunFolder(Path.Combine(_place.Root, "MendableFlow", "chosen", "_meta"));
        using (await RunLock.TryTakeAsync(folder, TimeProvider.System))
        {
            var refused = await _place.RunAsync("MendableFlow", "resume", "--origin-run-id", run.Id, "--run-id", "chosen");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(ErrorCodes.RunIsAlive, refused.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(folder.Journal));
        }
    }

    [Fact]
    public async Task A_run_without_a_journal_or_with_a_damaged_one_is_not_continued()
    {
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        var journal = Path.Combine(_place.Root, "MendableFlow", run.Id, "_meta", "journal");
        var content = await File.ReadAllBytesAsync(journal, CancellationToken.None);
        var damaged = content.ToArray();
        damaged[20] ^= 1;
        await File.WriteAllBytesAsync(journal, damaged, CancellationToken.None);
        Assert.Contains(
            ErrorCodes.JournalDamaged,
            (await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id)).Errors,
            StringComparison.Ordinal);
        File.Delete(journal);
        Assert.Contains(
            ErrorCodes.JournalMissing,
            (await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id)).Errors,
            StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, run.State);
    }

    [Fact]
    public async Task Failed_tasks_have_six_attempts_in_all()
    {
        await _place.RunAsync("MendableFlow", "run");
        var run = Latest("MendableFlow");
        for (var attempt = 1; attempt < 6; attempt++)
        {
            await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id);
        }

        Assert.Equal(6, Latest("MendableFlow").Step("work").Task!.Attempts.Count);
        var refused = await _place.RunAsync("MendableFlow", "resume", "--continue", run.Id);
        Assert.Contains(ErrorCodes.NoAttemptLeft, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, run.State);
    }

    [Fact]
    public async Task What_a_task_wrote_is_in_its_log_when_the_scheduler_is_killed()
    {
        using var process = _place.Start("LongLogFlow", "run", "--max-log-size", "1");
        await process.LinesWithAsync("written");
        for (var wait = 0; wait < 3_000 && !Log().EndsWith("last line\n", StringComparison.Ordinal); wait++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        process.Kill9();
        await process.EndAsync();
        var log = Log();
        Assert.StartsWith("first line\n", log, StringComparison.Ordinal);
        Assert.EndsWith("last line\n", log, StringComparison.Ordinal);
        Assert.InRange(log.Length, 500_000, 1_100_000);

        string Log() => Latest("LongLogFlow").Step("start").Tasks[0].Stdout;
    }

    [Fact]
    public async Task Two_runs_at_once_lose_nothing()
    {
        using var first = _place.Start("SixtyTasksFlow", "run", "--max-workers", "2");
        using var second = _place.Start("SixtyTasksFlow", "run", "--max-workers", "2");
        (await first.EndAsync()).Succeeded();
        (await second.EndAsync()).Succeeded();
        var runs = _place.Client().Flow("SixtyTasksFlow").Runs();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, static run => Assert.Equal(57L * 58 * 115 / 6, run.Data["sum"]));
        Assert.All(runs, static run => Assert.Equal(60, run.Tasks.Count));
        Assert.Contains(
            await File.ReadAllTextAsync(Path.Combine(_place.Root, "SixtyTasksFlow", "latest_run"), CancellationToken.None),
            runs.Select(static run => run.Id));
    }

    [Fact]
    public async Task Tags_that_ten_processes_set_at_once_are_all_there()
    {
        var run = await _place.SucceedAsync("LinearFlow");
        var processes = Enumerable.Range(0, 10)
            .Select(number => _place.Start("LinearFlow", "tag", "add", "--run-id", run.Id, $"tag{number}")).ToList();
        foreach (var process in processes)
        {
            (await process.EndAsync()).Succeeded();
            process.Dispose();
        }

        Assert.Equal(
            Enumerable.Range(0, 10).Select(static number => $"tag{number}"), Latest("LinearFlow").UserTags.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Runs_are_listed_with_their_states()
    {
        await _place.RunAsync("MendableFlow", "run", "--tag", "first");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        await _place.RunAsync("MendableFlow", "run");
        var lines = (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output.Split('\n');
        Assert.Contains("succeeded", lines[1], StringComparison.Ordinal);
        Assert.Contains("3 done", lines[1], StringComparison.Ordinal);
        Assert.Contains("failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("1 done, 1 failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("first", lines[2], StringComparison.Ordinal);
        var json = (await _place.RunAsync("MendableFlow", "runs", "--json", "--limit", "1")).Succeeded().Output;
        Assert.Contains("\"state\": \"succeeded\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"state\": \"failed\"", json, StringComparison.Ordinal);
    }
}
