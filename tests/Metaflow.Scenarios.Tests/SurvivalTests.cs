using System.Diagnostics;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Scenarios.Tests.Durability;

namespace Metaflow.Scenarios.Tests;

/// <summary>Kills schedulers at work, some of whose tasks have children, damages what they left, and continues their runs.</summary>
public sealed class SurvivalTests
{
    private const string Flow = "SixtyTasksFlow";
    private const int KillsOfRun = 5;
    private const int MostRuns = 30;

    private static readonly int _kills = FaultSweep.IsLong ? 100 : 15;

    [Fact]
    public async Task A_run_whose_scheduler_is_killed_at_any_moment_is_continued_to_its_end()
    {
        using var unbroken = Place();
        var whole = await unbroken.SucceedAsync(Flow, "--max-workers", "4");
        var length = new FileInfo(JournalOf(unbroken, whole.Id)).Length;
        var kills = 0;

        // A scheduler that was faster than its end does not count; further runs make up for it.
        for (var first = 0; kills < _kills && first < MostRuns; first += 2)
        {
            kills += (await Task.WhenAll(SurviveAsync(first, length), SurviveAsync(first + 1, length))).Sum();
        }

        Assert.True(kills >= _kills, $"only {kills} schedulers were killed at work");
    }

    /// <summary>Kills a run's schedulers one after the other, at moments spread over the run, and continues it to its end.</summary>
    /// <returns>How many were at work when they were killed.</returns>
    private static async Task<int> SurviveAsync(int number, long wholeLength)
    {
        var random = new Random(number);
        using var place = Place();
        string? runId = null;
        var kills = 0;
        for (var kill = 0; kill < KillsOfRun; kill++)
        {
            var share = (kill + ((number + random.NextDouble()) % 20 / 20)) / KillsOfRun;
            string[] arguments = runId is null ? ["run", "--max-workers", "4"] : ["resume", "--continue", runId, "--max-workers", "4"];
            runId = await KillAsync(place, runId, arguments, (long)(wholeLength * share), random);

            // As if a minute had passed: where its state is damaged, a run with a young sign of life is taken for one at work.
            File.SetLastWriteTimeUtc(Path.Combine(place.Root, Flow, runId, "_meta", "lock"), DateTime.UtcNow.AddMinutes(-1));
            var left = place.Client().Flow(Flow).Run(runId);
            if (left.State == RunState.Succeeded)
            {
                break;
            }

            Assert.True(
                left.State is RunState.Dead or RunState.Unknown, $"run {number}, kill {kill}: {left.Status}; tasks: {left.Progress}");
            kills++;
            ProcessTable.AssertNoneIn(place.Folder);
            Damage(place, runId, random);
        }

        if (place.Client().Flow(Flow).Run(runId!).State != RunState.Succeeded)
        {
            (await place.RunAsync(Flow, "resume", "--continue", runId!)).Succeeded();
        }

        AssertWhole(place, runId!);
        Assert.All(Directory.GetFiles(Outside(place)), static file => Assert.Equal("of somebody else", File.ReadAllText(file)));
        return kills;
    }

    private static Workplace Place()
    {
        var place = new Workplace();
        place.Environment["SCENARIO_CHILDREN"] = "1";
        return place;
    }

    private static string Outside(Workplace place) => Directory.CreateDirectory(Path.Combine(place.Folder, "outside")).FullName;

    /// <summary>Does to a store what disks and people do: the state of the run is cut, flipped or gone, and links lead out of the store and
    /// back into it.</summary>
    private static void Damage(Workplace place, string runId, Random random)
    {
        var status = Path.Combine(place.Root, Flow, runId, "_meta", "status.json");
        var bytes = File.Exists(status) ? File.ReadAllBytes(status) : "{}"u8.ToArray();
        File.Delete(status);
        var data = Directory.CreateDirectory(Path.Combine(place.Root, Flow, "data")).FullName;
        switch (random.Next(6))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(status, bytes);
                break;
            case 1:
                File.WriteAllBytes(status, bytes[..random.Next(bytes.Length)]);
                break;
            case 2:
                File.CreateSymbolicLink(status, "status.json");
                break;
            case 3:
                break;
            case 4:
                File.WriteAllBytes(status, bytes);
                var file = Path.Combine(Outside(place), Path.GetRandomFileName());
                File.WriteAllText(file, "of somebody else");
                File.CreateSymbolicLink(Path.Combine(data, Path.GetRandomFileName()), file);
                Directory.CreateSymbolicLink(Path.Combine(place.Root, Flow, runId, "_meta", Path.GetRandomFileName()), Outside(place));
                break;
            default:
                File.WriteAllBytes(status, bytes);
                Directory.CreateSymbolicLink(Path.Combine(data, Path.GetRandomFileName()), place.Root);
                break;
        }
    }

    private static void AssertWhole(Workplace place, string runId)
    {
        var run = place.Client().Flow(Flow).Run(runId);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(57L * 58 * 115 / 6, run.Data["sum"]);
        AssertCommittedOnce(place, run);
        Assert.Equal(runId, File.ReadAllText(Path.Combine(place.Root, Flow, "latest_run")));
        ProcessTable.AssertNoneIn(place.Folder);
    }

    /// <summary>Starts a command, and kills it when the journal has grown to a length, or a moment later: never before it wrote to the
    /// journal itself.</summary>
    private static async Task<string> KillAsync(Workplace place, string? knownId, string[] arguments, long length, Random random)
    {
        var runId = knownId;
        var least = runId is null ? 0 : new FileInfo(JournalOf(place, runId)).Length + 1;
        using var process = place.Start(Flow, arguments);
        var clock = Stopwatch.StartNew();
        while (!process.HasExited && clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            runId ??= RunIn(place);
            if (runId is not null && new FileInfo(JournalOf(place, runId)) is { Exists: true } journal
                && journal.Length >= Math.Max(length, least))
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
            ? Directory.GetDirectories(folder).Select(Path.GetFileName)
                .FirstOrDefault(name => long.TryParse(name, CultureInfo.InvariantCulture, out _) && File.Exists(JournalOf(place, name!)))
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
        Assert.All(
            tasks,
            task => Assert.Single(Directory.GetFiles(Path.Combine(place.Root, Flow, run.Id, task.Path.Step, task.Id), "*.DONE.lock")));
        Assert.Equal(60, run.Progress.Done);
    }
}
