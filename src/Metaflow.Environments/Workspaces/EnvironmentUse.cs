using Metaflow.Client;
using Metaflow.Environments.Storage;
using Metaflow.Metadata;

namespace Metaflow.Environments.Workspaces;

/// <summary>Says which environments the recorded runs of a datastore used.</summary>
internal static class EnvironmentUse
{
    /// <summary>Reads the tasks of all runs. An attempt of a task can have had another environment than the next one.</summary>
    /// <param name="client">Reads the records, in all namespaces.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments, each with one task that used it.</returns>
    /// <exception cref="Errors.MetaflowException">A record cannot be read.</exception>
    public static async Task<IReadOnlyDictionary<EnvironmentTarget, string>> ReadAsync(
        MetaflowClient client, CancellationToken cancellationToken)
    {
        var used = new Dictionary<EnvironmentTarget, string>();
        await foreach (var flow in client.GetFlowsAsync(cancellationToken).ConfigureAwait(false))
        {
            await foreach (var run in flow.GetRunsAsync([], cancellationToken).ConfigureAwait(false))
            {
                await foreach (var task in run.GetTasksAsync(cancellationToken).ConfigureAwait(false))
                {
                    foreach (var datum in await task.GetMetadataAsync(cancellationToken).ConfigureAwait(false))
                    {
                        if (datum.Field == InternalFields.Environment && TaskEnvironment.Parse(datum.Text) is { } id)
                        {
                            used.TryAdd(EnvironmentTarget.Of(id), task.Pathspec);
                        }
                    }
                }
            }
        }

        return used;
    }
}
