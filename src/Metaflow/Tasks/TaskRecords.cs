using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Tasks;

/// <summary>Records what is known of an attempt with the metadata provider (formats 2.2).</summary>
internal sealed class TaskRecords(IMetadataProvider metadata, IBlobStore blobs, TaskPath task, int attempt, TimeProvider time)
{
    private readonly AttemptFacts _facts = new(blobs, attempt);
    private RunRecord? _run;

    /// <summary>Gets how many tasks the task's gang has, or <see langword="null"/> outside a gang.</summary>
    public int? GangSize { get; init; }

    /// <summary>Returns the task's run.</summary>
    /// <returns>The run.</returns>
    /// <exception cref="MetadataException">The run is not registered (MF5090).</exception>
    public async Task<RunRecord> RunAsync()
        => _run ??= await metadata.FindRunAsync(task.Flow, task.RunId, default).ConfigureAwait(false) ?? throw new MetadataException(
            ErrorCodes.RunNotRegistered,
            $"Task '{task}' belongs to a run that is not registered.",
            $"There is no record of run '{task.RunId}' in '{metadata.Location}'.",
            "The scheduler registers a run before its tasks. Was its folder removed?");

    /// <summary>Records that the attempt begins.</summary>
    /// <param name="frames">The foreaches that the task is in.</param>
    /// <param name="originRunId">The run that the task's run resumes, or <see langword="null"/>.</param>
    /// <returns>A task that ends when the records are durable.</returns>
    public async Task BeginAsync(IReadOnlyList<ForeachFrame> frames, string? originRunId)
        => await BeginAsync(await RunAsync().ConfigureAwait(false), frames, originRunId).ConfigureAwait(false);

    /// <summary>Records what is missing of the beginning of an attempt whose process has died: it may have died before, or while it
    /// recorded it.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="frames">The foreaches that the task is in.</param>
    /// <param name="originRunId">The run that the task's run resumes, or <see langword="null"/>.</param>
    /// <returns>A task that ends when the records are durable.</returns>
    public async Task CompleteBeginningAsync(RunRecord run, IReadOnlyList<ForeachFrame> frames, string? originRunId)
    {
        if (await MissingAsync(run, frames, originRunId).ConfigureAwait(false) is { Count: > 0 } missing)
        {
            await metadata.RegisterTaskAsync(run, task, default).ConfigureAwait(false);
            await metadata.RecordAsync(run, task, missing, [], default).ConfigureAwait(false);
        }
    }

    /// <summary>Returns true if records of the attempt's beginning are missing.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="frames">The foreaches that the task is in.</param>
    /// <param name="originRunId">The run that the task's run resumes, or <see langword="null"/>.</param>
    /// <returns>Whether some are.</returns>
    public async Task<bool> LacksBeginningAsync(RunRecord run, IReadOnlyList<ForeachFrame> frames, string? originRunId)
        => (await MissingAsync(run, frames, originRunId).ConfigureAwait(false)).Count > 0;

    private async Task<List<MetadataDatum>> MissingAsync(RunRecord run, IReadOnlyList<ForeachFrame> frames, string? originRunId)
    {
        var recorded = await metadata.ListMetadataAsync(task, default).ConfigureAwait(false);
        var fields = recorded.Where(_facts.IsOfAttempt).Select(static datum => datum.Field).ToHashSet(StringComparer.Ordinal);
        return Beginning(run, frames, originRunId).FindAll(datum => !fields.Contains(datum.Field));
    }

    /// <summary>Returns true if the end of the attempt is recorded.</summary>
    /// <returns>Whether it is.</returns>
    public async Task<bool> HasEndedAsync() => _facts.IsDoneIn(await metadata.ListMetadataAsync(task, default).ConfigureAwait(false));

    /// <summary>Records that the attempt begins.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="frames">The foreaches that the task is in.</param>
    /// <param name="originRunId">The run that the task's run resumes, or <see langword="null"/>.</param>
    /// <returns>A task that ends when the records are durable.</returns>
    public async Task BeginAsync(RunRecord run, IReadOnlyList<ForeachFrame> frames, string? originRunId)
    {
        await metadata.RegisterTaskAsync(run, task, default).ConfigureAwait(false);
        await metadata.RecordAsync(run, task, Beginning(run, frames, originRunId), [], default).ConfigureAwait(false);
    }

    /// <summary>Records that the attempt is committed, and its artifacts.</summary>
    /// <param name="isOk">Whether it counts as finished.</param>
    /// <param name="lineage">What the step read and wrote.</param>
    /// <param name="artifacts">The artifacts of the attempt.</param>
    /// <param name="added">Fields that decorators added, with their values.</param>
    /// <returns>A task that ends when the records are durable.</returns>
    public async Task EndAsync(
        bool isOk, TaskLineage lineage, IEnumerable<ArtifactRecord> artifacts, IReadOnlyList<KeyValuePair<string, string>> added)
    {
        var run = await RunAsync().ConfigureAwait(false);
        List<MetadataDatum> data = [_facts.Ok(isOk)];
        _facts.AddLineage(data, lineage);
        data.Add(_facts.Done());
        foreach (var (field, value) in added)
        {
            data.Add(_facts.Datum(field, value));
        }

        await metadata.RecordAsync(run, task, data, _facts.Artifacts(artifacts, time.GetUtcNow()), default).ConfigureAwait(false);
    }

    /// <summary>Records that the attempt came to nothing, as its process could not be started. It is not called done: a reader would look
    /// for its data.</summary>
    /// <param name="run">The task's run.</param>
    /// <returns>A task that ends when the record is durable.</returns>
    public async Task NotStartedAsync(RunRecord run)
        => await metadata.RecordAsync(run, task, [_facts.Ok(false)], [], default).ConfigureAwait(false);

    /// <summary>Records a run that the step started.</summary>
    /// <param name="pathspec">The run.</param>
    /// <returns>A task that ends when the record is durable.</returns>
    public async Task ChildRunAsync(string pathspec)
        => await metadata.RecordAsync(
            await RunAsync().ConfigureAwait(false), task, [_facts.Datum(InternalFields.ChildRun, pathspec)], [],
            default).ConfigureAwait(false);

    /// <summary>Gets the identity of the environment of packages that the task runs with; <see langword="null"/>, the default, for those
    /// of the program.</summary>
    public string? Environment { get; init; }

    private List<MetadataDatum> Beginning(RunRecord run, IReadOnlyList<ForeachFrame> frames, string? originRunId)
    {
        List<MetadataDatum> added = [_facts.Datum("origin-run-id", originRunId ?? "None")];
        if (Environment is not null)
        {
            added.Add(_facts.Datum(InternalFields.Environment, Environment));
        }

        var data = _facts.Beginning(run, added);
        _facts.AddPlace(data, frames, GangSize);
        return data;
    }
}
