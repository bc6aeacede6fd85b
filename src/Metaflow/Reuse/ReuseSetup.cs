using Metaflow.Code;
using Metaflow.Decorators;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Storage;

namespace Metaflow.Reuse;

/// <summary>Finds out what a run takes from earlier ones, before it starts.</summary>
internal static class ReuseSetup
{
    /// <summary>Prepares a run.</summary>
    /// <param name="context">What the run works with; receives what it takes from earlier runs, and what its code is.</param>
    /// <returns>A task that ends when all is known.</returns>
    /// <exception cref="Errors.ConfigurationException">What is to be resumed is not there (MF2070 to MF2072).</exception>
    public static async Task PrepareAsync(RunContext context)
    {
        await PrepareAsync(context, Identify(context)).ConfigureAwait(false);
    }

    /// <summary>Finds out what the code of a run is, and nothing else.</summary>
    /// <param name="context">What the run works with; receives it.</param>
    /// <returns>The code.</returns>
    public static ICurrentCode Identify(RunContext context)
    {
        var code = CodeOf(context);

        // A run in memory ends with its program: the next one, of the same code, is resumed without.
        if (context.Datastore.Blobs is not MemoryBlobStore)
        {
            context.CodeRecord = () => RecordedCode.ToJson(code.All);
        }

        return code;
    }

    /// <summary>Prepares a run whose code is known by other means.</summary>
    /// <param name="context">What the run works with; receives what it takes from earlier runs.</param>
    /// <param name="code">The code as it is now.</param>
    /// <returns>A task that ends when all is known.</returns>
    /// <exception cref="Errors.ConfigurationException">What is to be resumed is not there (MF2070 to MF2072).</exception>
    public static async Task PrepareAsync(RunContext context, ICurrentCode code)
    {
        ResumeSetup.CheckSteps(context.Definition, context.Request.Until);
        if (context.Request.Resume is { } resume)
        {
            context.Reuse = await new ResumeSetup(context, code).PrepareAsync(resume).ConfigureAwait(false);
        }
        else if (context.Request.UsesCache)
        {
            context.Reuse = new ReusePlan(new CacheSource(context, code, new TaskCloner(context.Datastore, context.Metadata, context.Time)) { StepsToRun = WithoutCache(context) });
        }
    }

    /// <summary>Says what a resume would do.</summary>
    /// <param name="context">What the run would work with.</param>
    /// <param name="resume">What is to be resumed.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.ConfigurationException">What is to be resumed is not there (MF2070 to MF2072).</exception>
    public static async Task<ResumePlan> PlanAsync(RunContext context, ResumeRequest resume)
        => (await new ResumeSetup(context, CodeOf(context)).PrepareAsync(resume).ConfigureAwait(false)).Plan!;

    private static HashSet<string> WithoutCache(RunContext context)
        => [.. context.Definition.Graph.Steps.Select(static step => step.Name).Where(step => DecoratorsOf(context, step).Find<NoCacheAttribute>() is not null)];

    private static StepDecorators DecoratorsOf(RunContext context, string step) => new(context.Flow, step, context.With);

    // Decorators of its own: the context's are for the thread of the loop alone.
    private static FlowCode CodeOf(RunContext context)
        => new(context.Flow, context.Definition, step => DecoratorsOf(context, step), new CodeCache(context.Datastore.Blobs, context.Definition.FlowName));
}
