using Metaflow.Cli.Graphs;
using Metaflow.Cli.Values;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Commands;

/// <summary>What <c>show --json</c> says of a flow.</summary>
internal static class FlowData
{
    /// <summary>Returns the data.</summary>
    /// <param name="definition">The flow.</param>
    public static IReadOnlyDictionary<string, object?> Of(FlowDefinition definition) => new Dictionary<string, object?>
    {
        ["flow"] = definition.FlowName,
        ["doc"] = definition.Documentation,
        ["parameters"] = definition.Parameters.Select(static parameter => new Dictionary<string, object?>
        {
            ["name"] = parameter.Name,
            ["option"] = parameter.OptionName,
            ["type"] = parameter.TypeName,
            ["default"] = parameter is { HasDefault: true, ComputeDefault: null } ? DefaultOf(parameter) : null,
            ["help"] = parameter.Help,
            ["required"] = parameter.IsRequired,
        }).ToArray(),
        ["artifacts"] = definition.Artifacts.Select(static artifact => new Dictionary<string, object?>
        {
            ["name"] = artifact.Name,
            ["member"] = artifact.MemberName,
            ["type"] = artifact.TypeName,
        }).ToArray(),
        ["steps"] = GraphInfo.StepsInOrder(definition.Graph).Select(step => OfStep(definition.Graph, step)).ToArray(),
    };

    /// <summary>Returns a parameter's default, which is a value, or the text that the command line would take.</summary>
    public static string DefaultOf(ParameterDefinition parameter)
        => parameter.Default is string text && parameter.ValueType != typeof(string) ? text : ValueText.Of(parameter.Default);

    private static Dictionary<string, object?> OfStep(FlowGraph graph, StepNode step) => new()
    {
        ["name"] = step.Name,
        ["method"] = step.MethodName,
        ["type"] = StepKindNames.OnDisk(graph.KindOf(step)),
        ["doc"] = step.Documentation,
        ["decorators"] = step.Decorators.Select(static decorator => decorator.Name).ToArray(),
        ["attributes"] = DecoratorText.AllOf(step.Decorators).ToArray(),
        ["reads"] = step.Reads.Select(static read => read.Key).ToArray(),
        ["sets"] = step.Writes.ToArray(),
        ["next"] = graph.NextOf(step).ToArray(),
    };
}
