using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Environments.Workspaces;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.StepEnvironments;

/// <summary>Prepares the environments of steps before their tasks start, for runs and for spins.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="settings">The settings.</param>
/// <param name="options">The options of stores.</param>
internal sealed class EnvironmentSetup(FlowDefinition definition, FlowClass flow, MetaflowSettings settings, StoreOptions options)
{
    /// <summary>Gets the folder in which the search for NuGet's configuration files begins.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Gets what receives sentences that the user should read.</summary>
    public required Action<string> Tell { get; init; }

    /// <summary>Finds the environments of steps, and creates those that are not here yet.</summary>
    /// <param name="program">The program that runs tasks of steps without an environment.</param>
    /// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
    /// <param name="only">The steps that count; empty for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments; none where tasks run with the packages of the program.</returns>
    /// <exception cref="Errors.MetaflowException">See <see cref="EnvironmentPlanner.PlanAsync"/>.</exception>
    public async Task<PlannedEnvironments> PlanAsync(
        ProgramLocation program, Func<string, StepDecorators> decoratorsOf, IReadOnlyCollection<string> only,
        CancellationToken cancellationToken)
    {
        var asks = definition.Graph.Steps.Where(step => only.Count == 0 || only.Contains(step.Name))
            .Any(step => decoratorsOf(step.Name).All.Any(static decorator => decorator is EnvironmentDecoratorAttribute));
        if (!asks || settings.EnvironmentType == EnvironmentTypes.Local)
        {
            return PlannedEnvironments.None;
        }

        if (settings.RunsInProcess || program == ProgramLocation.None)
        {
            Tell("Tasks run in this process, with the packages that the program was compiled with: the versions that [NuGet] asks for do "
                + "not count. Use '--isolation process' to run each task with its own.");
            return PlannedEnvironments.None;
        }

        var workspace = EnvironmentWorkspace.Open(settings, options, DotnetHost.Find() ?? "dotnet", WorkingFolder, Tell);
        var planned = await new EnvironmentPlanner(definition, flow, decoratorsOf, workspace)
            .PlanAsync(program, only, cancellationToken).ConfigureAwait(false);
        foreach (var warning in planned.Warnings)
        {
            Tell($"{warning.Message} [{warning.Code}]");
        }

        return planned;
    }
}
