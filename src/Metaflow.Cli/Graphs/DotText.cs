using System.Text;
using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Writes a graph in the language of Graphviz, as Python Metaflow does.</summary>
internal static class DotText
{
    /// <summary>Returns the graph's text.</summary>
    public static string Of(FlowGraph graph)
    {
        var text = new StringBuilder($"digraph {graph.FlowName} {{\n");
        foreach (var step in graph.Steps)
        {
            text.Append(Node(graph, step)).Append('\n');
        }

        foreach (var step in graph.Steps)
        {
            var label = graph.KindOf(step) == StepKind.SplitSwitch;
            foreach (var next in graph.NextOf(step))
            {
                text.Append(label
                    ? $"{step.Name} -> {next} [label=\"{next}\" color=\"blue\" fontcolor=\"blue\"];\n"
                    : $"{step.Name} -> {next};\n");
            }
        }

        return text.Append('}').ToString();
    }

    private static string Node(FlowGraph graph, StepNode step)
    {
        var kind = graph.KindOf(step);
        return kind == StepKind.SplitSwitch
            ? $"\"{step.Name}\" [ label = <<b>{step.Name}</b><br/><font point-size=\"9\">switch</font>>"
                + "   fontname = \"Helvetica\"   shape = \"hexagon\"   style = \"filled\" fillcolor = \"lightgreen\" ];"
            : $"\"{step.Name}\"[ label = <<b>{step.Name}</b> | <font point-size=\"10\">{ShortKind(kind)}</font>>"
                + "   fontname = \"Helvetica\"   shape = \"record\" ];";
    }

    // Python Metaflow's names here are not those of `_graph_info`.
    private static string ShortKind(StepKind kind) => kind switch
    {
        StepKind.SplitStatic => "split",
        StepKind.SplitForeach or StepKind.SplitParallel => "foreach",
        _ => StepKindNames.OnDisk(kind),
    };
}
