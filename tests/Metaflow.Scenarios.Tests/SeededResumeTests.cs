using System.Collections.Concurrent;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Scenarios.Tests.Durability;

namespace Metaflow.Scenarios.Tests;

/// <summary>One flow of all kinds of transitions, driven by a seed: real processes, a failure somewhere, and a resume.</summary>
public sealed class SeededResumeTests
{
    private const string Flow = "SeededFlow";
    private const int AllSeeds = 50;
    private const int DailySeeds = 8;
    private const string FailDraw = "SCENARIO_FAIL_DRAW";

    /// <summary>All seeds in the long tests, and others of them each day in the daily ones.</summary>
    private static IEnumerable<int> Seeds => FaultSweep.IsLong ? Enumerable.Range(1, AllSeeds)
        : Enumerable.Range(DateTime.UtcNow.DayOfYear, DailySeeds).Select(static day => 1 + (day % AllSeeds));

    [Fact]
    public async Task A_resume_ends_with_the_artifacts_of_an_unbroken_run_for_many_seeds()
    {
        var failedSteps = new ConcurrentDictionary<string, int>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Seeds, options, async (seed, _) =>
        {
            foreach (var step in await CheckAsync(seed))
            {
                failedSteps.AddOrUpdate(step, 1, static (_, count) => count + 1);
            }
        });

        // Otherwise the seeds are not worth their time.
        Assert.True(failedSteps.Count >= (FaultSweep.IsLong ? 10 : 3), $"only these steps failed: {string.Join(", ", failedSteps.Keys)}");
    }

    /// <summary>Checks a seed; returns the steps that failed.</summary>
    private static async Task<List<string>> CheckAsync(int seed)
    {
        using var place = new Workplace();
        var given = seed.ToString(CultureInfo.InvariantCulture);
        place.Environment[FailDraw] = (seed * 6).ToString(CultureInfo.InvariantCulture);
        var first = await place.RunAsync(Flow, "run", "--seed", given);
        Assert.True(first.ExitCode != 0, $"seed {seed}: {first.All}");
        var failed = place.Client().Flow(Flow).LatestRun!;
        place.Environment.Remove(FailDraw);
        (await place.RunAsync(Flow, "resume")).Succeeded();
        var resumed = place.Client().Flow(Flow).LatestRun!;
        var unbroken = await place.SucceedAsync(Flow, "--seed", given);
        Assert.Equal(Read(unbroken), Read(resumed));
        var succeeded = failed.Tasks.Where(static task => task.Finished && task.Successful).ToList();
        var clones = resumed.Tasks.Select(static task => task.OriginPathspec).OfType<string>().ToHashSet();

        // A gang runs again as a whole when one of its tasks failed.
        Assert.All(succeeded.Where(static task => task.Step.Name != "train"), task => Assert.Contains(task.Pathspec, clones));
        Assert.All(clones, origin => Assert.Contains(succeeded, task => task.Pathspec == origin));
        return [.. failed.Tasks.Except(succeeded).Select(static task => task.Step.Name)];
    }

    /// <summary>Reads all tasks of a run by what tells them apart, with the hashes of their artifacts.</summary>
    private static List<string> Read(RunHandle run) =>
    [
        .. run.Tasks.Select(task => $"{task.Step.Name}[{task.MetadataDictionary.GetValueOrDefault("foreach-execution-path")}] "
            + string.Join(' ', task.Artifacts.Select(static artifact => $"{artifact.Name}={artifact.Sha}").Order(StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];
}
