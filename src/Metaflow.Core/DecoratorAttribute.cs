using Metaflow.Graph;

namespace Metaflow;

/// <summary>The base of every decorator: an attribute of a step, or of a flow for all its steps. An attribute is data; what it does is a hook beside it.</summary>
public abstract class DecoratorAttribute : Attribute
{
    /// <summary>Gets the name on disk and in <c>--with</c>: the attribute's in snake case, unless overridden.</summary>
    public abstract string DecoratorName { get; }

    /// <summary>Returns the attributes as plain data (texts, numbers, booleans, lists and dictionaries of them), by name on disk.</summary>
    /// <returns>The attributes in the order of the reference.</returns>
    public abstract IReadOnlyList<KeyValuePair<string, object?>> ToData();

    /// <summary>Returns what is wrong with the attributes' values.</summary>
    /// <param name="step">The step that the decorator is on.</param>
    /// <param name="graph">The flow's graph.</param>
    /// <returns>The problems; none by default.</returns>
    public virtual IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph) => [];
}
