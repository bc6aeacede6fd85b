using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>The base of decorators for a flow as a whole, not for each of its steps.</summary>
/// <remarks>Only its hooks of the run and <c>IFlowMutator</c> are called.</remarks>
public abstract class FlowDecoratorAttribute : DecoratorAttribute
{
    /// <summary>Gets the options that it adds to every command; none by default.</summary>
    public virtual IReadOnlyList<FlowOption> Options => [];

    /// <summary>Returns what is wrong with the attributes' values.</summary>
    /// <param name="definition">The flow.</param>
    /// <returns>The problems; none by default.</returns>
    public virtual IEnumerable<GraphProblem> Check(FlowDefinition definition) => [];

    /// <summary>Returns the system tags that it adds to runs of the flow.</summary>
    /// <param name="options">The values of the options.</param>
    /// <param name="user">The name of the user who starts the run.</param>
    /// <returns>The tags; none by default.</returns>
    /// <exception cref="Errors.ConfigurationException">An option's value does not fit (MF2050).</exception>
    public virtual IEnumerable<string> SystemTags(FlowOptionValues options, string user) => [];
}
