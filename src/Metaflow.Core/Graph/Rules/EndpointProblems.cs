namespace Metaflow.Graph.Rules;

/// <summary>What the rules for the first and the last step have in common.</summary>
internal static class EndpointProblems
{
    public static IEnumerable<GraphProblem> Of(FlowGraph graph, StepNode? found, Func<StepNode, bool> isMarked, string role, string code)
    {
        var conventionalName = role.ToLowerInvariant();
        var marked = graph.Steps.Where(isMarked).ToList();
        if (found is null)
        {
            yield return Problem.OfFlow(
                code,
                $"Flow '{graph.FlowName}' has no {conventionalName} step.",
                graph.Steps.Count == 0
                    ? "It has no method marked [Step]."
                    : $"The steps are {Problem.Names(graph.Steps.Select(static step => step.Name))}.",
                $"Name a step '{role}', or mark one [Step({role} = true)].");
        }

        foreach (var extra in marked.Skip(1))
        {
            yield return Problem.At(
                extra, code,
                $"Step '{extra.Name}' is marked {role} = true, as is '{marked[0].Name}'.",
                $"A flow has exactly one {conventionalName} step.",
                $"Remove {role} = true from all steps but one.");
        }

        if (marked.Count > 0 && marked[0].Name != conventionalName && graph.Find(conventionalName) is { } named && !isMarked(named))
        {
            yield return Problem.At(
                named, RuleCodes.AmbiguousStartOrEnd,
                $"Step '{named.Name}' is not the {conventionalName} of the flow: '{marked[0].Name}' is marked so.",
                $"Readers take the step named '{conventionalName}' for the {conventionalName}.",
                $"Rename '{named.Name}', or remove {role} = true from '{marked[0].Name}'.");
        }
    }
}
