using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Lists the runs of the flow.</summary>
internal sealed class RunsCommand : Command<FlowContext>
{
    private const string AllRuns = "all";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the runs of the flow, with the state of each.",
        Details = RunTable.StatesExplained,
        Options = [.. RunListing.Options, new() { Name = AllRuns, Description = "List the runs of all users." }],
        Examples = ["runs", "runs --columns alpha,r2 --sort -r2", "runs --all --state failed --tag nightly --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => RunListing.Of(context, context.Application.Definition);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var definition = context.Application.Definition;
        var listing = RunListing.Of(context, definition);
        var isOfAll = context.Line.Flag(AllRuns) || listing.IsOfUser;
        var flow = RunChoice.Flow(context, isOfAll ? null : context.Application.Settings.Namespace);
        var runs = await listing.ReadAsync(flow.Runs(), () => DeclaredNames.Names(definition), context.Stopping).ConfigureAwait(false);
        RunTable.Show(context, listing, runs, isOfOneFlow: true);
        return ExitCodes.Success;
    }
}
