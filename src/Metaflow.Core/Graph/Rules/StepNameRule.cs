namespace Metaflow.Graph.Rules;

/// <summary>Names of steps are such as every store and back end takes, and mean nothing else.</summary>
internal sealed class StepNameRule : IGraphRule
{
    private static readonly string[] Reserved = ["name", "next", "input", "index", "cmd"];

    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        foreach (var step in graph.Steps)
        {
            if (Reserved.Contains(step.Name))
            {
                yield return Problem.At(
                    step, RuleCodes.ReservedStepName,
                    $"A step is named '{step.Name}'.",
                    $"The names {Problem.Names(Reserved)} have another meaning in a flow.",
                    "Rename the method, or give the step another name: [Step(Name = \"…\")].");
            }
            else if (step.Name.Length == 0 || step.Name[0] == '_' || !step.Name.All(IsAllowed))
            {
                yield return Problem.At(
                    step, RuleCodes.StepNameCharacters,
                    $"A step is named '{step.Name}'.",
                    "A step's name on disk consists of the letters a to z, digits and '_', and does not begin with '_'.",
                    "Rename the method, or give the step another name: [Step(Name = \"…\")].");
            }
        }
    }

    private static bool IsAllowed(char letter) => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_';
}
