using System.Diagnostics.CodeAnalysis;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Testing.Conformance;

/// <summary>What every metadata provider must do.</summary>
/// <remarks>Each case registers a flow of its own and leaves it behind: give it a place that is thrown away.</remarks>
[SuppressMessage("Naming", "CA1707", Justification = "The name of a case is the sentence that a test report shows.")]
public abstract partial class MetadataProviderConformance : ConformanceSuite
{
    private const string RunId = "17";

    private readonly string _flow = $"Conformance{Guid.NewGuid():N}";

    /// <summary>A new run gets an id, and another process finds it with all that was registered, and its flow.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_run_is_found_as_it_was_registered(CancellationToken cancellationToken)
    {
        const string Promise = "A run is found as RegisterRunAsync returned it, and no other run is.";
        var given = NewRun(string.Empty);
        var run = await Create().RegisterRunAsync(given, cancellationToken).ConfigureAwait(false);

        Expect.Same("A run that is registered without an id gets one.", false, run.RunId.Length == 0);
        ExpectSame("RegisterRunAsync returns the run that it was given.", given with { RunId = run.RunId, CreatedAt = run.CreatedAt }, run);
        Expect.Same("A run is kept with the moment at which it was registered.", false, run.CreatedAt == default);
        ExpectSame(Promise, run, await FindAsync(run.RunId, cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, null, await Create().FindRunAsync(_flow, run.RunId + "9", cancellationToken).ConfigureAwait(false));
        var flows = await Create().ListFlowsAsync(cancellationToken).ConfigureAwait(false);
        Expect.Same("The flow of a run is listed once.", 1, flows.Count(flow => flow.Flow == _flow));
    }

    /// <summary>Registering a run or a task that exists changes nothing.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Registering_again_is_harmless(CancellationToken cancellationToken)
    {
        const string Promise = "Registering an object that exists is harmless: it stays as it is.";
        var path = PathOf(RunId);
        var first = await Create().RegisterRunAsync(NewRun(RunId), cancellationToken).ConfigureAwait(false);
        var second = await Create().RegisterRunAsync(
            NewRun(RunId) with { UserName = "other", Tags = [] }, cancellationToken).ConfigureAwait(false);
        await Create().RegisterTaskAsync(first, path, cancellationToken).ConfigureAwait(false);
        var task = await Create().FindTaskAsync(path, cancellationToken).ConfigureAwait(false);
        await Create().RegisterTaskAsync(first, path, cancellationToken).ConfigureAwait(false);

        ExpectSame(Promise, first, second);
        Expect.Same(
            Promise,
            Expect.Present("A task that was registered is found.", $"the task '{path}'", task),
            await Create().FindTaskAsync(path, cancellationToken).ConfigureAwait(false));
        var tasks = await Create().ListTasksAsync(_flow, RunId, path.Step, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, [path], tasks?.Select(static known => known.Path));
        var steps = await Create().ListStepsAsync(_flow, RunId, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, [path.Step], steps?.Select(static step => step.Step));
    }

    /// <summary>Runs that are registered at one moment by several processes get ids of their own.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task New_runs_at_once_never_share_an_id(CancellationToken cancellationToken)
    {
        const string Promise = "Every run that is registered without an id gets one of its own, and is listed.";
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, 40, cancellationToken, async (_, token)
            => ids.Add((await Create().RegisterRunAsync(NewRun(string.Empty), token).ConfigureAwait(false)).RunId)).ConfigureAwait(false);

        Expect.Same(Promise, 40, ids.Distinct(StringComparer.Ordinal).Count());
        var runs = await Create().ListRunsAsync(_flow, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, ids.Order(StringComparer.Ordinal), runs?.Select(static run => run.RunId).Order(StringComparer.Ordinal));
    }

    /// <summary>The run that was registered last is listed first.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Runs_are_listed_newest_first(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, (await Create().RegisterRunAsync(NewRun(string.Empty), cancellationToken).ConfigureAwait(false)).RunId);
        }

        var runs = await Create().ListRunsAsync(_flow, cancellationToken).ConfigureAwait(false);
        Expect.Sequence("ListRunsAsync returns the newest run first.", ids, runs?.Select(static run => run.RunId));
    }

    /// <summary>The step and the task that were registered last are listed first, and only those of the run and the step asked
    /// for.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Steps_and_tasks_are_listed_newest_first(CancellationToken cancellationToken)
    {
        var run = await Create().RegisterRunAsync(NewRun(RunId), cancellationToken).ConfigureAwait(false);
        var other = await Create().RegisterRunAsync(NewRun("18"), cancellationToken).ConfigureAwait(false);
        await Create().RegisterTaskAsync(other, PathOf("18"), cancellationToken).ConfigureAwait(false);
        foreach (var (step, id) in (IEnumerable<(string, string)>)[("start", "3"), ("start", "1"), ("middle", "2")])
        {
            await Create().RegisterTaskAsync(run, new TaskPath(_flow, RunId, step, id), cancellationToken).ConfigureAwait(false);
            // Records keep milliseconds: what is registered within one has no order.
            await Task.Delay(5, cancellationToken).ConfigureAwait(false);
        }

        var steps = await Create().ListStepsAsync(_flow, RunId, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(
            "ListStepsAsync returns the newest step of the run first.", ["middle", "start"], steps?.Select(static step => step.Step));
        var tasks = await Create().ListTasksAsync(_flow, RunId, "start", cancellationToken).ConfigureAwait(false);
        Expect.Sequence(
            "ListTasksAsync returns the newest task of the step first.", ["1", "3"], tasks?.Select(static task => task.Path.TaskId));
    }

    /// <summary>Returns a new provider of the same records, as another process has.</summary>
    /// <returns>The provider; what is recorded already does not matter.</returns>
    protected abstract IMetadataProvider Create();

    private RunRecord NewRun(string id) => new(_flow, id, "ada", ["t1", "t2"], ["user:ada", "runtime:dev"], default);

    private TaskPath PathOf(string runId) => new(_flow, runId, "start", "1");

    private static MetadataDatum Datum(string field, object value, string? type = null)
        => new(field, type ?? field, value, ["attempt_id:0"]);

    private static RegisteredArtifact Artifact(string name, int attempt)
        => new(
            new ArtifactRecord(name, new string('a', 40), 5, "<class 'int'>", "pickle-v4"), attempt, "local", ":root:/x/.metaflow",
            default);

    private static void ExpectSame(string promise, RunRecord expected, RunRecord found)
    {
        Expect.Sequence(promise, expected.Tags, found.Tags);
        Expect.Sequence(promise, expected.SystemTags, found.SystemTags);
        Expect.Same(promise, expected with { Tags = [], SystemTags = [] }, found with { Tags = [], SystemTags = [] });
    }

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) => Expect.Present(
        "A run that was registered is found.",
        $"the run '{_flow}/{runId}'",
        await Create().FindRunAsync(_flow, runId, cancellationToken).ConfigureAwait(false));

    private async Task<(RunRecord Run, TaskPath Task)> RegisterTaskAsync(CancellationToken cancellationToken)
    {
        var run = await Create().RegisterRunAsync(NewRun(RunId), cancellationToken).ConfigureAwait(false);
        await Create().RegisterTaskAsync(run, PathOf(RunId), cancellationToken).ConfigureAwait(false);
        return (run, PathOf(RunId));
    }
}
