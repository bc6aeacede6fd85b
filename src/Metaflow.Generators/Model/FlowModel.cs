using Metaflow.Graph;

namespace Metaflow.Generators.Model;

/// <summary>All that the text of one flow class's other half depends on. Holds no symbols, so that equal models need no new text.</summary>
internal sealed record FlowModel
{
    public string HintName { get; init; } = "";

    public string Namespace { get; init; } = "";

    /// <summary>Gets the declarations of the class and the types around it, outermost first, such as
    /// <c>partial class Outer&lt;T&gt;</c>.</summary>
    public EquatableList<string> Declarations { get; init; } = [];

    public string FlowName { get; init; } = "";

    public string SourceFile { get; init; } = "";

    public string Documentation { get; init; } = "";

    /// <summary>Gets the accessibility that overrides need: another assembly may not repeat <c>internal</c>.</summary>
    public string OverrideAccess { get; init; } = "protected";

    public EquatableList<PropertyModel> Properties { get; init; } = [];

    /// <summary>Gets the services that the class asks for; those that cannot be implemented are left out.</summary>
    public EquatableList<ServiceModel> Services { get; init; } = [];

    public EquatableList<StepModel> Steps { get; init; } = [];

    public EquatableList<ConstantModel> Constants { get; init; } = [];

    /// <summary>Gets the flow's own decorators as expressions.</summary>
    public EquatableList<string> Decorators { get; init; } = [];
}

/// <summary>A public constant of a flow.</summary>
internal sealed record ConstantModel(string Name, string MemberName, string TypeName);

/// <summary>A step that the class declares.</summary>
/// <param name="Node">The step as the graph sees it.</param>
/// <param name="Signature">How it is called; <see langword="null"/> when it cannot be.</param>
/// <param name="Decorators">Its decorators as expressions.</param>
internal sealed record StepModel(StepNode Node, StepSignature? Signature, EquatableList<string> Decorators);

/// <summary>What a step returns.</summary>
internal enum StepReturn
{
    /// <summary>A transition, or a task: <c>StepInvocation.Result</c> takes it.</summary>
    Result,

    /// <summary>Nothing.</summary>
    Nothing,
}

/// <summary>What a step takes.</summary>
internal enum StepArgument
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The item of a foreach.</summary>
    Item,

    /// <summary>The inputs of a join.</summary>
    Inputs,
}

/// <summary>How a step is called.</summary>
/// <param name="Return">What it returns.</param>
/// <param name="Argument">What it takes.</param>
/// <param name="ArgumentType">The type of the item, or of the flow whose inputs arrive; empty without an argument.</param>
internal sealed record StepSignature(StepReturn Return, StepArgument Argument, string ArgumentType);
