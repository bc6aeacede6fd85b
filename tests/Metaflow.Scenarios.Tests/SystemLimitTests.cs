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

        Assert.Matches(@"At most \d+ tasks run at once, not 60: the limit of open files here is 180 \(ulimit -n\), and \d+ are taken\.", outcome.Output);
        Assert.Contains("sum 63365", outcome.Output, StringComparison.Ordinal);
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
