using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow.Decorators;

/// <summary>Makes the problems that decorators of a step report.</summary>
internal static class StepProblem
{
    /// <summary>Makes errors of mistakes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="check">Finds the mistakes; takes what a message calls the step.</param>
    /// <returns>The problems.</returns>
    public static IEnumerable<GraphProblem> Of(StepNode step, Func<string, IEnumerable<DecoratorMistake>> check)
        => check($"step '{step.Name}'")
            .Select(mistake => new GraphProblem(
                mistake.Code, ProblemSeverity.Error, mistake.What, mistake.Why, mistake.Fix, step.Name, step.Line, step.SourceFile));
}
