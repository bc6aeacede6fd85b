using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Running;

/// <summary>Which task a spin repeats, as its user writes it.</summary>
/// <param name="Run">The run's id or a word for it; <see langword="null"/> for the newest run.</param>
/// <param name="Step">The step of the flow.</param>
/// <param name="Task">The task's id; <see langword="null"/> for the newest task of the step.</param>
internal sealed record SpinPathspec(string? Run, StepNode Step, string? Task)
{
    /// <summary>Reads what a user wrote. A place in a foreach is left out: <see cref="Task"/> is then <see langword="null"/>.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="text">The text, such as <c>train</c> or <c>latest/train/4</c>.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ConfigurationException">MF2030: the text has another form, or the flow has no such step. The exit code is
    /// 2.</exception>
    public static SpinPathspec Read(FlowDefinition definition, string text)
    {
        // A place in a foreach may stand in brackets behind the step; its item may have a slash.
        var parts = text.Split('[')[0].Split('/');
        if (parts.Length > 2 && parts[0] == definition.FlowName)
        {
            parts = parts[1..];
        }

        var (run, step, task) = parts switch
        {
            [{ Length: > 0 } only] => (null, only, null),
            [{ Length: > 0 } of, { Length: > 0 } only] => (of, only, null),
            [{ Length: > 0 } of, { Length: > 0 } only, { Length: > 0 } id] => ((string?)of, only, (string?)id),
            _ => throw Error(
                definition,
                text,
                "Write a task as 'run/step/task', the newest task of a step as 'run/step', and that of the newest run as 'step'.",
                "Use one of these. The flow's name may stand before it."),
        };
        return KnownSteps.Find(definition, step) is { } known
            ? new SpinPathspec(run, known, task)
            : throw UnknownStep(definition, text, step);
    }

    private static ConfigurationException UnknownStep(FlowDefinition definition, string text, string step)
    {
        var known = definition.Graph.Steps.Select(static node => node.Name).ToList();
        return Error(
            definition,
            text,
            $"The flow has the steps {string.Join(", ", known.Select(static name => $"'{name}'"))}; a spin needs a task that ran.",
            ClosestName.Find(step, known) is { } closest
                ? $"Did you mean '{closest}'?"
                : "Use 'step', 'run/step' or 'run/step/task'.");
    }

    private static ConfigurationException Error(FlowDefinition definition, string text, string why, string fix) => new(
        ErrorCodes.InvalidPathspec, $"'{text}' names no task of flow '{definition.FlowName}'.", why, fix)
    { ExitCode = ExitCodes.Usage };
}
