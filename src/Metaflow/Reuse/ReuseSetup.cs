using Metaflow.Code;
using Metaflow.Decorators;
using Metaflow.Scheduling;
using Metaflow.Storage;

namespace Metaflow.Reuse;

/// <summary>Finds out what a run takes from earlier ones, before it starts.</summary>
internal static class ReuseSetup
{
    /// <summary>Completes the plan of a run.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="origin">The run to resume, or <see langword="null"/>.</param>
    /// <param name="continuation">The run to continue, or <see langword="null"/> for a new one.</param>
    /// <param name="code">The code as it is now; by default that of the flow's methods.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.ConfigurationException">There is no such step (MF2072), or the parameters of the resumed run do not fit
    /// (MF6003).</exception>
    public static async Task<RunPlan> PlanAsync(
        RunContext context, ResumedRun? origin, RunContinuation? continuation = null, ICurrentCode? code = null)
    {
        ResumeSetup.CheckSteps(context.Definition, context.Request.Until);
        code ??= CodeOf(context);
        return new RunPlan(context)
        {
            Reuse = origin is not null ? await new ResumeSetup(context, code).PlanAsync(origin).ConfigureAwait(false)
                : context.Request.UsesCache ? CacheOf(context, code)
                : null,

            // A run in memory ends with its program: the next one, of the same code, is resumed without.
            CodeRecord = context.Datastore.Blobs is MemoryBlobStore ? null : () => RecordedCode.ToJson(code.All),
            Continuation = continuation,
            Leadership = continuation is null && context.Request.Resume is { IsReentrant: true } shared
                ? new ResumeLeadership(context, shared)
                : null,
        };
    }

    private static ReusePlan CacheOf(RunContext context, ICurrentCode code)
        => new(new CacheSource(context, code, new TaskCloner(context.Datastore, context.Metadata, context.Time))
        {
            StepsToRun = WithoutCache(context),
        });

    private static HashSet<string> WithoutCache(RunContext context) =>
    [
        .. context.Definition.Graph.Steps.Select(static step => step.Name)
            .Where(step => DecoratorsOf(context, step).Find<NoCacheAttribute>() is not null),
    ];

    private static StepDecorators DecoratorsOf(RunContext context, string step) => new(context.Flow, step, context.With);

    // Decorators of its own: the context's are for the thread of the loop alone.
    private static FlowCode CodeOf(RunContext context)
        => new(
            context.Flow,
            context.Definition,
            step => DecoratorsOf(context, step),
            new CodeCache(context.Datastore.Blobs, context.Definition.FlowName),
            context.Environments.IdentityOf);
}
