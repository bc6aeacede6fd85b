using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>A run that is resumed.</summary>
/// <param name="Run">Its tasks.</param>
/// <param name="Parameters">The task that holds its parameters.</param>
internal sealed record ResumedRun(EarlierRun Run, TaskArtifacts Parameters);

/// <summary>Chooses the run to resume.</summary>
/// <param name="services">Where the runs are.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="space">The user's namespace; <see langword="null"/> for all.</param>
internal sealed class OriginChoice(RunServices services, string flow, string? space)
{
    private readonly FlowDatastore _datastore = new(services.Stores.Blobs, flow, services.Time);

    private IMetadataProvider Metadata => services.Stores.Metadata;

    /// <summary>Finds the run.</summary>
    /// <param name="resume">What is asked for: the run as <c>run</c> or <c>Flow/run</c>; <see langword="null"/> or <c>latest</c>, as
    /// other commands call it, for the newest.</param>
    /// <returns>The run, with its parameters.</returns>
    /// <exception cref="ConfigurationException">There is none (MF2070, MF2071).</exception>
    public async Task<ResumedRun> FindAsync(ResumeRequest resume)
    {
        var isFound = resume.OriginRun is null or RunWords.Latest;
        var runId = isFound ? await NewestAsync().ConfigureAwait(false) ?? throw ResumeErrors.NoPreviousRun(flow) : IdOf(resume.OriginRun!);
        if (runId == resume.RunId)
        {
            // Who joins a reentrant resume, or takes it over, finds its run as the newest: what is resumed is what the first process
            // chose.
            runId = await OriginOfAsync(runId).ConfigureAwait(false) ?? throw ResumeErrors.IntoItself(flow, runId);
            isFound = false;
        }

        if (!isFound && !await ExistsAsync(runId).ConfigureAwait(false))
        {
            throw ResumeErrors.NoSuchRun(flow, runId, _datastore.Blobs.Root);
        }

        var run = new EarlierRun(_datastore, runId);
        return new ResumedRun(run, await run.OpenParametersAsync().ConfigureAwait(false) ?? throw ResumeErrors.NoParameters(flow, runId));
    }

    private async Task<string?> OriginOfAsync(string runId)
    {
        var data = await Metadata.ListMetadataAsync(new TaskPath(flow, runId, TaskPath.ParametersStep, "0"), default).ConfigureAwait(false);
        return data.FirstOrDefault(datum => datum.Field == "origin-run-id"
            && datum.Text is not ("None" or "") && datum.Text != runId)?.Text;
    }

    private string IdOf(string wanted)
    {
        var parts = wanted.Split('/');
        return parts switch
        {
            [{ Length: > 0 } run] => run,
            [var named, { Length: > 0 } run] when named == flow => run,
            [var other, _] => throw ResumeErrors.OtherFlow(flow, other, wanted),
            _ => throw ResumeErrors.NoSuchRun(flow, wanted, _datastore.Blobs.Root),
        };
    }

    private async Task<bool> ExistsAsync(string runId)
        => !runId.StartsWith('_') && runId is not ("." or "..") && !runId.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && (await _datastore.Blobs.ListAsync($"{flow}/{runId}", default).ConfigureAwait(false))
                .Any(static entry => entry.Name == TaskPath.ParametersStep);

    /// <summary>The last run started here; where that is gone, or was never one, the newest of the user's namespace.</summary>
    private async Task<string?> NewestAsync()
    {
        if (await _datastore.Blobs.OpenAsync($"{flow}/latest_run", default).ConfigureAwait(false) is { } latest)
        {
            using var reader = new StreamReader(latest.Content);
            var runId = (await reader.ReadToEndAsync().ConfigureAwait(false)).Trim();
            if (runId.Length > 0 && await ExistsAsync(runId).ConfigureAwait(false))
            {
                return runId;
            }
        }

        var runs = await Metadata.ListRunsAsync(flow, default).ConfigureAwait(false);
        foreach (var run in runs.Where(run => run.Problem is null)
            .Where(run => space is null || run.SystemTags.Contains(space) || run.Tags.Contains(space)))
        {
            // One whose scheduler was killed at its very beginning has nothing to continue with.
            if (await ExistsAsync(run.RunId).ConfigureAwait(false))
            {
                return run.RunId;
            }
        }

        return null;
    }
}
