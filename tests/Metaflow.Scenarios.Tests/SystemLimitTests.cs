namespace Metaflow.Scenarios.Tests;

/// <summary>Runs where the system gives few files, processes and threads.</summary>
public sealed class SystemLimitTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_that_may_open_few_files_ends_well_with_fewer_tasks_at_once()
    {
        using var process = _place.StartUnder("ulimit -n 180", "SixtyTasksFlow", "run", "--max-workers", "60");
        var outcome = (await process.EndAsync()).Succeeded();

        Assert.Matches(
            @"Only \d+ tasks run at the same time instead of 60: the system allows 180 open files here \(ulimit -n\), and \d+ of them are "
                + @"in use\.",
            outcome.Output);
        Assert.Contains("sum 63365", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(160, 0)]
    public async Task A_user_with_few_processes_and_threads_has_runs_with_fewer_tasks_at_once_or_none(int most, int exitCode)
    {
        const string LetOthersIn = "chmod 777 .; chmod 755 \"$(dirname \"$0\")\"";
        const string AsNobody = "set -- \"$0\" \"$@\"; set -- setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"; exec \"$@\"";
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"),
            "needs root and setpriv, to become a user without processes");
        _place.Environment["HOME"] = _place.Environment["TMPDIR"] = _place.Folder;

        using var process = _place.StartUnder($"{LetOthersIn}; prlimit --nproc={most} --pid $$; {AsNobody}", "ForeachFlow", "run");
        var outcome = await process.EndAsync();

        Assert.True(outcome.ExitCode == exitCode, outcome.All);
        Assert.Contains(exitCode == 0 ? "Done!" : "[MF3025]", outcome.All, StringComparison.Ordinal);
        Assert.Matches(
            exitCode == 0
                ? @"Only \d+ tasks? runs? at the same time instead of 16: the system allows 160 processes and threads here \(ulimit -u\)"
                : "no more processes and threads",
            outcome.All);
    }

    [Fact]
    public async Task A_run_that_may_open_too_few_files_for_any_task_is_refused_before_it_begins()
    {
        using var process = _place.StartUnder("ulimit -n 90", "SixtyTasksFlow", "run");
        var outcome = await process.EndAsync();

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("[MF3025]", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.All, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, "SixtyTasksFlow")));
    }
}
