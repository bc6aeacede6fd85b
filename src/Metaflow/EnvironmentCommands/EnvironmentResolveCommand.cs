using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Views;
using Metaflow.Errors;
using Metaflow.StepEnvironments;

namespace Metaflow.EnvironmentCommands;

/// <summary>Resolves the environments of the flow's steps before a run needs them.</summary>
internal sealed class EnvironmentResolveCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Find the packages of the steps, and store them.",
        Details = "Without STEP, the environments of all steps are resolved. What was resolved before is not resolved again. A run does "
            + "the same at its start.",
        Arguments = [FlowEnvironmentOutput.StepArgument],
        LastArgumentRepeats = true,
        Options =
        [
            EnvironmentOptions.Alias with
            {
                Description = "Give the environment a name, such as 'team/training:v1'. Only if all steps named have the same environment. "
                    + "May be given several times.",
            },
            EnvironmentOptions.Force,
            EnvironmentOptions.DryRun,
            EnvironmentOptions.Architectures,
            EnvironmentOptions.StoreLocally,
            JsonOutput.Option,
        ],
        Examples = ["environment resolve", "environment resolve train --alias team/training:v1", "environment resolve --force --dry-run"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var found = await FlowEnvironmentOutput.AskAsync(
            context, static (environments, options, stopping) => environments.ResolveAsync(options, stopping)).ConfigureAwait(false);
        foreach (var each in found)
        {
            FlowEnvironmentOutput.Write(context, each, each.IsNew ? "resolved now" : "known", each.View!.Lines());
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, found.GroupBy(static each => each.Step).ToDictionary(
                static step => step.Key,
                static step => (object?)step.ToDictionary(static each => each.Architecture, static each => (object?)ToData(each))));
        }

        return ExitCodes.Success;
    }

    private static Dictionary<string, object?> ToData(FlowEnvironment each) => new()
    {
        ["req_id"] = each.View!.Environment.Id.RequestId,
        ["full_id"] = each.View.Environment.Id.FullId,
        ["newly_resolved"] = each.IsNew,
        ["env"] = each.View.ToData(),
    };
}
