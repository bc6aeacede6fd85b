using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.EnvironmentCommands;

/// <summary>Shows what the flow's steps ask for, and the environments that are known for it.</summary>
internal sealed class EnvironmentShowCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the environments of the steps.",
        Details = "Nothing is resolved. Without STEP, all steps are shown.",
        Arguments = [FlowEnvironments.StepArgument],
        LastArgumentRepeats = true,
        Options = [JsonOutput.Option],
        Examples = ["environment show", "environment show train --json"],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var environments = FlowEnvironments.Open(context);
        var requirements = environments.Planner.Requirements(environments.Steps);
        var data = new Dictionary<string, object?>();
        foreach (var step in context.Definition.Graph.Steps.Select(static step => step.Name))
        {
            if (environments.Steps.Count > 0 && !environments.Steps.Contains(step))
            {
                continue;
            }

            data[step] = await ShowAsync(context, environments, step, requirements.GetValueOrDefault(step)).ConfigureAwait(false);
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, data);
        }

        return ExitCodes.Success;
    }

    private static async Task<Dictionary<string, object?>> ShowAsync(
        FlowContext context, FlowEnvironments environments, string step, EnvironmentRequirement? requirement)
    {
        if (requirement is null)
        {
            Write(context, $"Step {step}: the packages of the program");
            return new() { ["is_disabled"] = true };
        }

        if (requirement.FetchAtExecution == true)
        {
            Write(context, $"Step {step}: looks up '{requirement.Start}' when a task starts");
            return new() { ["is_disabled"] = false, ["is_fetch_at_exec"] = true, ["from_env_name"] = requirement.Start };
        }

        var (request, environment) = await environments.Planner.FindKnownAsync(
            requirement, environments.Framework, context.Stopping).ConfigureAwait(false);
        var data = new Dictionary<string, object?>
        {
            ["is_disabled"] = false,
            ["is_fetch_at_exec"] = false,
            ["requested_hash"] = request.RequestId,
            ["requested_packages"] = requirement.Packages.ToDictionary(
                static category => category.Key,
                static category => (object?)category.Value.ToDictionary(
                    static package => package.Key, static package => (object?)package.Value)),
            ["requested_sources"] = request.Sources.Select(static source => source.ToString()).ToList(),
            ["from_env_name"] = requirement.Name ?? requirement.Pathspec,
        };
        if (environment is null)
        {
            Write(context, $"Step {step}: not resolved");
            Write(context, $"    Asked for             {string.Join(", ", request.Requirements)}");
            return data;
        }

        var view = await environments.ViewAsync(environment, context.Stopping).ConfigureAwait(false);
        Write(context, $"Step {step}: resolved");
        foreach (var line in view.Lines())
        {
            Write(context, "    " + line);
        }

        data["env_id"] = new List<object?> { environment.Id.RequestId, environment.Id.FullId, environment.Id.Architecture };
        data["env"] = view.ToData();
        return data;
    }

    private static void Write(FlowContext context, string line)
    {
        if (!JsonOutput.IsWanted(context))
        {
            context.Streams.Out.WriteLine(line);
        }
    }
}
