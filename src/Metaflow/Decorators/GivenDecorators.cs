using Metaflow.Artifacts;
using Metaflow.Graph;
using Metaflow.Joins;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>The rules that the compiler sees to in the source, for decorators that are given at run time.</summary>
internal static class GivenDecorators
{
    /// <summary>Returns what is wrong with decorators beyond what they say themselves.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="step">The step that they were given to.</param>
    /// <param name="given">The decorators.</param>
    /// <param name="settings">The settings, which may choose what a decorator leaves out.</param>
    /// <returns>The problems.</returns>
    public static IEnumerable<GraphProblem> Check(
        FlowSpec flow, StepNode step, IEnumerable<DecoratorAttribute> given, SettingReader settings)
        => given.SelectMany(decorator => decorator switch
        {
            CatchAttribute { Var: { } variable } => CheckVariable(flow, step, variable),
            SecretsAttribute secrets => CheckSources(flow, step, secrets.Sources, settings.Text(SettingNames.DefaultSecretsBackend)),
            _ => [],
        });

    private static IEnumerable<GraphProblem> CheckVariable(FlowSpec flow, StepNode step, string variable)
    {
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        var cell = ArtifactNames.Find(cells, variable);
        if (cell is null || cell.IsReadOnly || cell.ValueType != typeof(StepFailure))
        {
            yield return Problem(
                step, RuleCodes.CatchVarUnsuitable, $"[Catch] of step '{step.Name}' stores the failure in '{variable}'.",
                cell is null ? "The flow has no such artifact." : "That is not an artifact of type 'StepFailure?'.",
                "Name a property 'public partial StepFailure? … { get; set; }' of the flow, or remove 'var'.");
        }
    }

    // Before the run, because a back end that is not there is as sure to fail in the first task.
    private static IEnumerable<GraphProblem> CheckSources(FlowSpec flow, StepNode step, IEnumerable<string> sources, string? fallback)
    {
        foreach (var source in sources.Where(static text => !string.IsNullOrWhiteSpace(text))
            .Select(text => SecretSource.Parse(text, fallback)))
        {
            if (!source.HasBackend(flow.GetType()))
            {
                yield return Problem(
                    step, RuleCodes.SecretsWithoutSource,
                    $"The secrets of step '{step.Name}' name a source that does not exist: '{source.Shown}'.",
                    source.Backend is null ? $"It names no back end, and {SettingNames.DefaultSecretsBackend} is not set."
                        : $"There is no back end{(source.HasBackendName ? $" '{source.Backend}'" : " of that name")}. "
                            + $"{SecretsProviders.Describe(flow.GetType())}",
                    (source is { HasBackendName: true, Backend: { } name } ? SecretsProviders.RemedyOf(name, flow.GetType()) : null)
                        ?? "Write a back end, a dot and the secret, for example 'file.secrets.env'.");
            }
        }
    }

    private static GraphProblem Problem(StepNode step, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, step.Name, step.Line, step.SourceFile);
}
