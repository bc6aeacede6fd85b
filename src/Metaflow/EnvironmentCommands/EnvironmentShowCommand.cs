using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Views;
using Metaflow.Errors;
using Metaflow.StepEnvironments;

namespace Metaflow.EnvironmentCommands;

/// <summary>Shows what the flow's steps ask for, and the environments that are known for it.</summary>
internal sealed class EnvironmentShowCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the environments of the steps.",
        Details = "Nothing is resolved. Without STEP, all steps are shown.",
        Arguments = [FlowEnvironmentOutput.StepArgument],
        LastArgumentRepeats = true,
        Options = [EnvironmentOptions.LocalOnly, JsonOutput.Option],
        Examples = ["environment show", "environment show train --json"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var found = await FlowEnvironmentOutput.AskAsync(
            context, static (environments, options, stopping) => environments.FindAsync(options, stopping)).ConfigureAwait(false);
        foreach (var each in found)
        {
            Write(context, each);
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, found.ToDictionary(static each => each.Step, static each => (object?)ToData(each)));
        }

        return ExitCodes.Success;
    }

    private static void Write(FlowContext context, FlowEnvironment each)
    {
        if (each.Requirement is null)
        {
            FlowEnvironmentOutput.Write(context, each, "the packages of the program");
        }
        else if (each.Requirement.FetchAtExecution == true)
        {
            FlowEnvironmentOutput.Write(context, each, $"looks up '{each.Requirement.Start}' when a task starts");
        }
        else if (each.View is { } view)
        {
            FlowEnvironmentOutput.Write(context, each, "resolved", view.Lines());
        }
        else
        {
            FlowEnvironmentOutput.Write(
                context, each, "not resolved", $"Asked for             {string.Join(", ", each.Request!.Requirements)}");
        }
    }

    private static Dictionary<string, object?> ToData(FlowEnvironment each)
    {
        if (each.Requirement is not { } requirement)
        {
            return new() { ["is_disabled"] = true };
        }

        var data = new Dictionary<string, object?>
        {
            ["is_disabled"] = false,
            ["is_fetch_at_exec"] = requirement.FetchAtExecution == true,
            ["from_env_name"] = requirement.Name ?? requirement.Pathspec,
        };
        if (each.Request is { } request)
        {
            data["requested_hash"] = request.RequestId;
            data["requested_packages"] = requirement.Packages.ToDictionary(
                static category => category.Key,
                static category => (object?)category.Value.ToDictionary(
                    static package => package.Key, static package => (object?)package.Value));
            data["requested_sources"] = request.Sources.Select(static source => source.ToString()).ToList();
        }

        if (each.View is { } view)
        {
            var id = view.Environment.Id;
            data["env_id"] = new List<object?> { id.RequestId, id.FullId, id.Architecture };
            data["env"] = view.ToData();
        }

        return data;
    }
}
