using System.Globalization;
using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>The relations of a task to other tasks.</content>
public sealed partial class TaskHandle
{
    private const string PathField = "foreach-execution-path";
    private const string StackField = "foreach-stack";
    private const string NoOrigin = "None";
    private const string StackName = "_foreach_stack";
    private const string GraphName = "_graph_info";

    // A clone of a clone of … ends at some time; a ring of records does not.
    private const int LongestChain = 100;

    /// <summary>Gets the pathspec of the task that 'resume' or 'run --cache' cloned this one from, or <see langword="null"/>.</summary>
    public string? OriginPathspec => Completion.Of(() => GetOriginPathspecAsync());

    /// <summary>Gets the tasks before this one, by id.</summary>
    /// <remarks>Each pass of a loop counts as parent and child of every other pass, as in Python Metaflow, because the records do not
    /// distinguish them.</remarks>
    public IReadOnlyList<TaskHandle> ParentTasks => Completion.Of(() => GetParentTasksAsync());

    /// <summary>Gets the tasks after this one, by id.</summary>
    /// <remarks>Each pass of a loop counts as parent and child of every other pass, as in Python Metaflow, because the records do not
    /// distinguish them.</remarks>
    public IReadOnlyList<TaskHandle> ChildTasks => Completion.Of(() => GetChildTasksAsync());

    /// <summary>Gets the runs that the task's step started in all attempts, in this order. Runs that no longer exist are left
    /// out.</summary>
    public IReadOnlyList<RunHandle> ChildRuns => Completion.Of(() => GetChildRunsAsync());

    /// <summary>Gets the task's place in its foreach, from 0, or <see langword="null"/> outside one.</summary>
    public int? Index => Completion.Of(() => GetIndexAsync());

    /// <summary>Gets the indices of the task in the foreaches around it, outermost first; empty outside one.</summary>
    public IReadOnlyList<int> ForeachIndices => Completion.Of(() => GetForeachIndicesAsync());

    /// <summary>Gets the item of the innermost foreach as a text of at most 30 characters; <see langword="null"/> outside of one, and when
    /// it is not kept: in gangs, and for items that are no plain values.</summary>
    public string? ForeachItem => Completion.Of(() => GetForeachItemAsync());

