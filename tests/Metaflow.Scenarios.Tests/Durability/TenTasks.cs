using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>A flow of ten tasks, a foreach and a join among them, in a folder or a bucket of its own; and what must be true of it whatever
/// happened to its writes.</summary>
/// <param name="bucket">The bucket; the local disk without one.</param>
internal sealed partial class TenTasks(RunBucket? bucket = null) : IDisposable
{
    public const string Flow = "ForeachFlow";
    private const int Items = 7;

    private static readonly IReadOnlyList<string> Arguments = ["run", "--count", "7", "--max-workers", "2"];
    private static readonly int[] Squares = [.. Enumerable.Range(0, Items).Select(static item => item * item)];

    private readonly Workplace _place = PlaceOf(bucket);

    public string Folder => _place.Folder;

    /// <summary>Gets the variables of commands.</summary>
    public Dictionary<string, string> Environment => _place.Environment;

    private IBlobStore Blobs => bucket?.Stores.Blobs ?? new LocalBlobStore(_place.Root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    /// <summary>Runs the flow, and does something to one of its writes.</summary>
    public async Task<CommandOutcome> RunAsync(int at, string fault, string? log = null)
    {
        using var process = _place.Start(FaultProgram.Start(Folder, at, fault, log), Flow, [.. Arguments]);
        return await process.EndAsync();
    }

    /// <summary>Starts the command that brings the run forward, whatever there is of it.</summary>
    /// <param name="more">More arguments of a new run.</param>
    /// <returns>The command; <see langword="null"/> if the run has succeeded.</returns>
    public async Task<FlowProcess?> GoOnAsync(params string[] more)
    {
        ProcessTable.AssertNoneIn(Folder);
        var run = FindFlow()?.LatestRun;
        if (run?.State == RunState.Succeeded)
        {
            return null;
        }

        // A run that was killed before its first record does not know its parameters.
        return _place.Start(
            Flow,
            run is null ? [.. Arguments, .. more]
                : run.State == RunState.Failed ? ["resume", "--origin-run-id", run.Id, .. more]
                : await HasJournalAsync(run) ? ["resume", "--continue", run.Id]
                : ["resume", "--continue", run.Id, .. Arguments.Skip(1), .. more]);
    }

    /// <summary>Asserts that a command that failed says why, and is not wrong itself.</summary>
    public static void AssertClear(CommandOutcome outcome)
    {
        AssertExpected(outcome);
        if (outcome.ExitCode != 0)
        {
            Assert.True(outcome.ExitCode == 1, outcome.All);
            Assert.Matches(@"MF\d{4}", outcome.All);
        }
    }

    /// <summary>Asserts that no error of a command is one that nobody expected.</summary>
    public static void AssertExpected(CommandOutcome outcome)
    {
        Assert.DoesNotContain("Unhandled exception", outcome.All, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.All, StringComparison.Ordinal);
    }

    /// <summary>Asserts that nothing that was acknowledged is lost, that no reader sees a half task, and that <c>fsck</c> finds no
    /// fault.</summary>
    /// <param name="printed">What the run had printed.</param>
    public async Task AssertKeptAsync(string printed)
    {
        var acknowledged = FinishedTask().Matches(printed).ToList();
        var flow = FindFlow();
        Assert.True(acknowledged.Count == 0 || flow is not null, "a task was acknowledged, and there is no flow");
        foreach (Match match in acknowledged)
        {
            var task = flow!.Run(match.Groups[1].Value).Step(match.Groups[2].Value).Tasks.Single(task => task.Id == match.Groups[3].Value);
            Assert.True(task.Successful, $"{task.Pathspec} was acknowledged");
            AssertRight(task);
        }

        foreach (var task in flow?.Runs().SelectMany(static run => run.Tasks) ?? [])
        {
            AssertWholeOrNothing(task);
        }

        await AssertNoFaultsAsync();
    }

    /// <summary>Completes the run, whatever there is of it, and asserts that its results are right.</summary>
    public async Task CompleteAsync()
    {
        using (var process = await GoOnAsync())
        {
            var outcome = process is null ? null : await process.EndAsync();
            Assert.True(outcome is not { ExitCode: not 0 }, outcome?.All);
        }

        var last = FindFlow()!.LatestRun!;
        Assert.Equal(RunState.Succeeded, last.State);
        Assert.Equal(Items + 3, last.Tasks.Count);
        foreach (var task in last.Tasks)
        {
            AssertRight(task);
            await AssertCommittedAsync(task);
        }

        ProcessTable.AssertNoneIn(Folder);
        await AssertNoFaultsAsync();
    }

    /// <summary>Runs the flow once more, as if nothing had been.</summary>
    public async Task RunAgainAsync() => (await _place.RunAsync(Flow, [.. Arguments])).Succeeded();

    /// <summary>Asserts that each task of the run was committed once: no attempt was made twice.</summary>
    public async Task AssertCommittedOnceAsync()
    {
        foreach (var task in FindFlow()!.LatestRun!.Tasks)
        {
            Assert.Single(task.Metadata, static datum => datum.Field == "attempt-done");
            Assert.Single(await NamesOfAsync(task), static name => name.EndsWith(".DONE.lock", StringComparison.Ordinal));
        }
    }

    private static Workplace PlaceOf(RunBucket? bucket)
    {
        var place = new Workplace();
        foreach (var (name, value) in bucket?.Variables ?? new Dictionary<string, string>())
        {
            place.Environment[name] = value;
        }

        return place;
    }

    private async Task<bool> HasJournalAsync(RunHandle run)
        => await RunHomes.Of(Blobs, TimeProvider.System).HasJournalAsync(Flow, run.Id, Token);

    private FlowHandle? FindFlow()
        => (bucket is null ? _place.Client() : new MetaflowClient(bucket.Stores.Metadata, bucket.Stores.Blobs)).Flows.SingleOrDefault();

    /// <summary>Asserts that each attempt was committed once: of an attempt that was tried again only the last one counts.</summary>
    private async Task AssertCommittedAsync(TaskHandle task)
    {
        var attempts = (await NamesOfAsync(task)).Count(static name => name.EndsWith(".attempt.json", StringComparison.Ordinal));
        var done = task.Metadata.Where(static datum => datum.Field == "attempt-done").Select(static datum => datum.Value).ToList();
        Assert.Equal(done.Distinct(), done);
        Assert.InRange(done.Count, 1, attempts);
    }

    private async Task<IEnumerable<string>> NamesOfAsync(TaskHandle task)
        => (await Blobs.ListAsync($"{Flow}/{task.Path.WithoutFlow}", Token)).Select(static entry => entry.Name);

    private static void AssertRight(TaskHandle task)
    {
        switch (task.Step.Name)
        {
            case "start":
                Assert.Equal(Enumerable.Range(0, Items), task.Data.Get<List<int>>("items"));
                break;
            case "work":
                Assert.Equal(Squares[task.Index!.Value], task.Data.Get<int>("square"));
                break;
            default:
                Assert.Equal(Squares, task.Data.Get<List<int>>("squares"));
                break;
        }
    }

    private static void AssertWholeOrNothing(TaskHandle task)
    {
        _ = task.Exception;
        _ = task.Stdout + task.Stderr;
        if (task.Finished)
        {
            AssertRight(task);
        }

        Assert.All(task.AllArtifacts, static artifact => _ = artifact.Value);
    }

    private async Task AssertNoFaultsAsync()
    {
        if (bucket is null && !Directory.Exists(_place.Root))
        {
            return;
        }

        var verifier = new DatastoreVerifier(Blobs, hasRecords: true, TimeProvider.System);
        await foreach (var flow in verifier.VerifyAsync(new VerificationRequest { ReadsContent = true }, Token))
        {
            Assert.DoesNotContain(flow.Faults, static fault => fault.Remains);
        }
    }

    [GeneratedRegex(@"(\d+)/(\w+)/(\d+) \(pid \d+\)\] Task finished successfully")]
    private static partial Regex FinishedTask();
}
