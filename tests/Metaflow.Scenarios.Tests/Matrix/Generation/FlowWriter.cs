using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Metaflow.Scenarios.Tests.Matrix.Generation;

/// <summary>Writes the class of a flow for a graph and a test.</summary>
internal sealed class FlowWriter
{
    private readonly MatrixGraph _graph;
    private readonly FlowPlan _plan;
    private readonly StringBuilder _text = new();

    private FlowWriter(MatrixGraph graph, FlowPlan plan)
    {
        _graph = graph;
        _plan = plan;
    }

    /// <summary>Returns the full name of the class.</summary>
    public static string ClassOf(MatrixGraph graph, FlowPlan plan) => $"{NamespaceOf(graph, plan)}.{plan.FlowName}";

    /// <summary>Returns the source of the class.</summary>
    public static string Write(MatrixGraph graph, FlowPlan plan)
    {
        var writer = new FlowWriter(graph, plan);
        writer.WriteClass();
        return writer._text.ToString();
    }

    /// <summary>Returns the name of a step's method.</summary>
    internal static string Pascal(string name)
        => string.Concat(name.Split('_')
            .Select(static part => char.ToUpperInvariant(part[0]).ToString(CultureInfo.InvariantCulture) + part[1..]));

    // One for each flow: two tests of a graph may declare types of one name.
    private static string NamespaceOf(MatrixGraph graph, FlowPlan plan) => $"Graphs.{Pascal(graph.Name)}.Of{plan.Name}";

    private void WriteClass()
    {
        _text.AppendLine(
            CultureInfo.InvariantCulture,
            $"namespace {NamespaceOf(_graph, _plan)}\n{{\n{_plan.Types}\n{_plan.Attributes}\n"
                + $"public partial class {_plan.FlowName} : FlowSpec\n{{");
        _text.AppendLine(_plan.Members);
        foreach (var step in _graph.Steps)
        {
            WriteArtifacts(step);
            WriteStep(step);
        }

        _text.AppendLine("}\n}");
    }

    /// <summary>Declares what the graph itself needs, unless the test declares it.</summary>
    private void WriteArtifacts(GraphStep step)
    {
        if (step.Items is { } items && IsFree(items))
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"public partial List<{step.ItemType}> {items} {{ get; set; }}");
        }

        if (step.Condition is { } condition && IsFree(condition))
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"public partial string {condition} {{ get; set; }}");
        }
    }

    private bool IsFree(string property) => !Regex.IsMatch(_plan.Members, $@"\b{property} \{{");

    private void WriteStep(GraphStep step)
    {
        var code = _plan.CodeOf(_graph, step);
        var name = Pascal(step.Name);
        var argument = step.Join
            ? $"Inputs<{_plan.FlowName}> inputs"
            : _graph.SplitBefore(step.Name) is { } split
            ? $"{ItemType(split)} item"
            : "";
        var result = step.Name == "end" ? "void" : "Transition";
        var gang = _graph.IsGang(step.Name) ? "[Metaflow.Parallel]" : "";
        _text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{gang}[Step{(NeedsName(step.Name) ? $"(Name = \"{step.Name}\")" : "")}] {code.Attributes}\n{result} {name}({argument})\n{{");
        if (step.Items is { } items && IsFree(items))
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"{items} = {step.Default};");
        }

        _text.AppendLine(code.Code);
        _text.AppendLine(Transition(step));
        _text.AppendLine("}");
    }

    // 'ABJoin' would be 'ab_join' on disk.
    private static bool NeedsName(string step) => Regex.IsMatch(step, "(^|_)[a-z]_");

    private string ItemType(GraphStep split)
        => Regex.Match(_plan.Members, $@"List<(\w+)> {split.Items} \{{") is { Success: true } declared
            ? declared.Groups[1].Value
            : split.ItemType!;

    private string Transition(GraphStep step)
    {
        if (step.Switch is { } cases)
        {
            var arms = cases.Select(way => $"\"{way.Key}\" => Next({Pascal(way.Value)}),");
            return $"return {step.Condition} switch {{ {string.Join(' ', arms)} _ => throw new InvalidOperationException(\"no such case\") "
                + $"}};";
        }

        return step switch
        {
            { Foreach: { } one } => $"return Next({Pascal(one)}, forEach: {_plan.ItemsOf(step)});",
            { Parallel: { } gang } => $"return Next({Pascal(gang)}, numParallel: {step.Nodes});",
            { Next.Count: 0 } => "",
            _ => $"return Next({string.Join(", ", step.Next.Select(Pascal))});",
        };
    }
}
