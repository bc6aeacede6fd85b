using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Gives an environment names.</summary>
internal sealed class EnvironmentAliasCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Give an environment names.",
        Details = "NAME is 'team/training:v1'; without a tag it is 'team/training:latest'. Names with the tags latest, candidate and "
            + "stable may move to another environment later, all others belong to theirs for good. An environment that only this "
            + "machine has is stored in the datastore, too. " + ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument, "NAME"],
        RequiredArguments = 2,
        LastArgumentRepeats = true,
        Options =
        [
            EnvironmentOptions.LocalOnly with { Description = "Give the names on this machine only, not in the datastore." },
            ToolEnvironments.Pathspec,
            JsonOutput.Option,
        ],
        Examples =
        [
            "environment alias step:TrainFlow/1795299563529680/train team/training:v1 team/training:stable",
            "environment alias team/training:v2 team/training:stable",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context)
    {
        ToolEnvironments.Check(context, context.Line.Arguments[0]);
        foreach (var name in context.Line.Arguments.Skip(1))
        {
            _ = EnvironmentName.Parse(name);
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var all = await environments.Named.FindAllAsync(
            ToolEnvironments.TextOf(context, context.Line.Arguments[0]), MachineKinds.OfThisMachine, context.Stopping)
            .ConfigureAwait(false);
        List<EnvironmentName> names = [.. context.Line.Arguments.Skip(1).Select(EnvironmentName.Parse)];
        var catalogue = new EnvironmentCatalogue(environments.Workspace);
        await catalogue.NameAsync(all, names, context.Line.Flag(EnvironmentOptions.LocalOnly.Name), context.Stopping)
            .ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["req_id"] = all[0].Id.RequestId,
                ["full_id"] = all[0].Id.FullId,
                ["aliases"] = names.ConvertAll(static name => name.ToString()),
            });
        }
        else
        {
            context.Streams.Out.WriteLine($"{string.Join(", ", names)}: {all[0].Id}");
        }

        return ExitCodes.Success;
    }
}
