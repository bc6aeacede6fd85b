using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Lists the runs of a flow, or of all.</summary>
internal sealed class RunsCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the runs of a flow, or of all flows.",
        Details = RunTable.StatesExplained,
        Arguments = ["FLOW"],
        Options = [RunTable.LimitOption, JsonOutput.Option],
        Examples = ["runs", "runs GenreStatsFlow --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var limit = RunTable.LimitOf(context);
        var client = context.Client();
        var flows = context.Line.Arguments is [var name, ..] ? [client.Flow(name)] : client.Flows;
        var newest = flows.SelectMany(static flow => flow.Runs()).OrderByDescending(static run => run.CreatedAt).Take(limit);
        var runs = await newest.ReadEachAsync(RunSummary.OfAsync, CancellationToken.None).ConfigureAwait(false);
        RunTable.Show(context, runs, isOfOneFlow: false);
        return ExitCodes.Success;
    }
}
