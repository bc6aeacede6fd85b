using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Whether a task of the resumed run stands in for a ready one.</summary>
/// <param name="Task">The task of the resumed run, or <see langword="null"/> when the ready one has to run.</param>
/// <param name="Result">What it decided, or <see langword="null"/>.</param>
/// <param name="Reason">Why, as it follows "because".</param>
internal sealed record ResumeDecision(EarlierTask? Task, TaskResult? Result, string Reason)
{
    /// <summary>Gets what the task of the resumed run read and wrote; <see langword="null"/> when that was not recorded.</summary>
    public TaskLineage? Lineage { get; init; }

    /// <summary>Gets the code that it ran; <see langword="null"/> when that was not recorded.</summary>
    public string? Code { get; init; }

    /// <summary>Gets a value indicating whether its step has other code now.</summary>
    public bool IsCodeChanged { get; init; }

    /// <summary>Gets the decisions about the others of the task's gang, in order; none outside one.</summary>
    public IReadOnlyList<ResumeDecision> Others { get; init; } = [];
}

/// <summary>Decides which tasks of a resumed run stand in for those of the new one. The plan asks once for each task; the run follows
/// what it was told.</summary>
internal sealed partial class ResumeRules
{
    /// <summary>Gets the resumed run.</summary>
    public required EarlierRun Origin { get; init; }

    /// <summary>Gets the flow's graph as it is now.</summary>
    public required FlowGraph Graph { get; init; }

    /// <summary>Gets the records, for the read sets of older tasks.</summary>
    public required IMetadataProvider Metadata { get; init; }

    /// <summary>Gets the datastore.</summary>
    public required FlowDatastore Datastore { get; init; }

    /// <summary>Gets the step that is to run again, or <see langword="null"/>.</summary>
    public string? Step { get; init; }

    /// <summary>Gets the parameters whose values changed, by name on disk.</summary>
    public IReadOnlyList<string> ChangedParameters { get; init; } = [];

    /// <summary>Gets a value indicating whether tasks run again whose step has other code now.</summary>
    public bool RerunsChanged { get; init; }

    /// <summary>Gets the most tasks that one foreach may start.</summary>
    public required int MaxNumSplits { get; init; }

    /// <summary>Gets the code that the resumed run's own tasks ran, by step.</summary>
    public IReadOnlyDictionary<string, string> CodeOfOrigin { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the code as it is now.</summary>
    public required ICurrentCode Code { get; init; }

    /// <summary>Decides about a task whose inputs are all clones.</summary>
    /// <param name="task">The ready task; the first of a gang stands for the whole of it.</param>
    /// <returns>The decision.</returns>
    public Task<ResumeDecision> DecideAsync(ScheduledTask task)
        => task.Gang is { } seat ? DecideGangAsync(task, seat) : DecideOneAsync(task);

    private async Task<ResumeDecision> DecideOneAsync(ScheduledTask task)
    {
        if (task.Step == Step)
        {
            return Rerun("you asked for it");
        }

        if (await Origin.FindAsync(task.Key).ConfigureAwait(false) is not { } earlier)
        {
            return Rerun($"run {Origin.RunId} has no result of it");
        }

        if (!earlier.IsOk)
        {
            return Rerun($"it failed in run {Origin.RunId}");
        }

        var lineage = await LineageOfAsync(earlier).ConfigureAwait(false);
        var code = lineage?.Code ?? CodeOfOrigin.GetValueOrDefault(task.Step);

        // What is not known to be the same is not known to have changed either: runs of older versions record no code.
        var now = Code.Of(task.Step);
        var isCodeChanged = code is { Length: > 0 } && now is not null && now != code;
        if (isCodeChanged && RerunsChanged)
        {
            return Rerun(PackagesMark.Reason(code!, now!));
        }

        if (TryDecode(earlier, lineage, out var damage) is not { } result)
        {
            return Rerun($"its result in run {Origin.RunId} cannot be read: {damage?.Message} [{damage?.Code}]");
        }

        if (!TransitionFit.Fit(Graph, task.Step, result))
        {
            return Rerun(
                $"it moved on to {string.Join(", ", result.NextSteps.Select(static step => $"'{step}'"))}, but the flow has changed");
        }

        // Its process succeeded; the scheduler refused its result, as it does again unless the limit is raised.
        if (result.NumSplits > MaxNumSplits)
        {
            return Rerun($"its foreach has {result.NumSplits} items, more than --max-num-splits allows");
        }

        return await ParameterReasonAsync(earlier, lineage).ConfigureAwait(false) is { } reason
            ? Rerun(reason)
            : new ResumeDecision(earlier, result, $"it succeeded in run {Origin.RunId}")
            {
                Lineage = lineage,
                Code = code,
                IsCodeChanged = isCodeChanged,
            };
    }

    private static TaskResult? TryDecode(EarlierTask earlier, TaskLineage? lineage, out StorageException? damage)
    {
        damage = null;
        try
        {
            return TaskResults.Decode(earlier.Artifacts, lineage);
        }
        catch (StorageException error)
        {
            damage = error;
            return null;
        }
    }

    private async Task<TaskLineage?> LineageOfAsync(EarlierTask task)
        => await Datastore.ReadNoteAsync(
            task.Artifacts.Task, task.Artifacts.Attempt, TaskLineage.Note, default).ConfigureAwait(false) is { } note
            ? TaskLineage.FromJson(note)
            : null;

    private static ResumeDecision Rerun(string reason) => new(null, null, reason);

    private async Task<string?> ParameterReasonAsync(EarlierTask task, TaskLineage? lineage)
    {
        if (ChangedParameters.Count == 0)
        {
            return null;
        }

        var read = lineage?.ReadNames ?? await RecordedReadsAsync(task).ConfigureAwait(false);
        if (read is null)
        {
            // What its flow did not have, it cannot have read.
            var had = ChangedParameters.Where(task.Artifacts.Contains).ToList();
            return had.Count == 0 ? null : $"parameter {Quoted(had)} changed, and its reads are not recorded";
        }

        var changed = ChangedParameters.Where(read.Contains).ToList();
        return changed.Count == 0 ? null : $"it reads parameter {Quoted(changed)}, which changed";
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"'{name}'"));

    /// <summary>Runs of the first versions have their read sets only among the records.</summary>
    private async Task<IReadOnlyList<string>?> RecordedReadsAsync(EarlierTask task)
    {
        var data = await Metadata.ListMetadataAsync(task.Artifacts.Task, default).ConfigureAwait(false);
        if (data.LastOrDefault(static datum => datum.Field == "read-artifacts")?.Text is not { } text)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return [.. json.RootElement.EnumerateArray().Select(static name => name.GetString() ?? "")];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
