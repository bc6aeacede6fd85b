using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Lists the runs of the flow.</summary>
internal sealed class RunsCommand : FlowCommand
{
    private const string Limit = "limit";
    private const string AllRuns = "all";
    private const int UsualLimit = 20;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "runs",
        Summary = "List the runs of the flow, with the state of each.",
        Details = "A run is pending, running, succeeded, failed, cancelled, or dead: then its scheduler is gone without having ended it, and 'resume --continue' goes on. "
            + "What a run of the reference that has no end is doing is unknown.",
        Options =
        [
            new() { Name = Limit, ValueName = "integer", Description = "List so many runs at most, the newest first.", Default = "20" },
            new() { Name = AllRuns, Description = "List the runs of everybody, not only those in the namespace." },
            JsonOutput.Option,
        ],
        Examples = ["runs", "runs --all --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(CommandContext context) => context.Line.Integer(Limit, UsualLimit, minimum: 1);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var flow = RunChoice.Flow(context, context.Line.Flag(AllRuns) ? null : context.Application.Settings.Namespace);
        var runs = flow.Summaries(context.Line.Integer(Limit, UsualLimit, minimum: 1));
        if (context.Line.Flag(JsonOutput.Option.Name))
        {
            JsonOutput.Write(context, runs.Select(RunTable.ToData).ToArray());
        }
        else
        {
            new RunTable(context.Streams).Write(runs);
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
