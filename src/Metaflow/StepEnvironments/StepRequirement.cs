using Metaflow.Decorators;
using Metaflow.Environments.Requirements;

namespace Metaflow.StepEnvironments;

/// <summary>Puts together what the decorators of a flow and of a step ask of the step's environment.</summary>
internal static class StepRequirement
{
    /// <summary>Returns what is asked for.</summary>
    /// <param name="decorators">The decorators in force for the step.</param>
    /// <param name="step">The step's name on disk, for messages.</param>
    /// <returns>The requirement; <see langword="null"/> if the step runs with the packages that the program was compiled with.</returns>
    /// <exception cref="Errors.ConfigurationException">Decorators contradict each other (MF7101 to MF7106).</exception>
    public static EnvironmentRequirement? Of(StepDecorators decorators, string step)
    {
        HashSet<DecoratorAttribute> given = [.. decorators.Given];
        var ofFlow = Merge(decorators.OfFlow, given, "the flow");
        var ofStep = Merge(decorators.OfStep, given, $"step '{step}'");
        if (ofFlow is null && ofStep is null)
        {
            return null;
        }

        var requirement = EnvironmentRequirement.Override(ofFlow ?? EnvironmentRequirement.None, ofStep ?? EnvironmentRequirement.None);
        if (requirement.IsDisabled != false)
        {
            return null;
        }

        requirement.RequireFetchable();
        return requirement;
    }

    private static EnvironmentRequirement? Merge(
        IEnumerable<DecoratorAttribute> decorators, HashSet<DecoratorAttribute> given, string place)
    {
        EnvironmentRequirement? merged = null;
        foreach (var decorator in decorators.OfType<EnvironmentDecoratorAttribute>())
        {
            var requirement = decorator.ToRequirement(
                given.Contains(decorator) ? $"'--with {decorator.DecoratorName}'"
                    : $"[{decorator.GetType().Name[..^"Attribute".Length]}] of {place}");
            merged = merged is null ? requirement : EnvironmentRequirement.Merge(merged, requirement);
        }

        return merged;
    }
}
