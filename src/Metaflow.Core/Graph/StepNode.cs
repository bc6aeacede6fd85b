namespace Metaflow.Graph;

/// <summary>The kind of a step. <see cref="StepKindNames"/> has the names on disk.</summary>
public enum StepKind
{
    /// <summary>The first step, with a single transition.</summary>
    Start,

    /// <summary>A step with a single transition.</summary>
    Linear,

    /// <summary>The last step.</summary>
    End,

    /// <summary>A step that takes the inputs of several tasks.</summary>
    Join,

    /// <summary>A step with a transition to several steps at once.</summary>
    SplitStatic,

    /// <summary>A step with a transition to one task for each item.</summary>
    SplitForeach,

    /// <summary>A step with a transition to a gang of tasks that run together.</summary>
    SplitParallel,

    /// <summary>A step that chooses one of several next steps.</summary>
    SplitSwitch,
}

/// <summary>One <c>Next(…)</c> as it is written in a step's body.</summary>
/// <param name="Targets">The names on disk of the steps it names, in order.</param>
/// <param name="ForeachArtifact">The artifact iterated, <c>_foreach_items</c> for any other expression, or <see langword="null"/> if it
/// is not a foreach.</param>
/// <param name="IsParallel">Whether it starts a gang.</param>
/// <param name="ParallelCount">The gang's size if it is a constant, otherwise 0.</param>
/// <param name="Line">The line of the call, from 1.</param>
public sealed record TransitionNode(EquatableList<string> Targets, string? ForeachArtifact, bool IsParallel, int ParallelCount, int Line)
{
    /// <summary>The artifact in which the items of a foreach over an expression that is not an artifact are stored.</summary>
    public const string ForeachItemsArtifact = "_foreach_items";
}

/// <summary>A decorator of a step or a flow as plain data.</summary>
/// <param name="Name">The name on disk, such as <c>retry</c>.</param>
/// <param name="Attributes">The attributes by name on disk, in the order of declaration; plain values only.</param>
/// <param name="IsStatic">Whether it is written in code, and not given by <c>--with</c>.</param>
public sealed record DecoratorNode(string Name, EquatableList<KeyValuePair<string, object?>> Attributes, bool IsStatic = true)
{
    /// <summary>Gets the name of the decorator that added it, or <see langword="null"/>.</summary>
    public string? InsertedBy { get; init; }

    /// <summary>Gets the attribute that these data are of, with the values as they are in C#; <see langword="null"/> in the
    /// compiler.</summary>
    internal System.Attribute? Origin { get; init; }
}

/// <summary>A step as the graph sees it.</summary>
public sealed record StepNode
{
    /// <summary>Gets the name on disk.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the name of the C# method.</summary>
    public string MethodName { get; init; } = "";

    /// <summary>Gets the line of the method's name, from 1; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>Gets the source file; empty when unknown.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>Gets the text of the XML summary; empty by default.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Gets a value indicating whether the step takes <c>Inputs</c>, which makes it a join.</summary>
    public bool TakesInputs { get; init; }

    /// <summary>Gets a value indicating whether the step returns no transition (<c>void</c> or <c>Task</c>), as only the end step
    /// does.</summary>
    public bool ReturnsNothing { get; init; }

    /// <summary>Gets a value indicating whether one of the transitions is not returned: which of them are meant is not known. Only the
    /// compiler sees it.</summary>
    internal bool DropsTransition { get; init; }

    /// <summary>Gets a value indicating whether it is declared the first step by its attribute.</summary>
    public bool IsMarkedStart { get; init; }

    /// <summary>Gets a value indicating whether it is declared the last step by its attribute.</summary>
    public bool IsMarkedEnd { get; init; }

    /// <summary>Gets a value indicating whether the step is marked <c>[Parallel]</c>, or with a decorator derived from it.</summary>
    public bool IsMarkedParallel { get; init; }

    /// <summary>Gets the type of the step's foreach argument as text, or <see langword="null"/> if it takes none.</summary>
    public string? ItemType { get; init; }

    /// <summary>Gets the transitions in the order of the source; several make a switch.</summary>
    public EquatableList<TransitionNode> Transitions { get; init; } = [];

    /// <summary>Gets the artifacts read before the step itself has certainly set them, by name on disk, with the line of the first
    /// read.</summary>
    public EquatableList<KeyValuePair<string, int>> Reads { get; init; } = [];

    /// <summary>Gets the artifacts that the step may set, by name on disk.</summary>
    public EquatableList<string> Writes { get; init; } = [];

    /// <summary>Gets the artifacts that are certainly removed after the step, by name on disk.</summary>
    public EquatableList<string> Removes { get; init; } = [];

    /// <summary>Gets the decorators in the order of the source.</summary>
    public EquatableList<DecoratorNode> Decorators { get; init; } = [];
}
