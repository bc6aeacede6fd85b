using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the flow's steps, what they do and what follows.</summary>
internal sealed class ShowCommand : FlowCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "show",
        Summary = "Show the structure of the flow.",
        Examples = ["show"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var definition = context.Application.Definition;
        var graph = definition.Graph;
        if (definition.Documentation.Length > 0)
        {
            context.Streams.Out.WriteLine();
            context.Streams.Out.WriteLine(definition.Documentation);
        }

        foreach (var step in GraphInfo.StepsInOrder(graph))
        {
            WriteStep(context.Streams, graph, step);
        }

        context.Streams.Out.WriteLine();
        return Task.FromResult(ExitCodes.Success);
    }

    private static void WriteStep(ConsoleStreams streams, FlowGraph graph, StepNode step)
    {
        var bold = streams.IsRich ? AnsiText.Bold : "";
        streams.Out.WriteLine();
        foreach (var decorator in step.Decorators)
        {
            streams.Out.WriteLine("@" + decorator.Name);
        }

        streams.Out.WriteLine("Step " + AnsiText.Colored(bold, step.Name));
        foreach (var line in (step.Documentation.Length == 0 ? "?" : step.Documentation).Split('\n'))
        {
            streams.Out.WriteLine("    " + line);
        }

        if (graph.NextOf(step) is { Count: > 0 } next)
        {
            streams.Out.WriteLine("    => " + string.Join(", ", next.Select(name => AnsiText.Colored(bold, name))));
        }
    }
}
