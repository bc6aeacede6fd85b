using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Decorators;

/// <summary>Changes the decorators of a flow's steps before it runs. A decorator of the flow implements it.</summary>
/// <remarks>Metaflow calls it in every process of a run. It must decide the same in all of them, so it may use only the flow and its own
/// attributes. Several mutators are called in source order.</remarks>
public interface IFlowMutator
{
    /// <summary>Changes the flow.</summary>
    /// <param name="flow">The flow. The run uses the changes.</param>
    void Mutate(FlowEditor flow);
}

/// <summary>A flow whose decorators can be changed.</summary>
public sealed class FlowEditor
{
    private readonly List<StepEditor> _steps;

    private FlowEditor(FlowSpec flow)
    {
        var builder = new FlowDefinitionBuilder();
        flow.Describe(builder);
        var definition = builder.Build();
        FlowName = definition.FlowName;
        Graph = definition.Graph;
        _steps = [.. Graph.Steps.Select(step => new StepEditor(step, flow.DecoratorsOf(step.Name)))];
    }

    /// <summary>Gets the flow's name.</summary>
    public string FlowName { get; }

    /// <summary>Gets the flow's graph.</summary>
    public FlowGraph Graph { get; }

    /// <summary>Gets the steps in the order of the source.</summary>
    public IReadOnlyList<StepEditor> Steps => _steps;

    /// <summary>Returns a step.</summary>
    /// <param name="name">Its name on disk, or the method's.</param>
    /// <returns>The step.</returns>
    /// <exception cref="FlowDefinitionException">MF1099: the step does not exist.</exception>
    public StepEditor Step(string name)
        => _steps.Find(step => step.Name == name || step.Node.MethodName == name) ?? throw new FlowDefinitionException(
            ErrorCodes.MutatorNamesNoStep,
            $"A decorator of flow '{FlowName}' asked for step '{name}'.",
            $"The steps are: {string.Join(", ", _steps.Select(static step => step.Name))}.",
            ClosestName.Find(name, _steps.Select(static step => step.Name)) is { } closest
                ? $"Did you mean '{closest}'?"
                : "Name one of them.");

    /// <summary>Applies the mutators of a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="decorators">Its own decorators.</param>
    /// <returns>The flow as it runs, or <see langword="null"/> when it has no mutator.</returns>
    internal static FlowEditor? Apply(FlowSpec flow, IReadOnlyList<DecoratorAttribute> decorators)
    {
        FlowEditor? editor = null;
        foreach (var decorator in decorators)
        {
            if (decorator is IFlowMutator mutator)
            {
                editor ??= new FlowEditor(flow);
                editor._steps.ForEach(step => step.Mutator = decorator.DecoratorName);
                mutator.Mutate(editor);
            }
        }

        return editor;
    }
}

/// <summary>A step whose decorators can be changed.</summary>
public sealed class StepEditor
{
    private readonly List<DecoratorAttribute> _decorators;
    private readonly Dictionary<DecoratorAttribute, string> _insertedBy = new(ReferenceEqualityComparer.Instance);

    internal StepEditor(StepNode node, IReadOnlyList<DecoratorAttribute> decorators)
    {
        Node = node;
        _decorators = [.. decorators];
    }

    /// <summary>Gets the name on disk.</summary>
    public string Name => Node.Name;

    /// <summary>Gets the step as the graph has it.</summary>
    public StepNode Node { get; }

    /// <summary>Gets the decorators, those of the source first.</summary>
    public IReadOnlyList<DecoratorAttribute> Decorators => _decorators;

    /// <summary>Gets or sets the mutator at work.</summary>
    internal string Mutator { get; set; } = "";

    /// <summary>Returns true if the step has a decorator of a kind.</summary>
    /// <param name="name">The kind's name on disk, such as <c>retry</c>.</param>
    /// <returns>Whether it has one.</returns>
    public bool Has(string name) => _decorators.Exists(decorator => decorator.DecoratorName == name);

    /// <summary>Adds a decorator.</summary>
    /// <param name="decorator">The decorator.</param>
    /// <param name="replace">Whether it replaces a decorator of its kind. By default, an existing one stays, and this one is not
    /// added.</param>
    /// <returns>Whether it was added.</returns>
    public bool Add(DecoratorAttribute decorator, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(decorator);
        if (replace)
        {
            Remove(decorator.DecoratorName);
        }
        else if (!decorator.AllowsMultiple && Has(decorator.DecoratorName))
        {
            return false;
        }

        _decorators.Add(decorator);
        _insertedBy[decorator] = Mutator;
        return true;
    }

    /// <summary>Removes the decorators of a kind.</summary>
    /// <param name="name">The kind's name on disk, such as <c>retry</c>.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name) => _decorators.RemoveAll(decorator => decorator.DecoratorName == name) > 0;

    /// <summary>Returns which mutator added a decorator, or <see langword="null"/>.</summary>
    internal string? InsertedBy(DecoratorAttribute decorator) => _insertedBy.GetValueOrDefault(decorator);
}
