using System.Globalization;
using System.Text;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Writes everything that is known of the graph.</summary>
internal sealed class OutputRawCommand : Command<FlowContext>
{
    private const string Json = "json";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Write the internal representation of the flow.",
        Options = [new() { Name = Json, Description = "Write JSON, as it is kept with every run." }],
        Examples = ["output-raw", "--quiet output-raw --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var definition = context.Application.Definition;
        if (context.Line.Flag(Json))
        {
            context.Say("Internal representation of the flow in JSON format:");
            var data = new Dictionary<string, object?>
            {
                ["graph"] = GraphInfo.Steps(definition.Graph),
                ["graph_structure"] = GraphInfo.Structure(definition.Graph),
            };
            JsonOutput.Write(context, data);
        }
        else
        {
            context.Say("Internal representation of the flow:");
            foreach (var step in GraphInfo.StepsInOrder(definition.Graph))
            {
                context.Streams.Out.Write(Text(definition.Graph, step) + "\n");
            }
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static string Text(FlowGraph graph, StepNode step)
    {
        var kind = graph.KindOf(step);
        var parents = graph.ParentsOf(step);
        var splits = graph.OpenSplitsOf(step);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[{step.Name} {StepKindNames.OnDisk(kind)} ({step.SourceFile} line {step.Line})]");
        Add("in_funcs", Names(parents.Select(static parent => parent.Name)));
        Add("out_funcs", Names(graph.NextOf(step)));
        Add("split_parents", Names(splits.Select(static split => split.Name)));
        Add("matching_join", graph.MatchingJoinOf(step) is { } join ? $"[{join}]" : "None");
        Add(
            "is_inside_foreach",
            splits.Any(split => graph.KindOf(split) is StepKind.SplitForeach or StepKind.SplitParallel) ? "True" : "False");
        Add("decorators", string.Join(" | ", step.Decorators.Select(static decorator => decorator.Name)));
        Add("num_args", step.TakesInputs ? "2" : "1");
        Add("has_tail_next", step.Transitions.Count > 0 ? "True" : "False");
        Add(
            "foreach_param",
            step.Transitions.Select(static transition => transition.ForeachArtifact).FirstOrDefault(static name => name is not null)
                ?? "None");
        Add("parallel_step", parents.Any(parent => graph.KindOf(parent) == StepKind.SplitParallel) ? "True" : "False");
        Add("parallel_foreach", kind == StepKind.SplitParallel ? "True" : "False");
        return text.Append("\n    -> ").Append(Names(graph.NextOf(step))).ToString();

        void Add(string name, string value) => text.Append("\n    ").Append(name).Append('=').Append(value);
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"[{name}]"));
}
