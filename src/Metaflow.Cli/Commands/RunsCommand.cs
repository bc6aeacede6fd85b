using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Running;

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
        Details = RunTable.StatesExplained,
        Options =
        [
            new() { Name = Limit, ValueName = "integer", Description = "List the newest runs, this many at most.", Default = "20" },
            new() { Name = AllRuns, Description = "List everybody's runs, not only those in the namespace." },
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
            new RunTable(context.Streams, isOfOneFlow: true).Write(runs);
        }

        RunTable.WriteProblems(context.Streams, runs);
        return Task.FromResult(ExitCodes.Success);
    }
}
