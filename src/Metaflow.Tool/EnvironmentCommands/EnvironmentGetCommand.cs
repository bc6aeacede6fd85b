using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Copies the record of an environment from the datastore to this machine.</summary>
internal sealed class EnvironmentGetCommand : Command<ToolContext>
{
    private const string Default = "default";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Use an environment of the datastore on this machine.",
        Details = "The environment is added to those that this machine knows, and is used from now on wherever the same is asked for. "
            + ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument],
        RequiredArguments = 1,
        Options =
        [
            new()
            {
                Name = Default,
                Opposite = "no-default",
                Default = Default,
                Description = "Use the environment wherever the same is asked for. Without it, the environment is only added.",
            },
            EnvironmentOptions.Architecture,
            ToolEnvironments.Pathspec,
            JsonOutput.Option,
        ],
        Examples = ["environment get team/training:v1", "environment get step:TrainFlow/1795299563529680/train --no-default"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => ToolEnvironments.Check(context, context.Line.Arguments);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var found = await new EnvironmentCatalogue(environments.Workspace).GetAsync(
            ToolEnvironments.TextOf(context, context.Line.Arguments[0]), environments.Machine,
            context.Line.Text(Default) != bool.FalseString, context.Stopping).ConfigureAwait(false);
        var data = await environments.WriteAsync(found).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, data);
        }

        return ExitCodes.Success;
    }
}
