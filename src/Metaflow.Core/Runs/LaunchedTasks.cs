using System.Text.Json;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Runs;

/// <summary>Finds by the journal of a run what runs its tasks.</summary>
internal static class LaunchedTasks
{
    /// <summary>Finds what runs a task now.</summary>
    /// <param name="home">Keeps the run.</param>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The handle of the task's last attempt; <see langword="null"/> when the task was not started, or when that attempt has
    /// ended.</returns>
    /// <exception cref="Errors.MetadataException">The journal is damaged (MF5020).</exception>
    public static async Task<LaunchHandle?> FindAsync(IRunHome home, TaskPath task, CancellationToken cancellationToken)
    {
        LaunchHandle? handle = null;
        foreach (var record in await home.ReadJournalAsync(task.Flow, task.RunId, cancellationToken).ConfigureAwait(false) ?? [])
        {
            using var json = JsonDocument.Parse(record);
            if (!json.RootElement.TryGetProperty(JournalFields.Events, out var events))
            {
                continue;
            }

            foreach (var happened in events.EnumerateArray())
            {
                if (happened.TryGetProperty(JournalFields.Task, out var id) && id.ValueEquals(task.TaskId))
                {
                    handle = happened.TryGetProperty(JournalFields.Handle, out var text) ? LaunchHandle.Parse(text.GetString()!) : null;
                }
            }
        }

        return handle;
    }
}
