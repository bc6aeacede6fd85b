using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Verification;

/// <summary>Finds tasks that finished and are not there any more: by the journal of the run, or, without one, by what the other tasks
/// say.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="runId">The run's id.</param>
/// <param name="tasks">What is there of each task.</param>
/// <param name="faults">Receives the faults.</param>
internal sealed class LostTasks(FlowDatastore datastore, string runId, IReadOnlyList<TaskRecordCheck> tasks, FaultList faults)
{
    private const string Remedy
        = "Restore it from a copy of the datastore, or use 'resume --origin-run-id': it runs again what is missing.";

    /// <summary>Finds the tasks.</summary>
    /// <param name="journal">The records of the journal; <see langword="null"/> if there is none, and none if it is damaged.</param>
    /// <param name="hasSucceeded">Whether the run is recorded as one that succeeded.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all are found.</returns>
    public async ValueTask FindAsync(
        IReadOnlyList<ReadOnlyMemory<byte>>? journal, bool hasSucceeded, CancellationToken cancellationToken)
    {
        var check = new SuccessorCheck(
            datastore,
            tasks.Where(static task => task.LastComplete is not null)
                .ToDictionary(static task => task.Task, static task => task.Artifacts));
        if (journal is not null && Find(JournalledTasks.Of(journal)))
        {
            return;
        }

        var lacking = journal is null
            ? await check.FindAsync(hasSucceeded, cancellationToken).ConfigureAwait(false)
            : await check.FindGangsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (step, there, expected) in lacking)
        {
            Add(
                $"{datastore.Flow}/{runId}/{step}",
                $"Of this step, {AmountText.Count(expected, "task")} finished, as the other tasks say. "
                    + (there == 0 ? "None of them is complete here." : $"Only {AmountText.Count(there, "task")} can be found here."));
        }
    }

    /// <returns>Whether any is lost.</returns>
    private bool Find(JournalledTasks journal)
    {
        var byId = tasks.ToLookup(static task => task.Task.TaskId, StringComparer.Ordinal);
        var expected = journal.NextSteps.Prepend(TaskPath.ParametersStep);
        var gone = expected.Except(tasks.Select(static task => task.Task.Step)).Order(StringComparer.Ordinal).ToList();
        var where = gone.Count == 0 ? "" : $" Nothing is left of {string.Join(", ", gone.Select(static step => $"'{step}'"))}.";
        var lost = journal.Finished.Where(id => !byId[id].Any(static task => task.LastComplete is not null))
            .OrderBy(static id => id.Length).ThenBy(static id => id, StringComparer.Ordinal).ToList();
        foreach (var id in lost)
        {
            if (byId[id].FirstOrDefault() is { } task)
            {
                Add(task.Task.ToString(), "The task finished, as the journal of the run says, but it has no complete attempt.");
            }
            else
            {
                Add($"{datastore.Flow}/{runId}", $"The task '{id}' finished, as the journal of the run says, but it is not there.{where}");
            }
        }

        return lost.Count > 0;
    }

    private void Add(string path, string what) => faults.Add(new DatastoreFault(ErrorCodes.TaskLost, path, what, Remedy));
}
