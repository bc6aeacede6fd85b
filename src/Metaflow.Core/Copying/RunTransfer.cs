using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Copying;

/// <summary>Copies one run.</summary>
/// <remarks>The order of the writes is what makes a copy safe. Of a group of tasks: the blobs, then the lists that name them and all that
/// belongs to the tasks; from then on, collections of garbage in the target keep the blobs. Of the run: the marks of complete attempts,
/// then the records of tasks and steps, then that of the run. A reader that looks for complete attempts, or for runs, sees none before all
/// is there.</remarks>
/// <param name="source">The source.</param>
/// <param name="target">The target.</param>
/// <param name="run">The run's record in the source.</param>
/// <param name="options">What the copy may do.</param>
/// <param name="tally">Counts.</param>
/// <param name="stores">What stores are opened with that settings name.</param>
/// <param name="planned">The blobs that copies would send that only say what they would; such a copy adds its own.</param>
internal sealed class RunTransfer(
    RunStores source, RunStores target, RunRecord run, RunCopyOptions options, CopyTally tally, StoreOptions stores,
    ConcurrentDictionary<string, bool> planned)
{
    private const int TasksAtOnce = 32;
    private const int SelvesAtOnce = 256;
    private const int MostRepairs = 5;

    private readonly KeyedTransfer _keyed = new(source.Blobs, target.Blobs, tally, options.IsDryRun ? planned : null);
    private readonly PlainTransfer _plain = new(source.Blobs, target.Blobs, tally, options.IsDryRun);
    private readonly CopiedPlace _place = new(run.Flow, target.Blobs);
    private readonly SweepWatch? _watch = options.IsDryRun ? null : SweepWatch.Of(target.Blobs, run.Flow, stores.Time);
    private readonly ConcurrentDictionary<string, KeyedObject> _done = new(StringComparer.Ordinal);
    private readonly List<PlainObject> _marks = [];
    private CopiedRecords? _records;

    private string Pathspec => $"{run.Flow}/{run.RunId}";

    private CopiedRecords Records => _records ??= new CopiedRecords(CopiedRecords.StoreOf(target), run, _place);

    /// <summary>Copies the run.</summary>
    /// <param name="status">What the target says of its state; <see langword="null"/> for a run of Python Metaflow.</param>
    /// <param name="existing">The run's record in the target.</param>
    /// <param name="lease">Keeps other processes from the run in the target; <see langword="null"/> for a run of Python Metaflow, and when
    /// nothing is written.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was sent.</returns>
    public async Task<RunCopyReport> CopyAsync(
        RunStatus? status, RunRecord? existing, IRunLease? lease, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);

        // Before the tasks are listed: a task that it says finished is among them, also of a run that is still running.
        var journal = new CopiedJournal(
            RunHomes.Of(source.Blobs, stores.Time), RunHomes.Of(target.Blobs, stores.Time), run.Flow, run.RunId);
        await journal.ReadAsync(tally, cancellationToken).ConfigureAwait(false);
        var steps = await source.Metadata.ListStepsAsync(run.Flow, run.RunId, cancellationToken).ConfigureAwait(false);
        var tasks = await TasksAsync(steps, cancellationToken).ConfigureAwait(false);
        tally.AllTasks = tasks.Count;
        var reader = new CopiedTaskReader(source, new FlowDatastore(source.Blobs, run.Flow, stores.Time), _plain, tally);
        foreach (var group in tasks.Keys.Chunk(TasksAtOnce))
        {
            var read = await Task.WhenAll(group.Select(task => reader.ReadAsync(task, cancellationToken))).ConfigureAwait(false);
            await CopyAsync(read, cancellationToken).ConfigureAwait(false);
            tally.AddTasks(group.Length);
        }

        await CopyFoldersAsync(cancellationToken).ConfigureAwait(false);
        await KeepAsync(cancellationToken).ConfigureAwait(false);
        if (!options.IsDryRun && !options.AllowsDamage && tally.Problems is { Count: > 0 } problems)
        {
            throw CopyErrors.Damaged(Pathspec, source.Blobs, problems);
        }

        await _plain.CopyAsync(_marks, cancellationToken).ConfigureAwait(false);
        if (lease is not null)
        {
            await journal.WriteAsync(lease, cancellationToken).ConfigureAwait(false);
            if (status is { State: not RunState.Unknown } && !journal.IsAheadInTarget)
            {
                await target.Blobs.SaveAsync(
                    [status.ToWrite(run.Flow, run.RunId)], overwrite: true, cancellationToken).ConfigureAwait(false);
            }
        }

        if (options.IsDryRun)
        {
            CountSelves(steps.Count, tasks.Values.Count(static task => task is not null), existing);
        }
        else
        {
            await ShowAsync(steps, [.. tasks.Values.OfType<TaskRecord>()], existing, cancellationToken).ConfigureAwait(false);
            await target.Blobs.DeleteAsync([CopyMark.PathOf(run.Flow, run.RunId)], cancellationToken).ConfigureAwait(false);
        }

        return new RunCopyReport(Pathspec, tasks.Count, tally.Sent, tally.Bytes, tally.Found, tally.Problems)
        {
            WasThere = existing is { Problem: null },
        };
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_watch is not null)
        {
            await _watch.BeginAsync().ConfigureAwait(false);
        }

        if (!options.IsDryRun)
        {
            await target.Blobs.SaveAsync(
                [CopyMark.Of(run.Flow, run.RunId, source.Blobs)], overwrite: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Finds the tasks: those that the metadata provider knows, and others that left something.</summary>
    private async Task<IReadOnlyDictionary<TaskPath, TaskRecord?>> TasksAsync(
        IReadOnlyList<StepRecord> steps, CancellationToken cancellationToken)
    {
        var tasks = new Dictionary<TaskPath, TaskRecord?>();
        var folders = await source.Blobs.ListAsync(Pathspec, cancellationToken).ConfigureAwait(false);
        foreach (var step in steps.Select(static step => step.Step)
            .Union(folders.Where(static entry => entry.IsFolder).Select(static entry => entry.Name), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))
        {
            foreach (var known in await source.Metadata.ListTasksAsync(
                run.Flow, run.RunId, step, cancellationToken).ConfigureAwait(false))
            {
                tasks.Add(known.Path, known);
            }

            foreach (var entry in await source.Blobs.ListAsync($"{Pathspec}/{step}", cancellationToken).ConfigureAwait(false))
            {
                if (entry.IsFolder)
                {
                    tasks.TryAdd(new TaskPath(run.Flow, run.RunId, step, entry.Name), null);
                }
            }
        }

        return tasks;
    }

    private async Task CopyAsync(IReadOnlyList<CopiedTask> tasks, CancellationToken cancellationToken)
    {
        var keyed = tasks.SelectMany(static task => task.Keyed).DistinctBy(static item => item.Path)
            .Where(item => _done.TryAdd(item.Path, item)).ToList();
        await _keyed.CopyAsync(keyed, evenIfFound: false, cancellationToken).ConfigureAwait(false);
        var moved = await MovedAsync(tasks, cancellationToken).ConfigureAwait(false);
        await _plain.CopyAsync(
            [.. tasks.SelectMany(static task => task.Objects).Where(item => !moved.ContainsKey(item.Path))],
            cancellationToken).ConfigureAwait(false);
        await SaveAsync([.. moved.Values], cancellationToken).ConfigureAwait(false);
        await CopyBatches.ForEachAsync(tasks, CopyRecordsAsync, cancellationToken).ConfigureAwait(false);
        _marks.AddRange(tasks.SelectMany(static task => task.Marks));
    }

    private async ValueTask CopyRecordsAsync(CopiedTask task, CancellationToken cancellationToken)
    {
        var (writes, found) = await Records.OfTaskAsync(task.Path, task.Known, cancellationToken).ConfigureAwait(false);
        if (!options.IsDryRun)
        {
            await Records.SaveAsync(writes, overwrite: false, cancellationToken).ConfigureAwait(false);
        }

        tally.AddFound(found);
        tally.AddSent(writes.Count, writes.Sum(static write => write.Length ?? 0));
    }

    /// <summary>Returns the notes that say where the code is: in the target it is in the target.</summary>
    private async Task<Dictionary<string, BlobWrite>> MovedAsync(IReadOnlyList<CopiedTask> tasks, CancellationToken cancellationToken)
    {
        string[] paths =
        [
            .. tasks.SelectMany(static task => task.Objects).Select(static item => item.Path)
                .Where(static path => path.EndsWith(".task_begin", StringComparison.Ordinal)),
        ];
        var notes = await source.Blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        var moved = new Dictionary<string, BlobWrite>(StringComparer.Ordinal);
        foreach (var (path, note) in paths.Zip(notes))
        {
            if (note is not null && _place.OfBeginning(note) is var changed && changed != note)
            {
                moved.Add(path, new BlobWrite(path, changed));
            }
        }

        return moved;
    }

    private async Task SaveAsync(IReadOnlyList<BlobWrite> writes, CancellationToken cancellationToken)
    {
        if (writes.Count > 0 && !options.IsDryRun)
        {
            await target.Blobs.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
        }

        tally.AddSent(writes.Count, writes.Sum(static write => write.Length ?? 0));
    }

    /// <summary>Copies cards, and the data that steps stored for the run.</summary>
    private async Task CopyFoldersAsync(CancellationToken cancellationToken)
    {
        var cards = await _plain.FindBelowAsync($"mf.cards/{run.Flow}/runs/{run.RunId}", cancellationToken).ConfigureAwait(false);
        await _plain.CopyAsync(cards, cancellationToken).ConfigureAwait(false);

        // Settings may have been others when the run ran.
        var to = OwnDataPlace.Of(target.Blobs, Pathspec, stores);
        OwnDataPlace[] places = [OwnDataPlace.Default(source.Blobs, Pathspec), OwnDataPlace.Of(source.Blobs, Pathspec, stores)];
        foreach (var from in places.Distinct())
        {
            await new OwnDataTransfer(from, to, tally, options.IsDryRun).CopyAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes sure that no collection of garbage removes what the lists name, which are durable now, and sends again what one
    /// removed meanwhile.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (options.IsDryRun)
        {
            return;
        }

        var lacking = tally.Problems.Select(static problem => problem.Path).ToHashSet(StringComparer.Ordinal);
        KeyedObject[] relied = [.. _done.Values.Where(item => !lacking.Contains(item.Path))];
        for (var tries = 0; tries < MostRepairs; tries++)
        {
            var lost = await LostAsync(relied, cancellationToken).ConfigureAwait(false);
            if (lost.Count == 0)
            {
                return;
            }

            await _keyed.CopyAsync(lost, evenIfFound: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<KeyedObject>> LostAsync(KeyedObject[] relied, CancellationToken cancellationToken)
    {
        if (target.Blobs is IBlobRetention retention)
        {
            using var hold = retention.Hold(run.Flow);
            return [.. relied.Where(item => !retention.TryRefresh(item.Path))];
        }

        if (_watch is null || !await _watch.MayHaveRemovedAsync(
            [.. relied.Select(static item => item.Key)], cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        var states = await target.Blobs.StateAsync(
            [.. relied.Select(static item => item.Path)], cancellationToken).ConfigureAwait(false);
        return [.. relied.Where((_, i) => states[i] is null)];
    }

    private void CountSelves(int steps, int tasks, RunRecord? existing)
    {
        if (existing is not { Problem: null })
        {
            tally.AddSent(tasks + steps + 1, 0);
        }
    }

    /// <summary>Stores the records that make the run visible, the run's own last.</summary>
    private async Task ShowAsync(
        IReadOnlyList<StepRecord> steps, IReadOnlyList<TaskRecord> tasks, RunRecord? existing, CancellationToken cancellationToken)
    {
        foreach (var group in tasks.Select(Records.SelfOf).Concat(steps.Select(Records.SelfOf)).Chunk(SelvesAtOnce))
        {
            await Records.SaveAsync(group, overwrite: false, cancellationToken).ConfigureAwait(false);
        }

        var flow = await source.Metadata.FindFlowAsync(run.Flow, cancellationToken).ConfigureAwait(false)
            ?? new FlowRecord(run.Flow, run.CreatedAt);
        await Records.SaveAsync([CopiedRecords.SelfOf(flow)], overwrite: false, cancellationToken).ConfigureAwait(false);
        CountSelves(steps.Count, tasks.Count, existing);
        if (existing is not { Problem: null })
        {
            await Records.SaveAsync([Records.SelfOfRun()], overwrite: true, cancellationToken).ConfigureAwait(false);
        }
        else if (run.Tags.Except(existing.Tags, StringComparer.Ordinal).ToList() is { Count: > 0 } tags)
        {
            await target.Metadata.ChangeTagsAsync(run.Flow, run.RunId, tags, [], cancellationToken).ConfigureAwait(false);
        }
    }
}
