using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>Finds out what a resume works from: the resumed run, its parameters, and the plan. Nothing is written.</summary>
/// <param name="context">What the new run works with.</param>
/// <param name="code">The code as it is now.</param>
internal sealed class ResumeSetup(RunContext context, ICurrentCode code)
{
    /// <summary>Prepares the resume that the context's request asks for.</summary>
    /// <param name="resume">What is asked for.</param>
    /// <returns>What the new run takes from the resumed one.</returns>
    /// <exception cref="ConfigurationException">There is no such step (MF2072), no run to resume (MF2070, MF2071), or its parameters do not fit (MF6003).</exception>
    public async Task<ReusePlan> PrepareAsync(ResumeRequest resume)
    {
        CheckSteps(context.Definition, resume.Step, context.Request.Until);
        var origin = await new OriginChoice(context).FindAsync(resume.OriginRun).ConfigureAwait(false);
        var parameters = await origin.OpenParametersAsync().ConfigureAwait(false) ?? throw ResumeErrors.NoParameters(context.Definition.FlowName, origin.RunId);
        var comparison = new ParameterComparison(context, parameters);
        comparison.RequireFit();
        var codeOfOrigin = await RecordedCode.ReadAsync(context.Metadata, parameters.Task).ConfigureAwait(false);
        var rules = new ResumeRules
        {
            Origin = origin,
            Graph = context.Definition.Graph,
            Metadata = context.Metadata,
            Datastore = context.Datastore,
            Step = resume.Step,
            ChangedParameters = comparison.Changed(),
            RerunsChanged = resume.RerunsChanged,
            CodeOfOrigin = codeOfOrigin,
            Code = code,
        };
        var plan = await new ResumePlanner(rules, StepsToRun.Of(context.Definition.Graph, context.Request)).PlanAsync().ConfigureAwait(false);
        return new ReusePlan(new ResumeSource(rules, new TaskCloner(context.Datastore, context.Metadata, context.Time)))
        {
            OriginRunId = origin.RunId,
            ParametersOrigin = parameters.Task,
            Parameters = comparison.Kept(),
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
            if (definition.Graph.Find(step) is null)
            {
                throw ResumeErrors.NoStep(definition, step);
            }
        }
    }
}

/// <summary>Chooses the run to resume.</summary>
internal sealed class OriginChoice(RunContext context)
{
    private const string Latest = "latest";

    private string Flow => context.Definition.FlowName;

    /// <summary>Finds the run.</summary>
    /// <param name="wanted">The run as <c>run</c> or <c>Flow/run</c>; <see langword="null"/> or <c>latest</c>, as other commands call it, for the newest.</param>
    /// <returns>The run.</returns>
    /// <exception cref="ConfigurationException">There is none (MF2070, MF2071).</exception>
    public async Task<EarlierRun> FindAsync(string? wanted)
    {
        var runId = wanted is null or Latest ? await NewestAsync().ConfigureAwait(false) ?? throw ResumeErrors.NoPreviousRun(Flow) : IdOf(wanted);
        if (runId == context.Request.Resume?.RunId)
        {
            // Who joins a reentrant resume, or takes it over, finds its run as the newest: what is resumed is what the first process chose.
            runId = await OriginOfAsync(runId).ConfigureAwait(false) ?? throw ResumeErrors.IntoItself(Flow, runId);
        }

        if (!await ExistsAsync(runId).ConfigureAwait(false))
        {
            throw ResumeErrors.NoSuchRun(Flow, runId, context.Datastore.Blobs.Root);
        }

        return new EarlierRun(context.Datastore, runId);
    }

    private async Task<string?> OriginOfAsync(string runId)
    {
        var data = await context.Metadata.ListMetadataAsync(new TaskPath(Flow, runId, TaskPath.ParametersStep, "0"), default).ConfigureAwait(false);
        return data.FirstOrDefault(datum => datum.Field == "origin-run-id" && datum.Text is not ("None" or "") && datum.Text != runId)?.Text;
    }

    private string IdOf(string wanted)
    {
        var parts = wanted.Split('/');
        return parts switch
        {
            [{ Length: > 0 } run] => run,
            [var flow, { Length: > 0 } run] when flow == Flow => run,
            [var other, _] => throw ResumeErrors.OtherFlow(Flow, other, wanted),
            _ => throw ResumeErrors.NoSuchRun(Flow, wanted, context.Datastore.Blobs.Root),
        };
    }

    private async Task<bool> ExistsAsync(string runId)
        => !runId.StartsWith('_') && runId is not ("." or "..") && !runId.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && (await context.Datastore.Blobs.ListAsync($"{Flow}/{runId}", default).ConfigureAwait(false)).Any(static entry => entry.Name == TaskPath.ParametersStep);

    /// <summary>The last run started here; where that is gone, or was never one, the newest of the user's namespace.</summary>
    private async Task<string?> NewestAsync()
    {
        if (await context.Datastore.Blobs.OpenAsync($"{Flow}/latest_run", default).ConfigureAwait(false) is { } latest)
        {
            using var reader = new StreamReader(latest.Content);
            var runId = (await reader.ReadToEndAsync().ConfigureAwait(false)).Trim();
            if (runId.Length > 0 && await ExistsAsync(runId).ConfigureAwait(false))
            {
                return runId;
            }
        }

        var space = context.Settings.Namespace;
        var runs = await context.Metadata.ListRunsAsync(Flow, default).ConfigureAwait(false);
        foreach (var run in runs.Where(run => run.Problem is null).Where(run => space is null || run.SystemTags.Contains(space) || run.Tags.Contains(space)))
        {
            // One whose scheduler was killed at its very beginning has nothing to go on with.
            if (await ExistsAsync(run.RunId).ConfigureAwait(false))
            {
                return run.RunId;
            }
        }

        return null;
    }
}
