using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the flow's steps, what they do and what follows.</summary>
internal sealed class ShowCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the structure of the flow.",
        Options = [JsonOutput.Option],
        Examples = ["show", "show --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var definition = context.Application.Definition;
        var graph = definition.Graph;
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, ToData(definition));
            return Task.FromResult(ExitCodes.Success);
        }

        if (definition.Documentation.Length > 0)
        {
            context.Streams.Out.WriteLine();
            context.Streams.Out.Write(definition.Documentation + "\n");
        }

        var writer = new StyledWriter(context.Streams.Out, context.Streams.IsRich);
        foreach (var step in GraphInfo.StepsInOrder(graph))
        {
            WriteStep(writer, graph, step);
        }

        context.Streams.Out.WriteLine();
        return Task.FromResult(ExitCodes.Success);
    }

    private static Dictionary<string, object?> ToData(FlowDefinition definition) => new()
    {
        ["flow"] = definition.FlowName,
        ["doc"] = definition.Documentation,
        ["parameters"] = definition.Parameters.Select(static parameter => new Dictionary<string, object?>
        {
            ["name"] = parameter.Name,
            ["option"] = parameter.OptionName,
            ["help"] = parameter.Help,
            ["required"] = parameter.IsRequired,
        }).ToArray(),
        ["steps"] = GraphInfo.StepsInOrder(definition.Graph).Select(step => new Dictionary<string, object?>
        {
            ["name"] = step.Name,
            ["type"] = StepKindNames.OnDisk(definition.Graph.KindOf(step)),
            ["doc"] = step.Documentation,
            ["decorators"] = step.Decorators.Select(static decorator => decorator.Name).ToArray(),
            ["next"] = definition.Graph.NextOf(step).ToArray(),
        }).ToArray(),
    };

    private static void WriteStep(StyledWriter writer, FlowGraph graph, StepNode step)
    {
        writer.WriteLine("");
        foreach (var decorator in step.Decorators)
        {
            writer.WriteLine("@" + decorator.Name);
        }

        writer.WriteLine("Step ", new(step.Name, TextStyle.Strong));
        foreach (var line in (step.Documentation.Length == 0 ? "?" : step.Documentation).Split('\n'))
        {
            writer.WriteLine("    " + line);
        }

        if (graph.NextOf(step) is { Count: > 0 } next)
        {
            writer.WriteLine([
                "    => ",
                .. next.SelectMany(
                    static (name, index) => (StyledText[])[index == 0 ? "" : ", ", new StyledText(name, TextStyle.Strong)])]);
        }
    }
}
