using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>A flow of ten tasks, a foreach and a join among them, in a folder of its own; and what must be true of it whatever happened
/// to its writes.</summary>
internal sealed partial class TenTasks : IDisposable
{
    private const string Flow = "ForeachFlow";
    private const int Items = 7;

    public static readonly IReadOnlyList<string> Arguments = ["run", "--count", "7", "--max-workers", "2"];

    private static readonly int[] Squares = [.. Enumerable.Range(0, Items).Select(static item => item * item)];

    private readonly Workplace _place = new();

    public string Folder => _place.Folder;

    public string Root => _place.Root;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    /// <summary>Runs the flow, and does something to one of its writes.</summary>
    public async Task<CommandOutcome> RunAsync(int at, string fault, string? log = null)
    {
        using var process = _place.Start(FaultProgram.Start(Folder, at, fault, log), Flow, [.. Arguments]);
        return await process.EndAsync();
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
        ProcessTable.AssertNoneIn(Folder);
        var run = FindFlow()?.LatestRun;
        if (run?.State != RunState.Succeeded)
        {
            // A run that was killed before its first record does not know its parameters.
            string[] arguments = run is null ? [.. Arguments]
                : run.State == RunState.Failed ? ["resume", "--origin-run-id", run.Id]
                : HasJournal(run) ? ["resume", "--continue", run.Id]
                : ["resume", "--continue", run.Id, .. Arguments.Skip(1)];
            var outcome = await _place.RunAsync(Flow, arguments);
            Assert.True(outcome.ExitCode == 0, $"{run?.Status}: {string.Join(' ', arguments)}\n{outcome.All}");
        }

        var last = FindFlow()!.LatestRun!;
        Assert.Equal(RunState.Succeeded, last.State);
        Assert.Equal(Items + 3, last.Tasks.Count);
        Assert.All(last.Tasks, AssertRight);
        await AssertNoFaultsAsync();
    }

    private bool HasJournal(RunHandle run) => File.Exists(Path.Combine(Root, Flow, run.Id, "_meta", "journal"));

    private FlowHandle? FindFlow() => _place.Client().Flows.SingleOrDefault();

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
        if (!Directory.Exists(Root))
        {
            return;
        }

        var verifier = new DatastoreVerifier(new LocalBlobStore(Root), hasRecords: true, TimeProvider.System);
        await foreach (var flow in verifier.VerifyAsync(new VerificationRequest { ReadsContent = true }, Token))
        {
            Assert.DoesNotContain(flow.Faults, static fault => fault.Remains);
        }
    }

    [GeneratedRegex(@"(\d+)/(\w+)/(\d+) \(pid \d+\)\] Task finished successfully")]
    private static partial Regex FinishedTask();
}
