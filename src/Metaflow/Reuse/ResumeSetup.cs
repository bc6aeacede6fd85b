using Metaflow.Code;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>Finds out what a new run takes from the one that it resumes: its parameters, and what becomes of each of its tasks. Nothing is
/// written.</summary>
/// <param name="context">What the new run works with.</param>
/// <param name="code">The code as it is now.</param>
internal sealed class ResumeSetup(RunContext context, ICurrentCode code)
{
    /// <summary>Plans the resume that the context's request asks for.</summary>
    /// <param name="origin">The run to resume.</param>
    /// <returns>What the new run takes from the resumed one.</returns>
    /// <exception cref="ConfigurationException">There is no such step (MF2072), or the parameters of the resumed run do not fit
    /// (MF6003).</exception>
    public async Task<ReusePlan> PlanAsync(ResumedRun origin)
    {
        var resume = context.Request.Resume!;
        CheckSteps(context.Definition, resume.Step);
        var comparison = new ParameterComparison(context, origin.Parameters);
        comparison.RequireFit();
        var given = comparison.Given();
        var rules = new ResumeRules
        {
            Origin = origin.Run,
            Graph = context.Definition.Graph,
            Metadata = context.Metadata,
            Datastore = context.Datastore,
            Step = resume.Step,
            ChangedParameters = comparison.Changed(given),
            RerunsChanged = resume.RerunsChanged,
            MaxNumSplits = context.Request.MaxNumSplits,
            CodeOfOrigin = await RecordedCode.ReadAsync(context.Metadata, origin.Parameters.Task).ConfigureAwait(false),
            Code = code,
        };
        var planner = new ResumePlanner(rules, StepsToRun.Of(context.Definition.Graph, context.Request));
        var plan = await planner.PlanAsync().ConfigureAwait(false);
        var cloner = new TaskCloner(context.Datastore, context.Metadata, context.Time);
        return new ReusePlan(new ResumeSource(planner.Decisions, context.Datastore, cloner))
        {
            ParametersOrigin = origin.Parameters.Task,
            Parameters = comparison.Kept(),
            Values = given,
            Plan = plan,
        };
    }

    /// <summary>Checks names of steps that the user gave.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="steps">The names; <see langword="null"/> for none.</param>
    /// <exception cref="ConfigurationException">There is no such step (MF2072).</exception>
    public static void CheckSteps(FlowDefinition definition, params IEnumerable<string?> steps)
    {
        foreach (var step in steps.OfType<string>())
        {
            KnownSteps.Require(definition, step);
        }
    }
}
