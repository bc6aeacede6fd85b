using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>The base of every decorator: an attribute of a step, or of a flow for all its steps. An attribute is only data. A hook beside
/// it does the work.</summary>
/// <remarks><c>docs/decorators.md</c> lists the hooks and their order. A derived class needs only a name that ends in <c>Attribute</c>,
/// settable properties, and the hook interfaces of <c>Metaflow.Decorators</c> that it implements.</remarks>
public abstract class DecoratorAttribute : Attribute
{
    /// <summary>Gets the name on disk and in <c>--with</c>. The default is the class's in snake case, without <c>Attribute</c>.</summary>
    public virtual string DecoratorName => DecoratorData.NameOf(GetType());

    /// <summary>Gets a value indicating whether a step may have several decorators of this kind. The default is
    /// <see langword="false"/>.</summary>
    public virtual bool AllowsMultiple => false;

    /// <summary>Returns the attributes as plain data (texts, numbers, booleans, lists and dictionaries of them), by name on
    /// disk.</summary>
    /// <returns>The attributes in the order of Python Metaflow. By default all public properties that can be set, in the order of the
    /// source.</returns>
    public virtual IReadOnlyList<KeyValuePair<string, object?>> ToData() => DecoratorData.Of(this);

    /// <summary>Returns what is wrong with the attributes' values.</summary>
    /// <param name="step">The step that the decorator is on.</param>
    /// <param name="graph">The flow's graph.</param>
    /// <returns>The problems; none by default.</returns>
    public virtual IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph) => [];

    /// <summary>Returns the hook of the decorator: an object that implements hook interfaces of <c>Metaflow.Decorators</c>.</summary>
    /// <returns>The attribute itself by default. Called once in each process that runs a step of the decorator.</returns>
    public virtual object CreateHook() => this;
}
