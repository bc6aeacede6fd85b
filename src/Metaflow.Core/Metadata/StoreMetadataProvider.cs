using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Keeps records as small JSON objects in the datastore itself, whatever its type: a store of a package needs no provider of its
/// own.</summary>
/// <remarks>
/// <para>The names and the content are those of <see cref="LocalMetadataProvider"/>: a copy of such a store in a folder is read by Python
/// Metaflow's local provider.</para>
/// <para>Safe for several threads and processes. Records are created, never replaced: a change of tags is a record of its own.</para>
/// </remarks>
/// <param name="blobs">The datastore.</param>
/// <param name="time">The clock.</param>
internal sealed partial class StoreMetadataProvider(IBlobStore blobs, TimeProvider time) : IMetadataProvider
{
    /// <summary>The type by which settings and <c>--metadata</c> name the provider.</summary>
    public const string Type = "store";

    private const string Self = MetadataFiles.RecordFolder + "/" + MetadataFiles.Self;

    /// <inheritdoc/>
    public string TypeName => Type;

    /// <inheritdoc/>
    public string Location => blobs.Root;

    /// <inheritdoc/>
    public async ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        RunTags.CheckNew(run);
        var now = Milliseconds;

        // Records keep milliseconds: what is returned now and what is read later must be equal.
        var created = run with { CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(now) };
        if (run.RunId.Length > 0 && await FindRunAsync(run.Flow, run.RunId, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        await blobs.SaveAsync(
            [new BlobWrite(SelfOf(run.Flow), MetadataRecordJson.Flow(run.Flow, now))],
            overwrite: false,
            cancellationToken).ConfigureAwait(false);

        // Makes the bytes of two processes differ that register equal runs at the same moment: a store recognizes a write whose answer was
        // lost by its bytes.
        var claimant = Guid.NewGuid().ToString("N");
        for (var id = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond; ; id++)
        {
            // Creating the record is what claims the id: only one process can. The id is the time in microseconds, as Python Metaflow's
            // is.
            created = run.RunId.Length > 0 ? created : created with { RunId = id.ToString(CultureInfo.InvariantCulture) };
            var isMine = await blobs.SaveAsync(
                [new BlobWrite(SelfOf(run.Flow, created.RunId), MetadataRecordJson.Run(created, claimant: claimant))], overwrite: false,
                cancellationToken).ConfigureAwait(false);
            if (isMine[0])
            {
                return created;
            }

            if (run.RunId.Length > 0)
            {
                // Another process has registered the same id at the same moment: then its record counts.
                return await FindRunAsync(run.Flow, run.RunId, cancellationToken).ConfigureAwait(false) ?? created;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken cancellationToken)
    {
        var now = Milliseconds;
        BlobWrite[] writes =
        [
            new(SelfOf(task.Flow, task.RunId, task.Step), MetadataRecordJson.Step(run, task.Step, now)),
            new(SelfOf(task.Flow, task.RunId, task.Step, task.TaskId), MetadataRecordJson.Task(run, task, now)) { IsLast = true },
        ];
        await blobs.SaveAsync(writes, overwrite: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts,
        CancellationToken cancellationToken)
    {
        var folder = RecordsOf(task);
        var now = Milliseconds;
        if (artifacts.Count > 0)
        {
            // Before the data: no reader finds an attempt done whose artifacts are not listed yet.
            var writes = artifacts.Select(artifact => new BlobWrite(
                $"{folder}/{MetadataFiles.OfArtifact(artifact.Attempt, artifact.Artifact.Name)}",
                MetadataRecordJson.Artifact(run, task, artifact, now)));
            await blobs.SaveAsync([.. writes], overwrite: true, cancellationToken).ConfigureAwait(false);
        }

        for (var pending = data; pending.Count > 0; now++)
        {
            var added = Data(run, task, pending, now);
            var stored = await blobs.SaveAsync(
                [.. added.Select(static item => item.Write)], overwrite: false, cancellationToken).ConfigureAwait(false);

            // An object is kept when another process recorded the same field in the same millisecond.
            pending = [.. added.Where((_, i) => !stored[i]).Select(static item => item.Datum)];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken)
        => MetadataFiles.NewestFirst(
            await ChildrenAsync(
                "",
                static (json, name) => new FlowRecord(name, MetadataRecordJson.CreatedAt(json)),
                cancellationToken).ConfigureAwait(false),
            static flow => flow.CreatedAt,
            static flow => flow.Flow);

    /// <inheritdoc/>
    public ValueTask<FlowRecord?> FindFlowAsync(string flow, CancellationToken cancellationToken)
        => FindAsync(SelfOf(flow), json => new FlowRecord(flow, MetadataRecordJson.CreatedAt(json)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken)
    {
        var stored = await ChildrenAsync(
            PathOf(flow), (json, name) => new StoredRun(json, flow, name), cancellationToken,
            (name, error) => new StoredRun(Unreadable(flow, name, error), HasTagsElsewhere: false))
            .ConfigureAwait(false);
        var runs = await Task.WhenAll(stored.Select(run => WithTagsAsync(run, cancellationToken).AsTask())).ConfigureAwait(false);
        return MetadataFiles.NewestFirst(runs, static run => run.CreatedAt, static run => run.RunId);
    }

    /// <inheritdoc/>
    public async ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken)
        => await FindAsync(
            SelfOf(flow, runId), json => new StoredRun(json, flow, runId), cancellationToken).ConfigureAwait(false) is { } run
            ? await WithTagsAsync(run, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken)
        => MetadataFiles.NewestFirst(
            await ChildrenAsync(
                PathOf(flow, runId), (json, name) => new StepRecord(flow, runId, name, MetadataRecordJson.CreatedAt(json)),
                cancellationToken).ConfigureAwait(false),
            static step => step.CreatedAt,
            static step => step.Step);

    /// <inheritdoc/>
    public ValueTask<StepRecord?> FindStepAsync(string flow, string runId, string step, CancellationToken cancellationToken)
        => FindAsync(
            SelfOf(flow, runId, step), json => new StepRecord(flow, runId, step, MetadataRecordJson.CreatedAt(json)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(
        string flow, string runId, string step, CancellationToken cancellationToken)
        => MetadataFiles.NewestFirst(
            await ChildrenAsync(
                PathOf(flow, runId, step),
                (json, name) => new TaskRecord(new TaskPath(flow, runId, step, name), MetadataRecordJson.CreatedAt(json)),
                cancellationToken).ConfigureAwait(false),
            static task => task.CreatedAt,
            static task => task.Path.TaskId);

    /// <inheritdoc/>
    public ValueTask<TaskRecord?> FindTaskAsync(TaskPath task, CancellationToken cancellationToken)
        => FindAsync(
            SelfOf(task.Flow, task.RunId, task.Step, task.TaskId),
            json => new TaskRecord(task, MetadataRecordJson.CreatedAt(json)),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(
        TaskPath task, int? attempt, CancellationToken cancellationToken)
    {
        var folder = RecordsOf(task);
        var names = await NamesAsync(folder, cancellationToken).ConfigureAwait(false);
        if ((attempt ?? await LastDoneAttemptAsync(folder, names, cancellationToken).ConfigureAwait(false)) is not { } number)
        {
            return [];
        }

        var paths = names.Where(name => MetadataFiles.IsArtifact(name, number)).Select(name => $"{folder}/{name}").ToList();
        var artifacts = await ReadAsync(paths, MetadataRecordJson.ReadArtifact, cancellationToken).ConfigureAwait(false);
        return [.. artifacts.OrderBy(static artifact => artifact.Artifact.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken cancellationToken)
    {
        var folder = RecordsOf(task);
        var names = await NamesAsync(folder, cancellationToken).ConfigureAwait(false);
        var paths = names.Where(MetadataFiles.IsDatum).Select(name => $"{folder}/{name}").ToList();
        var data = await ReadAsync(paths, MetadataRecordJson.ReadDatum, cancellationToken).ConfigureAwait(false);

        // A stable sort: data of one millisecond stay in the order of their names.
        return [.. data.OrderBy(static datum => datum.CreatedAt)];
    }

    private long Milliseconds => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string PathOf(params ReadOnlySpan<string> names)
    {
        MetadataFiles.CheckNames(names);
        return string.Join('/', names);
    }

    private static string SelfOf(params ReadOnlySpan<string> names) => $"{PathOf(names)}/{Self}";

    private static string RecordsOf(TaskPath task)
        => $"{PathOf(task.Flow, task.RunId, task.Step, task.TaskId)}/{MetadataFiles.RecordFolder}";

    private static List<(MetadataDatum Datum, BlobWrite Write)> Data(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, long now)
    {
        var folder = RecordsOf(task);
        var added = new List<(MetadataDatum, BlobWrite)>(data.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var datum in data)
        {
            // The name is all that tells two data of one field apart.
            var milliseconds = now;
            while (!names.Add(MetadataFiles.OfDatum(datum.Field, milliseconds)))
            {
                milliseconds++;
            }

            added.Add((datum, new BlobWrite(
                $"{folder}/{MetadataFiles.OfDatum(datum.Field, milliseconds)}", MetadataRecordJson.Datum(run, task, datum, milliseconds))));
        }

        return added;
    }

    // One run that cannot be read hides no other: it is listed with the reason. Ids of local runs say when they began.
    private static RunRecord Unreadable(string flow, string runId, MetadataException error) => new(
        flow,
        runId,
        "",
        [],
        [],
        long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && id < long.MaxValue / TimeSpan.TicksPerMicrosecond / 10
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(id)
            : DateTimeOffset.UnixEpoch)
    { Problem = $"{error.Message} [{error.Code}]" };
}
