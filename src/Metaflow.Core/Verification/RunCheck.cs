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
        var run = $"{datastore.Flow}/{runId}";
        var objects = await _tree.AllAsync(run, cancellationToken).ConfigureAwait(false);
        var tasks = objects.Select(static path => path.Split('/')).Where(static parts => parts.Length > 4 && IsTask(parts))
            .GroupBy(static parts => new TaskPath(parts[0], parts[1], parts[2], parts[3]), static parts => string.Join('/', parts))
            .ToList();
        var hasBegun = objects.Any(static path => IsMark(path) && path.Split('/')[2] != TaskPath.ParametersStep);
        counts.Runs++;
        counts.Tasks += tasks.Count(static task => task.Key.Step != TaskPath.ParametersStep);
        foreach (var batch in tasks.Chunk(TasksAtOnce))
        {
            var contents = await StoredRecords.ReadAsync(
                _blobs, [.. batch.SelectMany(static task => task).Where(TaskRecordCheck.IsRecord)], faults, cancellationToken)
                .ConfigureAwait(false);
            foreach (var task in batch)
            {
                var check = new TaskRecordCheck(task.Key, contents, task.ToHashSet(StringComparer.Ordinal), hasBegun, faults);
                check.CheckAttempts(references, counts);
                if (hasRecords)
                {
                    check.CheckRecords(references);
                }
            }
        }

        if (hasRecords)
        {
            await CheckRecordsAsync(runId, objects, hasBegun, faults, cancellationToken).ConfigureAwait(false);
        }

        await CheckStateAsync(runId, objects, faults, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsTask(string[] parts) => parts[2] != MetadataFiles.RecordFolder && parts[3] != MetadataFiles.RecordFolder;

    private static bool IsMark(string path)
        => path.EndsWith(BlobMarks.DoneEnd, StringComparison.Ordinal) && path.Split('/') is { Length: > 4 } parts && IsTask(parts);

    /// <summary>Checks the records of the run itself and of its steps.</summary>
    private async ValueTask CheckRecordsAsync(
        string runId, IReadOnlyList<string> objects, bool hasBegun, FaultList faults, CancellationToken cancellationToken)
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

    /// <summary>Checks what the scheduler left: the state of the run, and its journal.</summary>
    private async ValueTask CheckStateAsync(
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

        var journal = RunFolder.JournalPathOf(datastore.Flow, runId);
        try
        {
            await CheckJournalAsync(runId, journal, status, cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException error)
        {
            faults.Add(journal, error);
        }
    }

    private async ValueTask CheckJournalAsync(string runId, string journal, RunStatus? status, CancellationToken cancellationToken)
    {
        _ = await RunHomes.Of(_blobs, time).ReadJournalAsync(datastore.Flow, runId, cancellationToken).ConfigureAwait(false);

        // A process that dies cuts the last line short. One that ended the run did not die.
        if (status is { State: RunState.Succeeded or RunState.Failed or RunState.Cancelled }
            && _blobs is LocalBlobStore && await _blobs.ReadAsync(journal, cancellationToken).ConfigureAwait(false) is { } content)
        {
            _ = JournalFile.Parse(content, $"{_blobs.Root}/{journal}", mayBeTorn: false);
        }
    }

    private async ValueTask<bool> IsAtWorkAsync(string runId, CancellationToken cancellationToken)
        => await RunLiveness.OfAsync(_blobs, datastore.Flow, runId, time, cancellationToken).ConfigureAwait(false)
            is { State: RunState.Running or RunState.Pending };
}
