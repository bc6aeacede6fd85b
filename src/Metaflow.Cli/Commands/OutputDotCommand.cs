using System.Text;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Writes the graph in the language of Graphviz.</summary>
internal sealed class OutputDotCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Write the graph of the flow for Graphviz.",
        Examples = ["--quiet output-dot | dot -Tpng -o graph.png"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        context.Say("Visualizing the flow as a GraphViz graph");
        context.Say("    Try piping the output to 'dot -Tpng -o graph.png' to produce an actual image.");
        context.Streams.Out.Write(Dot(context.Application.Definition.Graph) + "\n");
        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>Returns the graph's text.</summary>
    internal static string Dot(FlowGraph graph)
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

    // The reference's names here are not those of `_graph_info`.
    private static string ShortKind(StepKind kind) => kind switch
    {
        StepKind.SplitStatic => "split",
        StepKind.SplitForeach or StepKind.SplitParallel => "foreach",
        _ => StepKindNames.OnDisk(kind),
    };
}
