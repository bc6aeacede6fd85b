using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>Finds the steps of a flow that users name.</summary>
internal static class KnownSteps
{
    /// <summary>Finds a step by its name on disk, or by the name of its method.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="named">The name.</param>
    /// <returns>The step, or <see langword="null"/> if the flow has no such step.</returns>
    public static StepNode? Find(FlowDefinition definition, string named)
        => definition.Graph.Find(named)
            ?? definition.Graph.Steps.FirstOrDefault(step => step.MethodName == named)
            ?? definition.Graph.Find(SnakeCase.FromMember(named));

    /// <summary>Finds a step that must exist.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="named">The name.</param>
    /// <returns>The step.</returns>
    /// <exception cref="ConfigurationException">MF2072: the flow has no such step. The exit code is 2.</exception>
    public static StepNode Require(FlowDefinition definition, string named)
    {
        if (Find(definition, named) is { } step)
        {
            return step;
        }

        var known = definition.Graph.Steps.Select(static node => node.Name).ToList();
        var closest = ClosestName.Find(named, known);
        throw new ConfigurationException(
            ErrorCodes.ResumedStepUnknown,
            $"Flow '{definition.FlowName}' has no step '{named}'.",
            $"Its steps are {string.Join(", ", known.Select(static name => $"'{name}'"))}.",
            closest is null ? "Use one of these." : $"Did you mean '{closest}'?")
        { ExitCode = ExitCodes.Usage };
    }
}
