using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow.Decorators;

/// <summary>Makes the problems that decorators of a flow report.</summary>
internal static class FlowProblem
{
    /// <summary>Makes an error of a mistake.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="mistake">What is wrong.</param>
    /// <returns>The problem.</returns>
    public static GraphProblem Of(FlowDefinition definition, DecoratorMistake mistake)
        => Of(mistake.Code, definition, mistake.What, mistake.Why, mistake.Fix);

    /// <summary>Makes an error.</summary>
    /// <param name="code">The code.</param>
    /// <param name="definition">The flow.</param>
    /// <param name="what">What is wrong.</param>
    /// <param name="why">Why it is wrong.</param>
    /// <param name="fix">How to fix it.</param>
    /// <returns>The problem.</returns>
    public static GraphProblem Of(string code, FlowDefinition definition, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, null, 1, definition.SourceFile);
}
