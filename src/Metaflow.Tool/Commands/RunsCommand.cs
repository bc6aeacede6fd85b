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
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var limit = RunTable.LimitOf(context);
        var client = context.Client();
        var flows = context.Line.Arguments is [var name, ..] ? [client.Flow(name)] : client.Flows;
        var runs = flows.SelectMany(static flow => flow.Runs()).OrderByDescending(static run => run.CreatedAt).Take(limit).Select(RunSummary.Of).ToList();
        RunTable.Show(context, runs, isOfOneFlow: false);
        return Task.FromResult(ExitCodes.Success);
    }
}
