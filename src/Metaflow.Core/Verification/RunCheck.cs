using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Checks the records of a run and of its tasks.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="time">The clock.</param>
/// <param name="hasRecords">Whether the datastore has the records of the metadata provider too.</param>
internal sealed class RunCheck(FlowDatastore datastore, TimeProvider time, bool hasRecords)
{
    private const int TasksAtOnce = 64;

    private readonly IBlobStore _blobs = datastore.Blobs;
    private readonly ObjectTree _tree = new(datastore.Blobs);

    /// <summary>Gets which parts of the runs that were checked are here, by the ids of the runs.</summary>
    public Dictionary<string, RunParts> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>Checks a run. One whose scheduler is at work is looked at again where it has a fault, as it may have been between two
    /// writes.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="references">Receives the blobs that it refers to.</param>
    /// <param name="counts">Receives what there is of it.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the run is checked.</returns>
    public async ValueTask CheckAsync(
        string runId, BlobReferences references, VerifiedCounts counts, FaultList faults, CancellationToken cancellationToken)
    {
        var found = new FaultList();
        await LookAsync(runId, references, counts, found, cancellationToken).ConfigureAwait(false);
        if (found.Faults.Count > 0 && await IsAtWorkAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            var again = new FaultList();
            await LookAsync(runId, references, new VerifiedCounts(), again, cancellationToken).ConfigureAwait(false);
            var both = again.Faults.Select(static fault => (fault.Path, fault.Code)).ToHashSet();
            found.Faults.Where(fault => both.Contains((fault.Path, fault.Code))).ToList().ForEach(faults.Add);
            return;
        }

        found.Faults.ToList().ForEach(faults.Add);
    }

