using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>The base of the decorators that say which packages the tasks of a step run with. On the flow's class they count for all
/// steps; what a step asks for takes the place of what the flow asks for.</summary>
/// <remarks>A flow with such decorators uses them without being told to. <c>--environment local</c> runs all steps with the packages that
/// the program was compiled with.</remarks>
public abstract class EnvironmentDecoratorAttribute : DecoratorAttribute
{
    // Only the framework resolves environments.
    private protected EnvironmentDecoratorAttribute()
    {
    }

    /// <summary>Gets or sets a value indicating whether the step runs with the packages that the program was compiled with, whatever the
    /// flow asks for. The default is <see langword="false"/>.</summary>
    public bool Disabled { get; set; }

    /// <inheritdoc/>
    public override bool AllowsMultiple => true;

    /// <summary>Returns what the decorator asks for.</summary>
    /// <param name="place">Where it is, for messages.</param>
    /// <returns>The requirement.</returns>
    internal abstract EnvironmentRequirement ToRequirement(string place);
}
