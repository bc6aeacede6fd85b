using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Says which events start a deployed flow. It has no effect on runs that a user starts.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TriggerAttribute : FlowDecoratorAttribute
{
    /// <summary>Gets or sets the event that starts the flow. Either this or <see cref="Events"/> is given.</summary>
    public string? Event { get; set; }

    /// <summary>Gets or sets the events that start the flow when all of them have happened.</summary>
    public string[] Events { get; set; } = [];

    /// <summary>Gets or sets which fields of the event are parameters of the flow, as <c>parameter=field</c>, or only the name if both
    /// are the same. None by default.</summary>
    public string[] Parameters { get; set; } = [];

    /// <inheritdoc/>
    public override string DecoratorName => "trigger";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
        [
        new("event", Parameters.Length == 0 ? Event : EventWithParameters()), new("events", Events),
        new("options", new Dictionary<string, object?>()),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
        => DecoratorRules.CheckTriggers(Event, Events, "event")
            .Concat(DecoratorRules.CheckTriggerParameters(
                Parameters, [.. definition.Parameters.Select(static one => one.Name)],
                [.. definition.Parameters.Select(static one => one.MemberName)]))
            .Select(mistake => FlowProblem.Of(definition, mistake));

    private Dictionary<string, object?> EventWithParameters() => new()
    {
        ["name"] = Event,
        ["parameters"] = Parameters.ToDictionary(
            static text => text.Split('=')[0], static text => (object?)text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]),
    };
}
