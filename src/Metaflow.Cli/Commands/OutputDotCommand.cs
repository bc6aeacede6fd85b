using Metaflow.Cli.Graphs;
using Metaflow.Commands;
using Metaflow.Errors;

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
        context.Streams.Out.Write(DotText.Of(context.Application.Definition.Graph) + "\n");
        return Task.FromResult(ExitCodes.Success);
    }
}
