using Metaflow.Graph;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>One step that a <c>Next(…)</c> names.</summary>
/// <param name="Syntax">The argument.</param>
/// <param name="Name">The name on disk that it stands for.</param>
/// <param name="IsStep">Whether it is a method that is a step of the flow.</param>
/// <param name="IsUnresolved">Whether the compiler does not know the name, and says so itself.</param>
internal sealed record NextTarget(ExpressionSyntax Syntax, string Name, bool IsStep, bool IsUnresolved);

/// <summary>One <c>Next(…)</c> with its place in the source. Never kept in the generator's pipeline.</summary>
/// <param name="Syntax">The call.</param>
/// <param name="Targets">The steps it names.</param>
/// <param name="Items">The items of a foreach, or <see langword="null"/>.</param>
/// <param name="Node">The transition as the graph sees it.</param>
internal sealed record NextCall(
    InvocationExpressionSyntax Syntax, IReadOnlyList<NextTarget> Targets, ExpressionSyntax? Items, TransitionNode Node)
{
    /// <summary>Gets the size of a gang, or <see langword="null"/>.</summary>
    public ExpressionSyntax? Count { get; init; }

    /// <summary>Gets how many tasks of a foreach may run at once, or <see langword="null"/>.</summary>
    public ExpressionSyntax? Limit { get; init; }
}
