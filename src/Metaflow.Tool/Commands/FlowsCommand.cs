using System.Globalization;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Tool.Views;

namespace Metaflow.Tool.Commands;

/// <summary>Lists the flows of the datastore.</summary>
internal sealed class FlowsCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the flows of the datastore, with the last run of each.",
        Options = [JsonOutput.Option],
        Examples = ["flows", "flows --namespace user:ada --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var flows = NamedDatastore.Open(context).Flows.OrderBy(static flow => flow.Name, StringComparer.Ordinal)
            .Select(static flow => (Flow: flow.Name, Runs: flow.Runs().Count, Last: flow.LatestRun)).ToList();
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, flows.Select(static flow => new Dictionary<string, object?>
            {
                ["flow"] = flow.Flow,
                ["runs"] = flow.Runs,
                ["last_run"] = flow.Last?.Id,
                ["last_run_state"] = flow.Last is { } last ? RunStatus.NameOf(last.State) : null,
                ["last_run_started"] = JsonOutput.Time(flow.Last?.CreatedAt),
            }).ToArray());
            return Task.FromResult(ExitCodes.Success);
        }

        if (flows.Count == 0)
        {
            NamedDatastore.SayEmpty(context, "flows");
            return Task.FromResult(ExitCodes.Success);
        }

        ToolTable.Write(
            context.Streams,
            ["FLOW", "RUNS", "LAST RUN", "STATE", "STARTED"],
            [.. flows.Select(flow => (string[])
            [
                flow.Flow,
                flow.Runs.ToString(CultureInfo.InvariantCulture),
                flow.Last?.Id ?? "",
                flow.Last is { } last ? RunStatus.NameOf(last.State) : "",
                Local(context, flow.Last?.CreatedAt),
            ])]);
        return Task.FromResult(ExitCodes.Success);
    }

    private static string Local(ToolContext context, DateTimeOffset? at)
        => at is { } time
            ? TimeZoneInfo.ConvertTime(time, context.Streams.Time.LocalTimeZone).ToString(
                "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : "";
}