    /// <inheritdoc cref="OriginPathspec"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pathspec.</returns>
    public async Task<string?> GetOriginPathspecAsync(CancellationToken cancellationToken = default)
        => OriginOf(Path, await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false))?.ToString();

    /// <inheritdoc cref="ParentTasks"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks.</returns>
    public IAsyncEnumerable<TaskHandle> GetParentTasksAsync(CancellationToken cancellationToken = default)
        => RelatedAsync(static (graph, name) => graph.ParentsOf(name), cancellationToken);

    /// <inheritdoc cref="ChildTasks"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks.</returns>
    public IAsyncEnumerable<TaskHandle> GetChildTasksAsync(CancellationToken cancellationToken = default)
        => RelatedAsync(static (graph, name) => graph.ChildrenOf(name), cancellationToken);

    /// <inheritdoc cref="ChildRuns"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The runs.</returns>
    public async IAsyncEnumerable<RunHandle> GetChildRunsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var datum in await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false))
        {
            if (datum.Field == InternalFields.ChildRun && datum.Text.Split('/') is [var flow, var runId]
                && await RunHandle.FindAsync(Context, flow, runId, cancellationToken).ConfigureAwait(false) is { } run)
            {
                yield return run;
            }
        }
    }

    /// <inheritdoc cref="Index"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The place.</returns>
    public async Task<int?> GetIndexAsync(CancellationToken cancellationToken = default)
    {
        if (await ForeachPathAsync(cancellationToken).ConfigureAwait(false) is [.., var last])
        {
            return IndexIn(last);
        }

        // Runs written by hand may lack the metadata; the stack of foreaches says it too.
        return await InnermostFrameAsync(cancellationToken).ConfigureAwait(false) is [_, _, _, var place, ..]
            ? Convert.ToInt32(place, CultureInfo.InvariantCulture)
            : null;
    }

    /// <inheritdoc cref="ForeachItem"/>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The text.</returns>
    public async Task<string?> GetForeachItemAsync(CancellationToken cancellationToken = default)
        => await InnermostFrameAsync(cancellationToken).ConfigureAwait(false) is [_, _, _, _, string item, ..]
            ? item
            : await RecordedItemAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ForeachIndices"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The indices.</returns>
    public async Task<IReadOnlyList<int>> GetForeachIndicesAsync(CancellationToken cancellationToken = default)
        => [.. (await ForeachPathAsync(cancellationToken).ConfigureAwait(false)).Select(static part => IndexIn(part) ?? -1)];

    /// <summary>Returns the graph of the run; an empty one when the task does not tell it.</summary>
    internal async Task<RunGraph> GraphAsync(CancellationToken cancellationToken)
    {
        if (!(await SourceAsync(cancellationToken).ConfigureAwait(false)).Records.TryGetValue(GraphName, out var record))
        {
            return RunGraph.FromPlain(null);
        }

        var data = await GetDataAsync(cancellationToken).ConfigureAwait(false);
        return await Step.Run.GraphOfAsync(record.Key, token => data.GetAsync(GraphName, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<object?>?> InnermostFrameAsync(CancellationToken cancellationToken)
    {
        var data = await GetDataAsync(cancellationToken).ConfigureAwait(false);
        return data.Contains(StackName)
            && await data.GetAsync(StackName, cancellationToken).ConfigureAwait(false)
                is IReadOnlyList<object?> and [.., PythonObject { Arguments: var frame }]
            ? frame
            : null;
    }

    // A task that runs has no artifacts yet. Its beginning is recorded, such as ["regions=north", "years=2023"]; the list ends before the
    // first foreach whose item is not kept.
    private async Task<string?> RecordedItemAsync(CancellationToken cancellationToken)
    {
        var latest = await _latest.GetAsync(cancellationToken).ConfigureAwait(false);
        var depth = (await ForeachPathAsync(cancellationToken).ConfigureAwait(false)).Length;
        return latest.GetValueOrDefault(StackField)?.Value is IReadOnlyList<string> and [.., var innermost] stack && stack.Count == depth
            ? innermost[(innermost.IndexOf('=', StringComparison.Ordinal) + 1)..]
            : null;
    }

    // Such as ["outer:1", "inner:0"]; one item for each foreach around the task.
    private async Task<string[]> ForeachPathAsync(CancellationToken cancellationToken)
        => (await FieldAsync(PathField, cancellationToken).ConfigureAwait(false))?
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static int? IndexIn(string part)
        => int.TryParse(part.AsSpan(part.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var index) ? index : null;

    private static TaskPath? OriginOf(TaskPath path, IReadOnlyList<MetadataDatum> metadata)
        => OriginOf(path, metadata, "origin-run-id", "origin-task-id")
            ?? OriginOf(path, metadata, InternalFields.CacheOriginRun, InternalFields.CacheOriginTask);

    private static TaskPath? OriginOf(TaskPath path, IReadOnlyList<MetadataDatum> metadata, string runField, string taskField)
    {
        var run = metadata.LastOrDefault(datum => datum.Field == runField)?.Text;
        var task = metadata.LastOrDefault(datum => datum.Field == taskField)?.Text;
        return run is { Length: > 0 } and not NoOrigin && task is { Length: > 0 } and not NoOrigin
            ? path with { RunId = run, TaskId = task }
            : null;
    }

    // Along a transition a task keeps its place in the foreaches around it, enters one more (a split) or leaves one (a join).
    private static bool AreRelated(string[] a, string[] b)
    {
        var shared = Math.Min(a.Length, b.Length);
        return Math.Abs(a.Length - b.Length) <= 1 && a.AsSpan(0, shared).SequenceEqual(b.AsSpan(0, shared));
    }

    private async IAsyncEnumerable<TaskHandle> RelatedAsync(
        Func<RunGraph, string, IReadOnlyList<string>> select, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var graph = await GraphAsync(cancellationToken).ConfigureAwait(false);
        var steps = await Step.NamedAsync(select(graph, Step.Name), cancellationToken).ConfigureAwait(false);
        var own = await ForeachPathAsync(cancellationToken).ConfigureAwait(false);
        var listed = await steps.ReadEachAsync(
            static async (step, token) => await step.AllTasksAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var tasks = listed.SelectMany(static tasks => tasks).ToList();
        var paths = await tasks.ReadEachAsync(
            static (task, token) => task.ForeachPathAsync(token), cancellationToken).ConfigureAwait(false);
        var related = tasks.Zip(paths).Where(task => AreRelated(own, task.Second)).Select(static task => task.First);
        foreach (var task in related.OrderBy(static task => task.Id.Length).ThenBy(static task => task.Id, StringComparer.Ordinal))
        {
            yield return task;
        }
    }
}
