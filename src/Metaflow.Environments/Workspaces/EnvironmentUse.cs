using Metaflow.Client;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Environments.Workspaces;

/// <summary>Says which environments the recorded runs of a datastore used or are about to use.</summary>
/// <param name="Used">The environments, each with one task or run that used it.</param>
/// <param name="Problems">What is wrong with runs whose records cannot be read: which environments those used is not known.</param>
internal sealed record EnvironmentUse(IReadOnlyDictionary<EnvironmentTarget, string> Used, IReadOnlyList<MetaflowException> Problems)
{
    /// <summary>Reads the tasks of all runs. An attempt of a task can have had another environment than the next one, and a run says at its
    /// start which ones its tasks will have.</summary>
    /// <param name="client">Reads the records, in all namespaces.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments.</returns>
    public static async Task<EnvironmentUse> ReadAsync(MetaflowClient client, CancellationToken cancellationToken)
    {
        var used = new Dictionary<EnvironmentTarget, string>();
        var problems = new List<MetaflowException>();
        try
        {
            await foreach (var flow in client.GetFlowsAsync(cancellationToken).ConfigureAwait(false))
            {
                await foreach (var run in flow.GetRunsAsync([], cancellationToken).ConfigureAwait(false))
                {
                    await ReadAsync(run, used, problems, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (MetaflowException error)
        {
            problems.Add(error);
        }

        return new EnvironmentUse(used, problems);
    }

    private static async Task ReadAsync(
        RunHandle run, Dictionary<EnvironmentTarget, string> used, List<MetaflowException> problems, CancellationToken cancellationToken)
    {
        try
        {
            if (await run.GetParametersTaskAsync(cancellationToken).ConfigureAwait(false) is { } parameters)
            {
                await AddAsync(parameters, InternalFields.PlannedEnvironment, run.Pathspec).ConfigureAwait(false);
            }

            await foreach (var task in run.GetTasksAsync(cancellationToken).ConfigureAwait(false))
            {
                await AddAsync(task, InternalFields.Environment, task.Pathspec).ConfigureAwait(false);
            }
        }
        catch (MetaflowException error)
        {
            problems.Add(error);
        }

        async Task AddAsync(TaskHandle task, string field, string user)
        {
            foreach (var datum in await task.GetMetadataAsync(cancellationToken).ConfigureAwait(false))
            {
                if (datum.Field == field && EnvironmentField.Parse(datum.Text) is { } id)
                {
                    used.TryAdd(EnvironmentTarget.Of(id), user);
                }
            }
        }
    }
}
