using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

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
        Options =
        [
            RunTable.LimitOption,
            new() { Name = AllRuns, Description = "List everybody's runs, not only those in the namespace." },
            JsonOutput.Option,
        ],
        Examples = ["runs", "runs --all --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => RunTable.LimitOf(context);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var flow = RunChoice.Flow(context, context.Line.Flag(AllRuns) ? null : context.Application.Settings.Namespace);
        var runs = flow.Summaries(RunTable.LimitOf(context));
        RunTable.Show(context, runs, isOfOneFlow: true);
        return Task.FromResult(ExitCodes.Success);
    }
}
