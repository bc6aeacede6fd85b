using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Whether a task of the resumed run stands in for a ready one.</summary>
/// <param name="Task">The task of the resumed run, or <see langword="null"/> when the ready one has to run.</param>
/// <param name="Result">What it decided, or <see langword="null"/>.</param>
/// <param name="Reason">Why, as it follows "because".</param>
internal sealed record ResumeDecision(EarlierTask? Task, TaskResult? Result, string Reason);

/// <summary>Decides which tasks of a resumed run stand in for those of the new one. The plan and the run ask the same object.</summary>
internal sealed class ResumeRules
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

    /// <summary>Gets the steps whose code changed and whose tasks therefore run again.</summary>
    public IReadOnlyCollection<string> StepsToRerun { get; init; } = [];

    /// <summary>Decides about a task whose inputs are all clones.</summary>
    /// <param name="task">The ready task.</param>
    /// <returns>The decision.</returns>
    public async Task<ResumeDecision> DecideAsync(ScheduledTask task)
    {
        if (task.Step == Step)
        {
            return Rerun("it was asked for");
        }

        if (await Origin.FindAsync(task.Key).ConfigureAwait(false) is not { } earlier)
        {
            return Rerun($"run {Origin.RunId} has no result of it");
        }

        if (!earlier.IsOk)
        {
            return Rerun($"it failed in run {Origin.RunId}");
        }

        if (StepsToRerun.Contains(task.Step))
        {
            return Rerun("its code changed");
        }

        var result = TaskResults.Decode(earlier.Artifacts);
        if (!Transitions.Fit(Graph, task.Step, result))
        {
            return Rerun($"it moved on to {string.Join(", ", result.NextSteps.Select(static step => $"'{step}'"))}, which the flow no longer does");
        }

        return await ParameterReasonAsync(earlier).ConfigureAwait(false) is { } reason
            ? Rerun(reason)
            : new ResumeDecision(earlier, result, $"it succeeded in run {Origin.RunId}");
    }

    /// <summary>Reads what a task read and wrote.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The lineage, or <see langword="null"/> when it was not recorded.</returns>
    public async Task<TaskLineage?> LineageOfAsync(EarlierTask task)
        => await Datastore.ReadNoteAsync(task.Artifacts.Task, task.Artifacts.Attempt, TaskLineage.Note, default).ConfigureAwait(false) is { } note
            ? TaskLineage.FromJson(note)
            : null;

    private static ResumeDecision Rerun(string reason) => new(null, null, reason);

    private async Task<string?> ParameterReasonAsync(EarlierTask task)
    {
        if (ChangedParameters.Count == 0)
        {
            return null;
        }

        var read = (await LineageOfAsync(task).ConfigureAwait(false))?.ReadNames ?? await RecordedReadsAsync(task).ConfigureAwait(false);
        if (read is null)
        {
            return $"parameter {Quoted(ChangedParameters)} changed, and what it read is not recorded";
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
