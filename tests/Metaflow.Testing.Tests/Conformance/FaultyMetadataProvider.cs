using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>What a provider does wrong.</summary>
public enum ProviderFault
{
    ReturnsAnotherUser,
    GivesOneId,
    TakesAnyName,
    ListsOldestFirst,
    ListsTasksTwice,
    LosesData,
    FlattensLists,
    CountsAttemptsThatAreNotDone,
    LosesTags,
    TakesAnyTag,
}

/// <summary>A provider in memory that does one thing wrong.</summary>
internal sealed class FaultyMetadataProvider(ProviderFault fault) : IMetadataProvider
{
    private readonly MemoryMetadataProvider _provider = new(new ManualTimeProvider());

    public string TypeName => "faulty";

    public string Location => "faulty";

    public async ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var given = fault == ProviderFault.GivesOneId && run.RunId.Length == 0 ? run with { RunId = "5" } : run;
        var kept = await _provider.RegisterRunAsync(given, cancellationToken);
        return fault == ProviderFault.ReturnsAnotherUser ? kept with { UserName = "other" } : kept;
    }

    public ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken cancellationToken)
        => _provider.RegisterTaskAsync(run, task, cancellationToken);

    public ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts,
        CancellationToken cancellationToken)
        => _provider.RecordAsync(run, task, fault == ProviderFault.LosesData ? [.. data.Take(1)] : data, artifacts, cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken)
        => _provider.ListFlowsAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken)
    {
        var runs = await _provider.ListRunsAsync(flow, cancellationToken);
        return fault == ProviderFault.ListsOldestFirst ? [.. runs.Reverse()] : runs;
    }

    public async ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await _provider.FindRunAsync(flow, runId, cancellationToken);
        }
        catch (MetadataException) when (fault == ProviderFault.TakesAnyName)
        {
            return null;
        }
    }

    public ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken)
        => _provider.ListStepsAsync(flow, runId, cancellationToken);

    public async ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(
        string flow, string runId, string step, CancellationToken cancellationToken)
    {
        var tasks = await _provider.ListTasksAsync(flow, runId, step, cancellationToken);
        return fault == ProviderFault.ListsTasksTwice ? [.. tasks, .. tasks] : tasks;
    }

    public ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(TaskPath task, int? attempt, CancellationToken cancellationToken)
        => _provider.ListArtifactsAsync(
            task, fault == ProviderFault.CountsAttemptsThatAreNotDone ? attempt ?? 1 : attempt, cancellationToken);

    public async ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken cancellationToken)
    {
        var data = await _provider.ListMetadataAsync(task, cancellationToken);
        return fault == ProviderFault.FlattensLists ? [.. data.Select(static datum => datum with { Value = datum.Text })] : data;
    }

    public async ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        if (fault == ProviderFault.LosesTags)
        {
            return KeepOnlyLast(flow, runId, add, remove);
        }

        try
        {
            return await _provider.ChangeTagsAsync(flow, runId, add, remove, cancellationToken);
        }
        catch (MetadataException) when (fault == ProviderFault.TakesAnyTag)
        {
            return (await _provider.FindRunAsync(flow, runId, cancellationToken))!;
        }
    }

    // One caller after the other, so that each of those at once loses what the one before it added. The provider in memory never waits.
    private RunRecord KeepOnlyLast(string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
    {
        lock (_provider)
        {
            var first = _provider.FindRunAsync(flow, runId, default).AsTask().GetAwaiter().GetResult()?.Tags is [var tag, ..] ? tag : null;
            return _provider.ChangeTagsAsync(flow, runId, add, first is null ? remove : [first], default).AsTask().GetAwaiter().GetResult();
        }
    }
}
