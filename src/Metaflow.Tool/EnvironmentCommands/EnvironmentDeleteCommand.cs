using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Deletes the record and the names of an environment.</summary>
internal sealed class EnvironmentDeleteCommand : Command<ToolContext>
{
    private const string Force = "force";
    private const string Yes = "yes";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Delete an environment and its names, after confirmation.",
        Details = "An environment that a run of the datastore used is kept. Packages stay until 'environment gc' removes those that "
            + "nothing refers to. " + ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument],
        RequiredArguments = 1,
        Options =
        [
            EnvironmentOptions.LocalOnly with { Description = "Delete it from the list of this machine only, not from the datastore." },
            new() { Name = Force, Opposite = "no-force", Description = "Delete it though a run used it." },
            new() { Name = Yes, Description = "Delete without asking." },
            ToolEnvironments.Pathspec,
            JsonOutput.Option,
        ],
        Examples = ["environment delete team/training:v1", "environment delete team/old:v3 --yes"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => ToolEnvironments.Check(context, context.Line.Arguments);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var catalogue = new EnvironmentCatalogue(environments.Workspace);
        var isLocalOnly = context.Line.Flag(EnvironmentOptions.LocalOnly.Name);
        var deletion = await catalogue.PlanDeletionAsync(
            ToolEnvironments.TextOf(context, context.Line.Arguments[0]), isLocalOnly, context.Stopping).ConfigureAwait(false);
        var id = $"{deletion.Target.RequestId}:{deletion.Target.FullId}";
        var names = deletion.Names.Count == 0 ? "" : $" with its names {string.Join(", ", deletion.Names)}";
        if (!context.Line.Flag(Yes) && !context.Confirm($"Delete the environment {id}{names}?"))
        {
            context.Say("Nothing was deleted.");
            return ExitCodes.Failure;
        }

        await catalogue.DeleteAsync(deletion, context.Line.Flag(Force), context.Stopping).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["req_id"] = deletion.Target.RequestId,
                ["full_id"] = deletion.Target.FullId,
                ["aliases"] = deletion.Names.Select(static name => name.ToString()).ToArray(),
                ["archs"] = deletion.Here.Concat(deletion.Stored).Select(static each => each.Architecture).Distinct().ToArray(),
            });
        }
        else
        {
            var machines = deletion.Here.Concat(deletion.Stored).Select(static each => each.Architecture).Distinct().ToList();
            context.Streams.Out.WriteLine(
                $"Deleted {id} for {string.Join(", ", machines)}"
                    + (deletion.Names.Count == 0 ? "." : $" and {AmountText.Count(deletion.Names.Count, "name")}."));
        }

        return ExitCodes.Success;
    }
}
