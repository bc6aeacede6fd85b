using System.Globalization;
using System.Text;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Writes a graph as a flowchart of Mermaid, which GitHub and many editors draw.</summary>
internal static class MermaidText
{
    /// <summary>Returns the flowchart.</summary>
    /// <param name="definition">The flow.</param>
    public static string Of(FlowDefinition definition)
    {
        var graph = definition.Graph;
        var facts = new StepFactsText(definition);

        // Names may be words of the language, as 'end' is.
        var ids = graph.Steps.Select(static (step, index) => (step.Name, Id: string.Create(CultureInfo.InvariantCulture, $"s{index + 1}")))
            .DistinctBy(static step => step.Name).ToDictionary(static step => step.Name, static step => step.Id, StringComparer.Ordinal);
        var text = new StringBuilder("flowchart TD\n");
        foreach (var step in graph.Steps)
        {
            var (open, close) = Shape(graph, step);
            var label = string.Join("<br/>", DecoratorText.AllOf(step.Decorators).Prepend(facts.NameOf(step.Name)).Select(Escaped));
            text.Append(CultureInfo.InvariantCulture, $"    {ids[step.Name]}{open}\"{label}\"{close}\n");
        }

        foreach (var step in graph.Steps)
        {
            // The arrows of a branch say all that there is to say.
            var split = facts.SplitOf(step) is var words && words == "branch" ? "" : words;
            foreach (var next in graph.NextOf(step).Where(ids.ContainsKey))
            {
                var label = split.Length == 0 ? "" : $"|\"{Escaped(split)}\"|";
                text.Append(CultureInfo.InvariantCulture, $"    {ids[step.Name]} -->{label} {ids[next]}\n");
            }
        }

        return text.ToString();
    }

    private static (string Open, string Close) Shape(FlowGraph graph, StepNode step) => step switch
    {
        _ when step.Name == graph.StartStep?.Name || step.Name == graph.EndStep?.Name => ("([", "])"),
        { TakesInputs: true } => ("{{", "}}"),
        _ when graph.KindOf(step) == StepKind.SplitSwitch => ("{", "}"),
        _ when graph.ParentsOf(step).Any(parent => TransitionShape.Of(parent.Transitions)
            is StepKind.SplitForeach or StepKind.SplitParallel) => ("[[", "]]"),
        _ => ("[", "]"),
    };

    private static string Escaped(string text) => text
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("&", "#amp;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal);
}
