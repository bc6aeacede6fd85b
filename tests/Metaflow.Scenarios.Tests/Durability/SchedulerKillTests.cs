using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;
using Metaflow.Verification;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Kills schedulers of runs in the stores of the clouds at moments of chance, and continues the runs.</summary>
public sealed class SchedulerKillTests(MotoServer moto, AzuriteServer azurite, GoogleEmulator google)
{
    /// <summary>A run sends some 700 requests, so that few runs end before all of their kills.</summary>
    private const int MostRequests = 180;

    private const int MostRuns = 60;

    private const int KillsElsewhere = 30;

    private static readonly int _killsOfRun = FaultSweep.IsLong ? 5 : 2;
    private static readonly int _kills = FaultSweep.IsLong ? 100 : 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("aws")]
    [InlineData("azure")]
    [InlineData("gcp")]
    public async Task A_run_whose_scheduler_is_killed_at_any_moment_is_continued_and_gc_removes_all_that_it_left(string name)
    {
        FaultSweep.SkipUnlessLong(name);
        var cloud = RunCloud.Of(name, moto, azurite, google);
        _ = await cloud.ServerAsync();
        var (kills, wanted) = (0, name == "aws" ? _kills : KillsElsewhere);
        for (var first = 0; kills < wanted && first < MostRuns; first += 2)
        {
            kills += (await Task.WhenAll(SurviveAsync(cloud, first), SurviveAsync(cloud, first + 1))).Sum();
        }

        FaultSweep.Tell($"{name}: {kills} schedulers were killed at work");
        Assert.True(kills >= wanted, $"only {kills} schedulers were killed at work");
    }

    /// <summary>Kills the schedulers of a run one after the other, and continues it to its end.</summary>
    /// <returns>How many were at work when they were killed.</returns>
    private static async Task<int> SurviveAsync(RunCloud cloud, int number)
    {
        var random = new Random(number);
        await using var bucket = await RunBucket.CreateAsync(cloud);
        using var flow = new TenTasks(bucket);
        var (kills, printed) = (0, "");
        try
        {
            while (kills < _killsOfRun && await KillAsync(flow, bucket, random.Next(MostRequests), random.Next(12)) is { } killed)
            {
                kills++;
                printed += killed.Output;
                await flow.AssertKeptAsync(printed);
            }

            await flow.CompleteAsync();
            await flow.AssertCommittedOnceAsync();
            await AssertCollectedAsync(flow, bucket);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"run {number}, after {kills} kills: {error.Message}\n{printed}", error);
        }

        FaultSweep.Tell($"{cloud.Name}: run {number} survived {kills} kills");
        return kills;
    }

    /// <summary>Starts the command that brings the run forward, and kills its scheduler some milliseconds after one of the requests of
    /// scheduler and tasks.</summary>
    /// <returns>What it said; <see langword="null"/> if the run has come to its end.</returns>
    private static async Task<CommandOutcome?> KillAsync(TenTasks flow, RunBucket bucket, int request, int milliseconds)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = bucket.Proxy.Requests + request;
        bucket.Proxy.Faults = (number, _) =>
        {
            if (number >= last)
            {
                reached.TrySetResult();
            }

            return Fault.None;
        };
        using var process = await flow.GoOnAsync();
        if (process is null)
        {
            return null;
        }

        var ending = process.EndAsync();
        await Task.WhenAny(reached.Task, ending);
        await Task.Delay(milliseconds, Token);
        if (!process.HasExited)
        {
            process.Kill9();
        }

        var outcome = await ending;
        return outcome.ExitCode == 0 ? null : outcome;
    }

    /// <summary>Runs the flow once more, lets a collection two days later remove all but that run, and asserts that nothing else is in the
    /// bucket then.</summary>
    private static async Task AssertCollectedAsync(TenTasks flow, RunBucket bucket)
    {
        await flow.RunAgainAsync();
        var client = new MetaflowClient(bucket.Stores.Metadata, bucket.Stores.Blobs);
        var latest = client.Flow(TenTasks.Flow).LatestRun!.Id;
        var later = new LaterTime(TimeSpan.FromDays(2));
        await new GarbageCollector(client, bucket.Stores.Blobs, later).CollectAsync(
            new CollectionRequest { Flow = TenTasks.Flow, OlderThan = TimeSpan.Zero, Deletes = true }, Token);
        await foreach (var checkedFlow in new DatastoreVerifier(bucket.Stores.Blobs, hasRecords: true, later)
            .VerifyAsync(new VerificationRequest(), Token))
        {
            // Leftovers, as blobs that no run refers to, are among them.
            Assert.Empty(checkedFlow.Faults);
        }

        string[] known =
        [
            "latest_run", "_meta/_self.json", "_meta/code-identities.json", "_meta/reads.json", "_meta/sweeps/",
            $"{latest}/", "data/",
        ];
        Assert.All(
            await bucket.KeysAsync(),
            key => Assert.True(
                known.Any(start => key.StartsWith($"{TenTasks.Flow}/{start}", StringComparison.Ordinal)), $"nobody knows '{key}'"));
    }

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
