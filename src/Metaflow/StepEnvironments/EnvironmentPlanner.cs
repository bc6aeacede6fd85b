using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Environments;
using Metaflow.Environments.Programs;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Workspaces;
using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>Finds the environments of a flow's steps, and creates those that this machine needs.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
/// <param name="workspace">What resolves, stores and creates environments.</param>
internal sealed class EnvironmentPlanner(FlowDefinition definition, Func<string, StepDecorators> decoratorsOf, EnvironmentWorkspace workspace)
{
    /// <summary>Returns what the steps of the flow ask for.</summary>
    /// <returns>The requirements by step; steps that ask for nothing are left out.</returns>
    /// <exception cref="Errors.ConfigurationException">Decorators contradict each other (MF7101 to MF7105).</exception>
    public IReadOnlyDictionary<string, EnvironmentRequirement> Requirements()
    {
        var requirements = new Dictionary<string, EnvironmentRequirement>(StringComparer.Ordinal);
        foreach (var step in definition.Graph.Steps)
        {
            if (StepRequirement.Of(decoratorsOf(step.Name), step.Name) is { } requirement)
            {
                requirements.Add(step.Name, requirement);
            }
        }

        return requirements;
    }

    /// <summary>Finds and creates the environments.</summary>
    /// <param name="program">The program that runs tasks of steps without an environment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found, stored or unpacked (MF70xx).</exception>
    public async Task<PlannedEnvironments> PlanAsync(ProgramLocation program, CancellationToken cancellationToken)
    {
        var requirements = Requirements();
        if (requirements.Count == 0)
        {
            return PlannedEnvironments.None;
        }

        var (compiled, arguments) = ProgramFiles.Of(program);
        var requests = requirements.Select(step => new WantedEnvironment(
            $"step '{step.Key}'", EnvironmentRequest.Of(step.Value, compiled.Framework), compiled.Framework, Architecture.OfThisMachine)
        {
            Sources = step.Value.Sources.GetValueOrDefault(Categories.NuGet) ?? [],
        }).ToList();
        var environments = await workspace.Resolver.ResolveAsync(requests, new ResolveOptions(), cancellationToken).ConfigureAwait(false);
        var programs = new Dictionary<EnvironmentId, ProgramLocation>();
        var planned = new Dictionary<string, PlannedEnvironment>(StringComparer.Ordinal);
        foreach (var (step, found) in requirements.Keys.Zip(environments))
        {
            var environment = found.Environment;
            if (!programs.TryGetValue(environment.Id, out var started))
            {
                started = await CreateAsync(compiled, environment, arguments, cancellationToken).ConfigureAwait(false);
                programs.Add(environment.Id, started);
            }

            planned.Add(step, new PlannedEnvironment(environment, started));
        }

        return new PlannedEnvironments(planned);
    }

    private async Task<ProgramLocation> CreateAsync(
        CompiledProgram compiled, ResolvedEnvironment environment, IReadOnlyList<string> arguments,
        CancellationToken cancellationToken)
    {
        await workspace.Folder.CreateAsync(environment, workspace.Sources.All, cancellationToken).ConfigureAwait(false);
        var start = workspace.Folder.Start(compiled, environment);
        return new ProgramLocation(start.FileName, [.. start.Arguments, .. arguments]) { Environment = environment.Id.FullId };
    }
}
