using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Lists the runs of a flow, or of all.</summary>
internal sealed class RunsCommand : ToolCommand
{
    private const string Limit = "limit";
    private const int UsualLimit = 20;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Name = "runs",
        Summary = "List the runs of a flow, or of all flows.",
        Details = RunTable.StatesExplained,
        Arguments = ["FLOW"],
        Options = [new() { Name = Limit, ValueName = "integer", Description = "List the newest runs, this many at most.", Default = "20" }, JsonOutput.Option],
        Examples = ["runs", "runs GenreStatsFlow --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var limit = context.Line.Integer(Limit, UsualLimit, minimum: 1);
        var client = context.Client();
        var flows = context.Line.Arguments is [var name, ..] ? [client.Flow(name)] : client.Flows;
        var runs = flows.SelectMany(static flow => flow.Runs()).OrderByDescending(static run => run.CreatedAt).Take(limit).Select(RunSummary.Of).ToList();
        if (context.WantsJson)
        {
            context.WriteJson(runs.Select(RunTable.ToData).ToArray());
        }
        else
        {
            new RunTable(context.Streams, isOfOneFlow: false).Write(runs);
        }

        RunTable.WriteProblems(context.Streams, runs);
        return Task.FromResult(ExitCodes.Success);
    }
}
