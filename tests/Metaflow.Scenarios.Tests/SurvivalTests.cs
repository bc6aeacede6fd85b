using System.Diagnostics;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

/// <summary>Kills schedulers, and continues their runs.</summary>
public sealed class SurvivalTests
{
    private const string Flow = "SixtyTasksFlow";
    private const int Moments = 100;

    [Fact]
    public async Task A_run_whose_scheduler_is_killed_at_any_moment_is_continued_to_its_end()
    {
        using var unbroken = new Workplace();
        var whole = await unbroken.SucceedAsync(Flow, "--max-workers", "4");
        var length = new FileInfo(JournalOf(unbroken, whole.Id)).Length;
        var moments = Enumerable.Range(0, Moments).ToList();
        await Parallel.ForEachAsync(moments, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (moment, _) => await SurviveAsync(moment, length));
    }

    private static async Task SurviveAsync(int moment, long wholeLength)
    {
        var random = new Random(moment);
        using var place = new Workplace();
        var runId = await KillAsync(place, ["run", "--max-workers", "4"], wholeLength * moment / Moments, random);
        for (var again = random.Next(4); again == 3; again = random.Next(4))
        {
            await KillAsync(place, ["resume", "--continue", runId, "--max-workers", "4"], new FileInfo(JournalOf(place, runId)).Length + random.Next(2000), random);
        }

        var dead = place.Client().Flow(Flow).Run(runId);
        if (dead.State != RunState.Succeeded)
        {
            Assert.True(dead.State == RunState.Dead, $"moment {moment}: {dead.Status}; tasks: {dead.Progress}");
            (await place.RunAsync(Flow, "resume", "--continue", runId)).Succeeded();
        }

        var run = place.Client().Flow(Flow).Run(runId);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(57L * 58 * 115 / 6, run.Data["sum"]);
        AssertCommittedOnce(place, run);
        Assert.Equal(runId, await File.ReadAllTextAsync(Path.Combine(place.Root, Flow, "latest_run")));
        ProcessTable.AssertNoneIn(place.Folder);
    }

    /// <summary>Starts a command, and kills it when the journal has grown to a length, or a moment later.</summary>
    private static async Task<string> KillAsync(Workplace place, string[] arguments, long length, Random random)
    {
        using var process = place.Start(Flow, arguments);
        var clock = Stopwatch.StartNew();
        string? runId = null;
        while (!process.HasExited && clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            runId ??= RunIn(place);
            if (runId is not null && new FileInfo(JournalOf(place, runId)) is { Exists: true } journal && journal.Length >= length)
            {
                break;
            }

            await Task.Delay(1);
        }

        await Task.Delay(random.Next(12));
        process.Kill9();
        await process.EndAsync();
        return runId ?? RunIn(place) ?? throw new InvalidOperationException("no run was started");
    }

    private static string? RunIn(Workplace place)
    {
        var folder = Path.Combine(place.Root, Flow);
        return Directory.Exists(folder)
            ? Directory.GetDirectories(folder).Select(Path.GetFileName).FirstOrDefault(name => long.TryParse(name, CultureInfo.InvariantCulture, out _) && File.Exists(JournalOf(place, name!)))
            : null;
    }

    private static string JournalOf(Workplace place, string runId) => Path.Combine(place.Root, Flow, runId, "_meta", "journal");

    private static void AssertCommittedOnce(Workplace place, RunHandle run)
    {
        var tasks = run.Tasks;
        Assert.Equal(60, tasks.Count);
        Assert.Equal(60, tasks.Select(static task => task.Id).Distinct().Count());
        Assert.All(tasks, static task => Assert.Single(task.Metadata, static datum => datum.Field == "attempt-done"));
        Assert.Equal(
            Enumerable.Range(0, 57).Select(static index => (index + 1) * (index + 1)).Order(),
            run.Step("work").Tasks.Select(static task => Convert.ToInt32(task.Data["square"], CultureInfo.InvariantCulture)).Order());
        Assert.All(tasks, task => Assert.Single(Directory.GetFiles(Path.Combine(place.Root, Flow, run.Id, task.Path.Step, task.Id), "*.DONE.lock")));
        Assert.Equal(60, run.Progress.Done);
    }
}