    private async ValueTask LookAsync(
        string runId, BlobReferences references, VerifiedCounts counts, FaultList faults, CancellationToken cancellationToken)
    {
        // Before the tasks are listed: those that finish meanwhile are not in it.
        var journal = await ReadJournalAsync(runId, faults, cancellationToken).ConfigureAwait(false);
        var objects = await _tree.AllAsync($"{datastore.Flow}/{runId}", cancellationToken).ConfigureAwait(false);
        var parts = await RunParts.OfAsync(_blobs, datastore.Flow, runId, objects, cancellationToken).ConfigureAwait(false);
        Parts[runId] = parts;
        counts.Runs++;
        var tasks = await CheckTasksAsync(objects, parts, references, counts, faults, cancellationToken).ConfigureAwait(false);
        if (hasRecords)
        {
            await CheckRecordsAsync(runId, objects, parts, faults, cancellationToken).ConfigureAwait(false);
        }

        var status = await CheckStateAsync(runId, objects, faults, cancellationToken).ConfigureAwait(false);
        if (parts.IsUnfinishedCopy)
        {
            faults.Add(new DatastoreFault(
                ErrorCodes.CopyUnfinished, $"{datastore.Flow}/{runId}",
                "A copy of this run to here is not finished: it is being made, or was cut off.",
                "If it was cut off, run 'metaflow copy' again: it sends what is missing.")
            { IsLeftover = true });
        }
        else if (objects.Count > 0 && parts.DataElsewhere is null)
        {
            await new LostTasks(datastore, runId, tasks, faults).FindAsync(
                journal, status is { State: RunState.Succeeded }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Checks the tasks.</summary>
    /// <returns>All of them; those that are complete with the artifacts of their last complete attempt.</returns>
    private async ValueTask<IReadOnlyList<TaskRecordCheck>> CheckTasksAsync(
        IReadOnlyList<string> objects, RunParts parts, BlobReferences references, VerifiedCounts counts, FaultList faults,
        CancellationToken cancellationToken)
    {
        var tasks = objects.Select(static path => path.Split('/')).Where(static names => names.Length > 4 && IsTask(names))
            .GroupBy(static names => new TaskPath(names[0], names[1], names[2], names[3]), static names => string.Join('/', names))
            .ToList();
        counts.Tasks += tasks.Count(static task => task.Key.Step != TaskPath.ParametersStep);
        var mustBeRegistered = parts.AreComparable && HasBegun(objects);
        var checks = new List<TaskRecordCheck>(tasks.Count);
        foreach (var batch in tasks.Chunk(TasksAtOnce))
        {
            var contents = await StoredRecords.ReadAsync(
                _blobs, [.. batch.SelectMany(static task => task).Where(TaskRecordCheck.IsRecord)], faults, cancellationToken)
                .ConfigureAwait(false);
            foreach (var task in batch)
            {
                var check = new TaskRecordCheck(task.Key, contents, task.ToHashSet(StringComparer.Ordinal), faults);
                check.CheckAttempts(references, counts);
                if (hasRecords)
                {
                    check.CheckRecords(references, parts, mustBeRegistered);
                }

                checks.Add(check);
            }
        }

        return checks;
    }

    // Until a task of a step is complete, the parameters may be stored and not registered.
    private static bool HasBegun(IReadOnlyList<string> objects)
        => objects.Any(static path => IsMark(path) && path.Split('/')[2] != TaskPath.ParametersStep);

    private static bool IsTask(string[] parts) => parts[2] != MetadataFiles.RecordFolder && parts[3] != MetadataFiles.RecordFolder;

    private static bool IsMark(string path)
        => path.EndsWith(BlobMarks.DoneEnd, StringComparison.Ordinal) && path.Split('/') is { Length: > 4 } parts && IsTask(parts);

    /// <summary>Checks the records of the run itself and of its steps.</summary>
    private async ValueTask CheckRecordsAsync(
        string runId, IReadOnlyList<string> objects, RunParts parts, FaultList faults, CancellationToken cancellationToken)
    {
        var own = $"{datastore.Flow}/{runId}/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}";
        var records = objects.Where(path => path == own || IsOfStep(path)).ToList();
        var contents = await StoredRecords.ReadAsync(_blobs, records, faults, cancellationToken).ConfigureAwait(false);
        foreach (var (path, json) in contents)
        {
            if (RecordRules.OfObject(json, [.. path.Split('/')[..^2]]) is { } why)
            {
                faults.AddUnreadable(ErrorCodes.MetadataUnreadable, path, why);
            }
        }

        if (!parts.AreComparable)
        {
            return;
        }

        var hasBegun = HasBegun(objects);
        if (hasBegun && !records.Contains(own))
        {
            faults.AddContradiction(own, "The run has tasks, but no record: no list of runs shows it.");
        }

        var steps = objects.Where(IsMark).Select(static path => string.Join('/', path.Split('/')[..3])).Distinct()
            .Where(step => hasBegun || !step.EndsWith("/" + TaskPath.ParametersStep, StringComparison.Ordinal))
            .Select(static step => $"{step}/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}");
        foreach (var missing in steps.Except(records))
        {
            faults.AddContradiction(missing, "The step has a complete task, but no record: no list of steps shows it.");
        }
    }

    private static bool IsOfStep(string path)
        => path.Split('/') is [_, _, not MetadataFiles.RecordFolder, MetadataFiles.RecordFolder, MetadataFiles.Self];

    /// <summary>Checks what the scheduler left at the end: the state of the run, and the end of its journal.</summary>
    private async ValueTask<RunStatus?> CheckStateAsync(
        string runId, IReadOnlyList<string> objects, FaultList faults, CancellationToken cancellationToken)
    {
        RunStatus? status = null;
        var path = RunStatus.PathOf(datastore.Flow, runId);
        if (objects.Contains(path)
            && (await StoredRecords.ReadAsync(_blobs, [path], faults, cancellationToken).ConfigureAwait(false)).Values
                .FirstOrDefault() is { } json)
        {
            status = RunStatus.Parse(json);
            if (status is null)
            {
                faults.AddUnreadable(ErrorCodes.MetadataUnreadable, path, "it is not the state of a run");
            }
        }

        // A process that dies cuts the last line of a journal short. One that ended the run did not die.
        if (status is { State: RunState.Succeeded or RunState.Failed or RunState.Cancelled } && _blobs is LocalBlobStore)
        {
            await CheckEndOfJournalAsync(RunFolder.JournalPathOf(datastore.Flow, runId), faults, cancellationToken).ConfigureAwait(false);
        }

        return status;
    }

    private async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadJournalAsync(
        string runId, FaultList faults, CancellationToken cancellationToken)
    {
        try
        {
            return await RunHomes.Of(_blobs, time).ReadJournalAsync(datastore.Flow, runId, cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException error)
        {
            faults.Add(RunFolder.JournalPathOf(datastore.Flow, runId), error);
            return [];
        }
    }

    private async ValueTask CheckEndOfJournalAsync(string journal, FaultList faults, CancellationToken cancellationToken)
    {
        try
        {
            if (faults.Faults.All(fault => fault.Path != journal)
                && await _blobs.ReadAsync(journal, cancellationToken).ConfigureAwait(false) is { } content)
            {
                _ = JournalFile.Parse(content, $"{_blobs.Root}/{journal}", mayBeTorn: false);
            }
        }
        catch (MetaflowException error)
        {
            faults.Add(journal, error);
        }
    }

    private async ValueTask<bool> IsAtWorkAsync(string runId, CancellationToken cancellationToken)
        => await RunLiveness.OfAsync(_blobs, datastore.Flow, runId, time, cancellationToken).ConfigureAwait(false)
            is { State: RunState.Running or RunState.Pending };
}
