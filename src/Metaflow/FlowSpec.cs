using System.ComponentModel;
using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Joins;

namespace Metaflow;

/// <summary>The base of every flow. Its methods marked <see cref="StepAttribute"/> are steps, its partial properties are
/// artifacts.</summary>
/// <remarks>A flow's class is <c>partial</c> and has a parameterless constructor; the source generator writes the rest of it.
/// A task creates one object of it, runs one step, and stores its artifacts. The objects are not thread-safe.</remarks>
public abstract partial class FlowSpec : IArtifactHolder
{
    private Current? _current;

    /// <summary>Gets the flow's name on disk: the name of the class, unless overridden.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual string FlowName => GetType().Name;

    /// <summary>Gets what the running task knows about itself.</summary>
    /// <exception cref="InvalidOperationException">No task is running: the object was created outside a run.</exception>
    public Current Current
    {
        get => _current ?? throw new InvalidOperationException("'Current' exists only while a step runs.");
        internal set => _current = value;
    }

    /// <summary>Gets or sets what fills the references of decorators' texts to configurations; <see langword="null"/> while those are not
    /// known.</summary>
    internal ConfigTexts? ConfigTexts { get; set; }

    /// <summary>Gets or sets the tasks that arrive at the running task and what it took over from them; <see langword="null"/> outside a
    /// task.</summary>
    internal JoinedArtifacts? Join { get; set; }

    /// <summary>Gets a value indicating whether the author's code asked for the token that stops it.</summary>
    internal bool ObservesCancellation => _current?.ObservesCancellation == true;

    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual void CollectCells(ICollection<ArtifactCell> cells)
    {
    }

    /// <summary>Describes the class; overridden by generated code, base class first.</summary>
    /// <param name="builder">Receives the description.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal virtual void Describe(FlowDefinitionBuilder builder)
    {
    }

    /// <summary>Runs a step; overridden by generated code.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="invocation">Gives the step its argument.</param>
    /// <returns>The transition; <see langword="null"/> from the end step.</returns>
    /// <exception cref="Errors.FlowDefinitionException">There is no such step.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal virtual ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
        => throw StepInvocation.UnknownStep(FlowName, step);

    /// <summary>Returns the decorators of a step, or those of the flow; overridden by generated code.</summary>
    /// <param name="step">The step's name on disk, or <see langword="null"/> for those of the flow.</param>
    /// <returns>The decorators in the order of the source.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal virtual IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step) => [];

    /// <summary>Fills the references to configurations in a decorator's text, <c>${training.cpu}</c>; called by generated code.</summary>
    /// <param name="text">The text as the author wrote it.</param>
    /// <returns>The text with values; as it is while the configurations are not known.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2044: the configuration has no such key.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected string ConfigText(string text) => ConfigTexts?.Fill(text) ?? text;

    /// <summary>Returns the name on disk of the step that a method is; overridden by generated code.</summary>
    /// <param name="methodName">The method's name.</param>
    /// <returns>The step's name, or <see langword="null"/> when the method is not a step.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal virtual string? StepNameOf(string methodName) => null;

    /// <summary>Makes a transition to one step, or to several at once (a branch).</summary>
    /// <param name="steps">Methods of this flow that are steps, as method groups: <c>Next(Train)</c>, <c>Next(Left, Right)</c>.</param>
    /// <returns>The transition, which the step must return.</returns>
    protected Transition Next(params Delegate[] steps) => Transition.To(this, steps);

    /// <summary>Makes a transition to one task of a step for each item. The item is the step's argument.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow that takes an item.</param>
    /// <param name="forEach">The items: an artifact, or any other expression (stored as the artifact <c>_foreach_items</c>). If there are
    /// no items, the join runs next.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, 1 or more. The default is limited only by the number of
    /// workers. If it is less than 1, the step fails (MF1053).</param>
    /// <returns>The transition, which the step must return.</returns>
    protected Transition Next<T>(Func<T, Transition> step, IEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{T, Transition}, IEnumerable{T}, int?)"/>
    protected Transition Next<T>(Func<T, Task<Transition>> step, IEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Makes a transition to one task of a step for each item. The step takes no argument and reads
    /// <see cref="Current.Index"/>.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow.</param>
    /// <param name="forEach">The items.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, 1 or more. The default is limited only by the number of
    /// workers. If it is less than 1, the step fails (MF1053).</param>
    /// <returns>The transition, which the step must return.</returns>
    protected Transition Next<T>(Func<Transition> step, IEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{Transition}, IEnumerable{T}, int?)"/>
    protected Transition Next<T>(Func<Task<Transition>> step, IEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Copies every artifact from the inputs of a join that the join has not set itself, and that has the same value in all
    /// inputs that have it.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="inputs">The inputs of this join.</param>
    /// <param name="exclude">Artifacts to exclude: <c>exclude: [nameof(Model)]</c>. None by default.</param>
    /// <param name="include">The only artifacts to copy. Each must be in an input. The default is all artifacts.</param>
    /// <remarks>Metaflow compares values by their stored content and copies references: it loads nothing and stores nothing again. Before
    /// the call, set the artifacts on which the inputs disagree, or exclude them. If the merge fails, it has set nothing.</remarks>
    /// <exception cref="Errors.StepFailedException">The inputs disagree (MF3020); an included artifact is in no input (MF3021); the step
    /// is not a join, or the inputs are not its own (MF3022); both lists are given (MF3023); a name is not an artifact
    /// (MF3024).</exception>
    protected void MergeArtifacts<TFlow>(
        Inputs<TFlow> inputs, IReadOnlyCollection<string>? exclude = null, IReadOnlyCollection<string>? include = null)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Join is null || !ReferenceEquals(Join, inputs.Join))
        {
            throw MergeErrors.NotInJoin(FlowName);
        }

        new ArtifactMerge(Join, this).Run(exclude, include);
    }

    /// <summary>Removes an artifact that was inherited or set. This task does not store it, and later steps do not have it.</summary>
    /// <param name="name">The artifact: <c>RemoveArtifact(nameof(Model))</c>.</param>
    /// <exception cref="ArgumentException">It is not an artifact of the flow, or it is a parameter, which every task has.</exception>
    protected void RemoveArtifact(string name)
    {
        var cells = new List<ArtifactCell>();
        CollectCells(cells);
        var onDisk = ArtifactNames.OnDisk(cells, name)
            ?? throw new ArgumentException($"'{name}' is not an artifact of flow '{FlowName}'.", nameof(name));
        var cell = cells.Find(cell => cell.Name == onDisk)!;
        if (cell.IsReadOnly)
        {
            throw new ArgumentException($"'{name}' is a parameter; every task keeps it.", nameof(name));
        }

        cell.Remove();
    }
}
