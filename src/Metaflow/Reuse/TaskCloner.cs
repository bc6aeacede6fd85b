using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Makes a task of a run from a task of an earlier one: no value is copied, but the logs are, so that they are found at the
/// clone's own path.</summary>
internal sealed class TaskCloner(FlowDatastore datastore, IMetadataProvider metadata, TimeProvider time)
{
    private const int Attempt = 0;

    /// <summary>Equal to no identity: without it, a clone would count as having run the code of its own run.</summary>
    private const string UnknownCode = "";

    private readonly CheckedArtifacts _checked = new(datastore);
    private readonly AttemptFacts _facts = new(datastore.Blobs, Attempt);

    /// <summary>Makes sure that artifacts of an earlier run can be read.</summary>
    /// <param name="records">The artifacts.</param>
    /// <returns>A task that ends when all are read; each is once.</returns>
    /// <exception cref="StorageException">One cannot be (MF4002, MF4004, MF4005, MF4007, MF4011).</exception>
    public async Task RequireReadableAsync(IEnumerable<ArtifactRecord> records)
    {
        if (await FirstDamageAsync(records).ConfigureAwait(false) is { } damage)
        {
            throw damage;
        }
    }

    /// <summary>Finds the first artifact of an earlier run that cannot be read.</summary>
    /// <param name="records">The artifacts.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public Task<StorageException?> FirstDamageAsync(IEnumerable<ArtifactRecord> records) => _checked.FirstDamageAsync(records);

    /// <summary>Makes the clone; it is durable when the call returns.</summary>
    /// <param name="run">The run of the clone.</param>
    /// <param name="task">The clone's address.</param>
    /// <param name="clone">What it is made of.</param>
    /// <returns>A task that ends when all is recorded.</returns>
    /// <exception cref="Errors.MetaflowException">What the clone refers to cannot be read, so that nothing is written; or a write
    /// failed.</exception>
    public async Task CloneAsync(RunRecord run, TaskPath task, TaskClone clone)
    {
        // From here on a collection of garbage keeps them, even if it is about to remove the origin's run.
        if (await datastore.RetainAsync(clone.Records, areParameters: false, default).ConfigureAwait(false) is [var missing, ..])
        {
            throw new StorageException(
                ErrorCodes.BlobMissing,
                $"The task '{clone.Origin.Task}' cannot be cloned.",
                $"Its blob '{missing}' is missing: its run was removed, or only a part of the datastore was copied.",
                "You need not do anything: the step runs again.");
        }

        await RequireReadableAsync(clone.Records).ConfigureAwait(false);
        var writer = datastore.OpenWriter(task, Attempt);
        writer.Inherit(clone.Records);
        if (clone.Values.Count > 0)
        {
            await writer.SaveArtifactsAsync(clone.Values, default).ConfigureAwait(false);
        }

        var others = await LogsAsync(clone.Origin, task).ConfigureAwait(false);
        if (clone.Lineage is { } lineage)
        {
            others.Add(writer.Note(TaskLineage.Note, (lineage with { Code = clone.Code ?? UnknownCode }).ToJson()));
        }

        await writer.SaveCompleteAsync(others, default).ConfigureAwait(false);
        await metadata.RegisterTaskAsync(run, task, default).ConfigureAwait(false);
        await metadata.RecordAsync(
            run, task, Data(run, clone), _facts.Artifacts(writer.Records.Values, time.GetUtcNow()), default).ConfigureAwait(false);
    }

    private List<MetadataDatum> Data(RunRecord run, TaskClone clone)
    {
        var data = _facts.Beginning(run, OriginOf(clone));
        _facts.AddPlace(data, clone.Frames, clone.GangSize);
        data.Add(_facts.Ok(true));
        if (clone.Lineage is { } lineage)
        {
            _facts.AddLineage(data, lineage);
        }

        if (clone.Code is { } code)
        {
            data.Add(_facts.Datum(RecordedCode.TaskField, code));
        }

        data.Add(_facts.Done());
        return data;
    }

    /// <summary>The Python client takes a run for a resumed one when a task of it names the run that it was cloned from: those of a
    /// cache say it in fields of their own.</summary>
    private IEnumerable<MetadataDatum> OriginOf(TaskClone clone)
    {
        var origin = clone.Origin.Task;
        return clone.IsCached
            ? [_facts.Datum("origin-run-id", "None"), _facts.Datum(
                InternalFields.CacheOriginRun, origin.RunId), _facts.Datum(InternalFields.CacheOriginTask, origin.TaskId)]
            : [_facts.Datum("origin-run-id", origin.RunId), _facts.Datum("origin-task-id", origin.TaskId)];
    }

    private async Task<List<BlobWrite>> LogsAsync(TaskArtifacts origin, TaskPath task)
    {
        var logs = new List<BlobWrite>();
        foreach (var stream in new[] { LogKind.Stdout, LogKind.Stderr })
        {
            foreach (var source in LogFiles.Sources)
            {
                await AddLogAsync(
                    logs,
                    LogFiles.PathOf(origin.Task, origin.Attempt, source, stream),
                    LogFiles.PathOf(task, Attempt, source, stream)).ConfigureAwait(false);
            }

            await AddLogAsync(
                logs,
                LogFiles.LegacyPathOf(origin.Task, origin.Attempt, stream),
                LogFiles.LegacyPathOf(task, Attempt, stream)).ConfigureAwait(false);
        }

        return logs;
    }

    private async Task AddLogAsync(List<BlobWrite> logs, string from, string to)
    {
        if (await datastore.Blobs.OpenAsync(from, default).ConfigureAwait(false) is not { } log)
        {
            return;
        }

        using var content = log.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes).ConfigureAwait(false);
        var copy = bytes.ToArray();
        logs.Add(new BlobWrite(to, copy));
    }
}
