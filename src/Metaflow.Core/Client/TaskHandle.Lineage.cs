using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Client;

public sealed partial class TaskHandle
{
    private const string PathField = "foreach-execution-path";
    private const string NoOrigin = "None";
    private const string StackName = "_foreach_stack";

    // A clone of a clone of … ends at some time; a ring of records does not.
    private const int LongestChain = 100;

    /// <summary>Gets the tasks whose outputs this one got, by id.</summary>
    /// <remarks>Every round of a loop counts as parent and child of every other, as in the reference: the records do not tell them
    /// apart.</remarks>
    public IReadOnlyList<TaskHandle> ParentTasks => Related(Step.Named(Graph.ParentsOf(Step.Name)));

    /// <summary>Gets the tasks that got this one's outputs, by id.</summary>
    /// <remarks>Every round of a loop counts as parent and child of every other, as in the reference: the records do not tell them
    /// apart.</remarks>
    public IReadOnlyList<TaskHandle> ChildTasks => Related(Step.Named(Graph.ChildrenOf(Step.Name)));

    /// <summary>Gets the runs that the task's step started, in that order; those of every attempt. One that is no longer there is left out.</summary>
    public IReadOnlyList<RunHandle> ChildRuns =>
    [
        .. _allMetadata.Value.Where(static datum => datum.Field == InternalFields.ChildRun)
            .Select(datum => datum.Text.Split('/') is [var flow, var run] ? RunHandle.Find(Context, flow, run) : null).OfType<RunHandle>(),
    ];

    /// <summary>Gets the task's place in its foreach, from 0, or <see langword="null"/> outside of one.</summary>
    public int? Index
    {
        get
        {
            if (ForeachPath is [.., var last])
            {
                return int.TryParse(last.AsSpan(last.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var index) ? index : null;
            }

            // Runs written by hand may lack the metadata; the stack of foreaches says it too.
            return _data.Value.Contains(StackName)
                && _data.Value[StackName] is IReadOnlyList<object?> and [.., PythonObject { Arguments: [_, _, _, var place, ..] }]
                ? Convert.ToInt32(place, CultureInfo.InvariantCulture)
                : null;
        }
    }

    internal RunGraph Graph => _artifacts.Value.Records.TryGetValue("_graph_info", out var record)
        ? Step.Run.GraphOf(record.Key, () => _data.Value["_graph_info"])
        : RunGraph.FromPlain(null);

    // Such as ["outer:1", "inner:0"]; one item for each foreach around the task.
    private string[] ForeachPath
        => _latest.Value.GetValueOrDefault(PathField)?.Text
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static TaskPath? OriginOf(TaskPath path, IReadOnlyList<MetadataDatum> metadata)
        => OriginOf(path, metadata, "origin-run-id", "origin-task-id") ?? OriginOf(path, metadata, InternalFields.CacheOriginRun, InternalFields.CacheOriginTask);

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

    private TaskPath? Origin(IReadOnlyList<MetadataDatum> metadata) => OriginOf(Path, metadata);

    private IReadOnlyList<TaskHandle> Related(IReadOnlyList<StepHandle> steps)
    {
        var own = ForeachPath;
        return
        [
            .. steps.SelectMany(static step => step.Tasks)
                .Where(task => AreRelated(own, task.ForeachPath))
                .OrderBy(static task => task.Id.Length).ThenBy(static task => task.Id, StringComparer.Ordinal),
        ];
    }

    private Dictionary<string, MetadataDatum> FindLatest()
    {
        var latest = new Dictionary<string, MetadataDatum>(StringComparer.Ordinal);
        foreach (var datum in OwnMetadata)
        {
            latest[datum.Field] = datum;
        }

        var origin = Origin(_allMetadata.Value);
        for (var i = 0; origin is not null && i < LongestChain; i++)
        {
            var metadata = Completion.Of(Context.Metadata.ListMetadataAsync(origin, CancellationToken.None));
            foreach (var datum in metadata.Reverse())
            {
                latest.TryAdd(datum.Field, datum);
            }

            origin = OriginOf(origin, metadata);
        }

        return latest;
    }
}
