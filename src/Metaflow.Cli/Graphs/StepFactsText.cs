using System.Globalization;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Says what a flow's steps do, in the words of its source.</summary>
/// <param name="definition">The flow.</param>
internal sealed class StepFactsText(FlowDefinition definition)
{
    private readonly Dictionary<string, string> _members = definition.Artifacts
        .Select(static artifact => (artifact.Name, artifact.MemberName))
        .Concat(definition.Parameters.Select(static parameter => (parameter.Name, parameter.MemberName)))
        .Concat(definition.Configs.Select(static config => (config.Name, config.MemberName)))
        .DistinctBy(static member => member.Item1)
        .ToDictionary(static member => member.Item1, static member => member.Item2, StringComparer.Ordinal);

    /// <summary>Returns the name of a step's method.</summary>
    /// <param name="step">The step's name on disk, also of one that does not exist.</param>
    public string NameOf(string step)
        => definition.Graph.Find(step) is not { } known ? $"{step} (no such step)"
            : known.MethodName is { Length: > 0 } method ? method : step;

    /// <summary>Returns the C# names of the artifacts that a step sets.</summary>
    public IReadOnlyList<string> SetBy(StepNode step) => Members(step.Writes);

    /// <summary>Returns the C# names of the artifacts, parameters and configurations that a step reads.</summary>
    public IReadOnlyList<string> ReadBy(StepNode step) => Members(step.Reads.Select(static read => read.Key));

    /// <summary>Returns what a step begins when it ends: <c>foreach string in Regions</c>, <c>gang of 4</c>, <c>branch</c>,
    /// <c>switch</c>; empty when a single step follows.</summary>
    public string SplitOf(StepNode step) => TransitionShape.Of(step.Transitions) switch
    {
        StepKind.SplitForeach => Foreach(step),
        StepKind.SplitParallel => step.Transitions.First(static transition => transition.IsParallel).ParallelCount is > 0 and var count
            ? string.Create(CultureInfo.InvariantCulture, $"gang of {count}")
            : "gang",
        StepKind.SplitStatic => "branch",
        StepKind.SplitSwitch => "switch",
        _ => "",
    };

    private string Foreach(StepNode step)
    {
        var transition = step.Transitions.First(static transition => transition.ForeachArtifact is not null);
        var item = transition.Targets is [var target, ..] ? definition.Graph.Find(target)?.ItemType : null;
        var items = _members.GetValueOrDefault(transition.ForeachArtifact!);
        return string.Join(' ', new[] { "foreach", item, items is null ? null : item is null ? items : $"in {items}" }.OfType<string>());
    }

    private List<string> Members(IEnumerable<string> names)
        => [.. names.Select(name => _members.GetValueOrDefault(name)).OfType<string>().Distinct()];
}
