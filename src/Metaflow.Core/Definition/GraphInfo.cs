using System.Collections;
using System.Globalization;
using Metaflow.Graph;

namespace Metaflow.Definition;

/// <summary>Describes a flow as plain data: the artifact <c>_graph_info</c> of every task, which clients and user interfaces
/// read.</summary>
/// <remarks>The data are <see cref="Dictionary{TKey, TValue}"/> of texts, <see cref="List{T}"/>, texts, <see cref="long"/>,
/// <see cref="double"/>, <see cref="bool"/> and <see langword="null"/>; dictionaries are filled in Python Metaflow's order and never
/// removed from.</remarks>
internal static class GraphInfo
{
    /// <summary>The artifact that holds the choice of a switch step.</summary>
    public const string ConditionArtifact = "_condition";

    /// <summary>Describes a flow.</summary>
    /// <param name="definition">The flow.</param>
    /// <returns>The data.</returns>
    public static Dictionary<string, object?> Of(FlowDefinition definition) => new()
    {
        ["file"] = Path.GetFileName(definition.SourceFile),
        ["start_step"] = definition.Graph.StartStep?.Name,
        ["end_step"] = definition.Graph.EndStep?.Name,
        ["parameters"] = definition.Parameters.Select(static parameter => (object?)new Dictionary<string, object?>
        {
            ["name"] = parameter.Name,
            ["type"] = parameter.IncludeFile is null ? "Parameter" : "IncludeFile",
        }).Concat(definition.Configs.Select(static config => (object?)new Dictionary<string, object?>
        {
            ["name"] = config.Name,
            ["type"] = "Config",
        })).ToList(),
        ["constants"] = definition.Constants.Select(static constant => (object?)new Dictionary<string, object?>
        {
            ["name"] = constant.Name,
            ["type"] = PythonTypeName(constant.GetValue()),
        }).ToList(),
        ["steps"] = Steps(definition.Graph),
        ["graph_structure"] = Structure(definition.Graph),
        ["doc"] = definition.Documentation,
        ["decorators"] = Decorators(definition.Decorators),
        ["extensions"] = new Dictionary<string, object?> { ["installed"] = new Dictionary<string, object?>() },
    };

    /// <summary>Describes the steps.</summary>
    /// <param name="graph">The flow's graph.</param>
    /// <returns>The data by step, in the order of <see cref="StepsInOrder"/>.</returns>
    public static Dictionary<string, object?> Steps(FlowGraph graph)
    {
        var steps = new Dictionary<string, object?>();
        foreach (var step in StepsInOrder(graph))
        {
            steps[step.Name] = Step(graph, step);
        }

        return steps;
    }

    /// <summary>Returns the nested lists of steps and branches.</summary>
    /// <param name="graph">The flow's graph.</param>
    /// <returns>The lists.</returns>
    public static List<object?> Structure(FlowGraph graph) => Lists(graph.NestedStructure);

    /// <summary>Returns the steps in the order in which a reader meets them: each split's branches one after the other, the end
    /// last.</summary>
    /// <param name="graph">The flow's graph; steps that cannot be reached come last, in the order of the source.</param>
    /// <returns>Each step once.</returns>
    public static IReadOnlyList<StepNode> StepsInOrder(FlowGraph graph)
        => [.. Names(graph.NestedStructure).Select(graph.Find).OfType<StepNode>().Concat(graph.Steps).Distinct()];

    private static Dictionary<string, object?> Step(FlowGraph graph, StepNode step)
    {
        var kind = graph.KindOf(step);
        var data = new Dictionary<string, object?>
        {
            ["name"] = step.Name,
            ["type"] = StepKindNames.OnDisk(kind),
            ["line"] = (long)step.Line,
            ["source_file"] = step.SourceFile,
            ["doc"] = step.Documentation,
            ["decorators"] = Decorators(step.Decorators),
            ["next"] = graph.NextOf(step).Select(static name => (object?)name).ToList(),
            ["node_info"] = new Dictionary<string, object?>(),
        };
        AddSplit(data, graph, step, kind);
        return data;
    }

    private static void AddSplit(Dictionary<string, object?> data, FlowGraph graph, StepNode step, StepKind kind)
    {
        if (kind == StepKind.SplitForeach)
        {
            data["foreach_artifact"] = step.Transitions.Select(static transition => transition.ForeachArtifact)
                .First(static name => name is not null);
        }
        else if (kind == StepKind.SplitParallel)
        {
            // Null where it is not a constant, as in Python Metaflow.
            var count = step.Transitions.First(static transition => transition.IsParallel).ParallelCount;
            data["num_parallel"] = count > 0 ? (long)count : null;
        }
        else if (kind == StepKind.SplitSwitch)
        {
            data["condition"] = ConditionArtifact;
            data["switch_cases"] = graph.NextOf(step).ToDictionary(static name => name, static name => (object?)name);
        }

        if (graph.MatchingJoinOf(step) is { } join)
        {
            data["matching_join"] = join;
        }
    }

    private static List<object?> Decorators(IEnumerable<DecoratorNode> decorators)
        => decorators.Where(static decorator => !decorator.Name.StartsWith('_'))
            .Select(static decorator => (object?)new Dictionary<string, object?>
            {
                ["name"] = decorator.Name,
                ["attributes"] = decorator.Attributes.ToDictionary(
                    static attribute => attribute.Key, static attribute => Plain(attribute.Value)),
                ["statically_defined"] = decorator.IsStatic,
                ["inserted_by"] = decorator.InsertedBy is { } inserter ? new List<object?> { inserter } : null,
            }).ToList();

    // As Python Metaflow reduces values: nothing becomes the text "None", what is not plain data becomes its text.
    private static object? Plain(object? value) => value switch
    {
        null => "None",
        string or bool or long or double => value,
        int or short or byte or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        IDictionary entries => PlainEntries(entries),
        IEnumerable items => items.Cast<object?>().Select(Plain).ToList(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, object?> PlainEntries(IDictionary entries)
    {
        var plain = new Dictionary<string, object?>();
        var entry = entries.GetEnumerator();
        while (entry.MoveNext())
        {
            plain[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = Plain(entry.Value);
        }

        return plain;
    }

    private static string PythonTypeName(object? value) => value switch
    {
        null => "NoneType",
        string or char or Enum => "str",
        bool => "bool",
        int or long or short or byte or sbyte or uint or ulong or ushort => "int",
        double or float => "float",
        decimal => "Decimal",
        DateOnly => "date",
        DateTime or DateTimeOffset => "datetime",
        TimeSpan => "timedelta",
        Guid => "UUID",
        byte[] => "bytes",
        IDictionary => "dict",
        Array array when array.GetType().GetElementType()!.IsPrimitive => "ndarray",
        IEnumerable => "list",
        _ => value.GetType().Name,
    };

    private static List<object?> Lists(IReadOnlyList<object> items)
        => items.Select(static item => item is IReadOnlyList<object> list ? Lists(list) : item).ToList<object?>();

    private static IEnumerable<string> Names(IReadOnlyList<object> items)
        => items.SelectMany(static item => item is IReadOnlyList<object> list ? Names(list) : [(string)item]);
}
