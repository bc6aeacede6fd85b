using System.Globalization;
using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;
using Metaflow.Tool.Views;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Lists the environments that are known.</summary>
internal sealed class EnvironmentListCommand : Command<ToolContext>
{
    private static readonly string[] Heading = ["packages", "machine", "resolved (UTC)", "by", "known", "names"];

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the environments that this machine and the datastore have, the newest first.",
        Details = "The hash of the packages in the first column names the environment in other commands. "
            + "'here' are those that this machine knows, 'stored' those in the datastore.",
        Options =
        [
            EnvironmentOptions.Architecture with { Default = null, Description = "List the environments for this kind of machine only." },
            EnvironmentOptions.LocalOnly with { Description = "List what this machine knows only." },
            JsonOutput.Option,
        ],
        Examples = ["environment list", "environment list --arch linux-64 --json"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var listed = await EnvironmentCatalogue.ListAsync(
            environments.Book, context.Line.Text(EnvironmentOptions.Architecture.Name), context.Stopping).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, listed.Select(each => ToData(environments, each)).ToArray());
        }
        else if (listed.Count == 0)
        {
            context.Say("There are no environments. 'metaflow environment resolve' makes one.");
        }
        else
        {
            ToolTable.Write(context.Streams, Heading, [.. listed.Select(Row)]);
            foreach (var problem in listed.Select(static each => each.Problem).OfType<MetaflowException>())
            {
                context.Say($"{problem.What} {problem.Why} [{problem.Code}]");
            }
        }

        return ExitCodes.Success;
    }

    private static IReadOnlyList<string> Row(ListedEnvironment listed) =>
    [
        listed.Id.FullId,
        listed.Id.Architecture,
        listed.Environment?.ResolvedOn.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "unreadable",
        listed.Environment?.ResolvedBy ?? "",
        (listed.IsHere, listed.IsStored) switch { (true, true) => "here, stored", (true, false) => "here", _ => "stored" },
        string.Join(", ", listed.Names),
    ];

    private static Dictionary<string, object?> ToData(ToolEnvironments environments, ListedEnvironment listed) => new()
    {
        ["req_id"] = listed.Id.RequestId,
        ["full_id"] = listed.Id.FullId,
        ["arch"] = listed.Id.Architecture,
        ["type"] = listed.Environment?.Kind,
        ["aliases"] = listed.Names.Select(static name => name.ToString()).ToArray(),
        ["resolved_on"] = listed.Environment?.ResolvedOn.ToString("O", CultureInfo.InvariantCulture),
        ["resolved_by"] = listed.Environment?.ResolvedBy,
        ["requirements"] = listed.Environment?.Requirements.Select(static text => text.ToString()).ToArray(),
        ["known_here"] = listed.IsHere,
        ["stored"] = listed.IsStored,
        ["locally_present"] = listed.Environment is { } environment && environments.Workspace.Folder.Has(environment),
        ["error"] = listed.Problem?.Code,
    };
}
