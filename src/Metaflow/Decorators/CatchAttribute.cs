using System.ComponentModel;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Lets the flow continue when a task has failed in all its attempts. The failure is stored, and the next step runs.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class CatchAttribute : DecoratorAttribute
{
    /// <summary>How many more attempts handle the failure of a task that died without a chance to handle it itself.</summary>
    internal const int FallbackAttempts = 3;

    /// <summary>Gets or sets the property of type <see cref="StepFailure"/> that receives the failure, <see langword="null"/> after a
    /// success; none by default.</summary>
    public string? Var { get; set; }

    /// <summary>Gets or sets a value indicating whether the failure is printed. The default is <see langword="true"/>.</summary>
    public bool PrintException { get; set; } = true;

    /// <inheritdoc/>
    public override string DecoratorName => "catch";

    /// <summary>Gets or sets the artifact's name on disk; <see langword="null"/> without <see cref="Var"/>. Generated code sets it where
    /// it does not follow from the property's.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public string? ArtifactName
    {
        get => field ?? (Var is null ? null : Naming.SnakeCase.FromMember(Var));
        set;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("var", ArtifactName), new("print_exception", PrintException),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
    {
        if (graph.KindOf(step) is StepKind.SplitForeach or StepKind.SplitParallel or StepKind.SplitSwitch)
        {
            yield return new GraphProblem(
                ErrorCodes.CatchOnSplit, ProblemSeverity.Error,
                $"Step '{step.Name}' has [Catch] and moves on to a foreach or a switch.",
                "A failed task has no items and makes no choice, so the run could not continue.",
                "Move [Catch] to another step, or add a step before the split.", step.Name, step.Line, step.SourceFile);
        }
    }
}
