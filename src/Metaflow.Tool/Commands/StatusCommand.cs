using System.Globalization;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Says what a flow that is started here would use.</summary>
internal sealed class StatusCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the datastore, the user, the profile and the flows found.",
        Options = [JsonOutput.Option],
        Examples = ["status", "status --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var settings = context.Settings;
        var flows = context.Client().Flows.OrderBy(static flow => flow.Name, StringComparer.Ordinal).ToList();
        var profile = Profiles.NameOf(context);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["datastore_root"] = settings.Datastore.Root,
                ["user"] = settings.User,
                ["namespace"] = settings.Namespace,
                ["profile"] = profile,
                ["flows"] = flows.Select(static flow => flow.Name).ToArray(),
            });
            return Task.FromResult(ExitCodes.Success);
        }

        var output = context.Streams.Out;
        var isMissing = settings.Datastore.IsLocal && !Directory.Exists(settings.Datastore.Root);
        output.WriteLine($"Datastore: {settings.Datastore.Root}{(isMissing ? " (the first run creates it)" : "")}");
        output.WriteLine($"User:      {settings.User}");
        output.WriteLine($"Namespace: {settings.Namespace}");
        output.WriteLine($"Profile:   {profile ?? "default"}");
        output.WriteLine($"Flows:     {(flows.Count == 0 ? "none" : flows.Count.ToString(CultureInfo.InvariantCulture))}");
        foreach (var flow in flows)
        {
            output.WriteLine($"  {flow.Name}");
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
