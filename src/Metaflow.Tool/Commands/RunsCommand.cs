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
        Arguments = ["FLOW"],
        Options = [new() { Name = Limit, ValueName = "integer", Description = "List so many runs at most, the newest first.", Default = "20" }, JsonOutput.Option],
        Examples = ["runs", "runs GenreStatsFlow --limit 100 --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var limit = context.Line.Integer(Limit, UsualLimit, minimum: 1);
        var client = context.Client();
        var flows = context.Line.Arguments is [var name, ..] ? [client.Flow(name)] : client.Flows;
        var runs = flows.SelectMany(static flow => flow.Runs()).OrderByDescending(static run => run.CreatedAt).Take(limit).ToList();
        if (context.WantsJson)
        {
            context.WriteJson(runs.Select(ToData).ToArray());
        }
        else
        {
            ToolTable.Write(
                context.Streams,
                ["RUN", "STATE", "STARTED", "USER", "TAGS"],
                [.. runs.Select(run => (string[])[run.Pathspec, RunLine.StateOf(run), RunLine.Local(context, run.CreatedAt), run.UserName, string.Join(", ", run.UserTags)])]);
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static Dictionary<string, object?> ToData(RunHandle run) => new()
    {
        ["run"] = run.Pathspec,
        ["state"] = RunLine.StateOf(run),
        ["started"] = JsonOutput.Time(run.CreatedAt),
        ["user"] = run.UserName,
        ["tags"] = run.UserTags.ToArray(),
    };
}
