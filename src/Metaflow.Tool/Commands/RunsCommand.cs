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
        Options = RunListing.Options,
        Examples = ["runs", "runs TrainFlow --columns alpha,r2 --sort -r2", "runs GenreStatsFlow --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => RunListing.Of(context, null);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var listing = RunListing.Of(context, null);
        var client = NamedDatastore.Open(context);
        var flows = context.Line.Arguments is [var name, ..] ? [client.Flow(name)] : client.Flows;
        var newest = flows.SelectMany(static flow => flow.Runs()).OrderByDescending(static run => run.CreatedAt).ToList();
        var runs = await listing.ReadAsync(newest, () => NamesOf(newest), context.Stopping).ConfigureAwait(false);
        if (newest.Count == 0 && !JsonOutput.IsWanted(context))
        {
            NamedDatastore.SayEmpty(context, "runs");
            return ExitCodes.Success;
        }

        RunTable.Show(context, listing, runs, isOfOneFlow: false);
        return ExitCodes.Success;
    }

    // The tool does not know the flow: its last result says what there is.
    private static IEnumerable<string> NamesOf(IEnumerable<RunHandle> runs)
        => runs.Select(static run => run.EndTask).FirstOrDefault(static task => task is not null)?.Data.Names ?? [];
}
