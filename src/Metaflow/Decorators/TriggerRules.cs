using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Decorators;

/// <summary>What holds for events and for flows that start others.</summary>
internal static class TriggerRules
{
    /// <summary>Checks that one name or a list of several is given.</summary>
    /// <param name="one">The name, or <see langword="null"/>.</param>
    /// <param name="several">The list.</param>
    /// <param name="what">What they name: <c>event</c> or <c>flow</c>.</param>
    /// <param name="definition">The flow.</param>
    /// <returns>The problems.</returns>
    public static IEnumerable<GraphProblem> Check(string? one, string[] several, string what, FlowDefinition definition)
    {
        if (one is null == (several.Length == 0))
        {
            yield return Problem(one is null ? $"The decorator names no {what}." : $"The decorator names one {what} and a list of them.");
        }

        string[] names = one is null ? several : [one, .. several];
        if (names.Any(string.IsNullOrWhiteSpace))
        {
            yield return Problem($"The decorator has an {what} without a name.");
        }

        if (names.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            yield return Problem($"The decorator names '{twice.Key}' twice.");
        }

        GraphProblem Problem(string text) => FlowProblem.Of(
            ErrorCodes.TriggerInvalid, definition, text, $"Either one {what} or a list of different ones starts the flow.",
            what == "event" ? "Write [Trigger(Event = \"data_ready\")]." : "Write [TriggerOnFinish(Flow = \"OtherFlow\")].");
    }
}
