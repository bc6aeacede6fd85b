using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Client;

/// <summary>Finds the run that a command names by its id or by a word.</summary>
internal static class ChosenRun
{
    /// <summary>Finds a run of a flow.</summary>
    /// <param name="flow">The flow, seen from a namespace.</param>
    /// <param name="run">The run's id, <c>latest</c> or <c>latest-failed</c>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="MetadataException">There is no such run (MF5004), or it is outside the namespace (MF5005).</exception>
    public static RunHandle Of(FlowHandle flow, string run) => run switch
    {
        RunWords.Latest => flow.LatestRun
            ?? throw None(flow, run, "No run of the flow has a record that can be read."),
        RunWords.LatestFailed => flow.Runs().FirstOrDefault(
            static run => run.State is RunState.Failed or RunState.Cancelled or RunState.Dead)
            ?? throw None(flow, run, "No run of the flow failed, was cancelled or died."),
        _ => OfId(flow, run),
    };

    private static RunHandle OfId(FlowHandle flow, string runId)
    {
        try
        {
            return flow.Run(runId);
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.ObjectNotFound && RunWords.Suggestion(runId) is { } question)
        {
            // The client's remedy names ids alone: its methods do not take the words.
            throw new MetadataException(
                error.Code, error.What, $"No run has the id '{runId}'.", $"{question} The command 'runs' lists the ids of the runs.", error)
            {
                Pathspec = error.Pathspec,
            };
        }
    }

    private static MetadataException None(FlowHandle flow, string word, string why) => new(
        ErrorCodes.ObjectNotFound,
        $"There is no run '{flow.Name}/{word}'.",
        why,
        "The command 'runs' lists the runs and the state of each.")
    { Pathspec = $"{flow.Name}/{word}" };
}
