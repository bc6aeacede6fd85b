namespace Metaflow.Graph.Rules;

/// <summary>The last step neither moves on nor takes inputs.</summary>
internal sealed class EndIsLastRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        if (graph.EndStep is not { } end)
        {
            yield break;
        }

        if (end.Transitions.Count > 0)
        {
            yield return Problem.At(
                end, end.Transitions[0], RuleCodes.EndHasOutgoing,
                $"The last step '{end.Name}' moves on.",
                "The flow ends there.",
                $"Make '{end.Name}' return void or Task without Next(…), or mark another step [Step(End = true)].");
        }

        if (end.TakesInputs)
        {
            yield return Problem.At(
                end, RuleCodes.EndIsJoin,
                $"The last step '{end.Name}' takes inputs.",
                "Branches are joined before the flow ends.",
                $"Add a join with that argument that returns Next({end.MethodName}), and remove the argument from '{end.Name}'.");
        }
    }
}
