using System.Globalization;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Keeps metadata as small JSON files in the tree of the local datastore, as Python Metaflow's local provider does.</summary>
/// <remarks>Safe for several threads and processes. Its methods do their work before they return.</remarks>
internal sealed partial class LocalMetadataProvider : IMetadataProvider
{
    private readonly MetadataFolders _folders;
    private readonly DurableFolders _durable;
    private readonly TimeProvider _time;

    /// <summary>Initializes a provider.</summary>
    /// <param name="root">The absolute path of the root, which ends in <c>/.metaflow</c>.</param>
    /// <param name="time">The clock.</param>
    public LocalMetadataProvider(string root, TimeProvider time)
        : this(root, time, new DiskFileReader())
    {
    }

    /// <summary>Initializes a provider whose records lie in a store's folder, beside its data. What one of them has made durable the
    /// other does not again.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="time">The clock.</param>
    public LocalMetadataProvider(LocalBlobStore blobs, TimeProvider time)
        : this(RootOf(blobs), time, new DiskFileReader(), blobs.Folders)
    {
    }

    internal LocalMetadataProvider(string root, TimeProvider time, IFileReader files, DurableFolders? durable = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _folders = new MetadataFolders(Location, files);
        _durable = durable ?? new DurableFolders(Location, time);
        _time = time;
    }

    private static string RootOf(LocalBlobStore blobs)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        return blobs.Root;
    }

    /// <inheritdoc/>
    public string TypeName => "local";

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public async ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RunTags.CheckNew(run);

        // Records keep milliseconds: what is returned now and what is read later must be equal.
        var created = run with { CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds(Now())) };
        if (run.RunId.Length == 0)
        {
            created = created with { RunId = ClaimRunId(run.Flow) };
        }
        else if (Find(run.Flow, run.RunId) is { } known)
        {
            return known;
        }

        var files = new List<PendingFile>(2);
        AddMissing(files, _folders.FolderOf(run.Flow), () => MetadataRecordJson.Flow(run.Flow, Milliseconds(created.CreatedAt)));
        AddMissing(files, _folders.FolderOf(run.Flow, created.RunId), () => MetadataRecordJson.Run(created));
        var kept = await SaveAsync(files, cancellationToken).ConfigureAwait(false);

        // Another process may have registered the same id at the same moment: then its record counts.
        var lost = kept.Any(file => file.Path == MetadataFolders.SelfOf(_folders.FolderOf(run.Flow, created.RunId)));
        return lost ? Find(run.Flow, created.RunId)! : created;
    }

    /// <inheritdoc/>
    public async ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = Milliseconds(Now());
        var files = new List<PendingFile>(2);
        AddMissing(files, _folders.FolderOf(task.Flow, task.RunId, task.Step), () => MetadataRecordJson.Step(run, task.Step, now));
        AddMissing(files, _folders.FolderOf(task.Flow, task.RunId, task.Step, task.TaskId), () => MetadataRecordJson.Task(run, task, now));
        await SaveAsync(files, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = _folders.RecordsOf(task);
        var now = Milliseconds(Now());
        var files = new List<PendingFile>(data.Count + artifacts.Count);

        // No reader finds an attempt done whose artifacts are not listed yet, after a power cut either.
        foreach (var artifact in artifacts)
        {
            var json = MetadataRecordJson.Artifact(run, task, artifact, now);
            files.Add(new PendingFile(Path.Combine(folder, MetadataFiles.OfArtifact(artifact.Attempt, artifact.Artifact.Name)), json));
        }

        for (var pending = data; files.Count + pending.Count > 0; now++)
        {
            var added = AddData(files, run, task, pending, now);

            // A file is kept when another process recorded the same field in the same millisecond.
            pending = [.. (await SaveAsync(files, cancellationToken).ConfigureAwait(false)).Select(file => added[file.Path])];
            files.Clear();
        }
    }

    private static void AddMissing(List<PendingFile> files, string folder, Func<byte[]> json)
    {
        var path = MetadataFolders.SelfOf(folder);
        if (!File.Exists(path))
        {
            files.Add(new PendingFile(path, json(), ExistingFile.Kept));
        }
    }

    private ValueTask<IReadOnlyList<PendingFile>> SaveAsync(IReadOnlyList<PendingFile> files, CancellationToken cancellationToken)
        => DurableFileGroup.SaveAsync(files, _durable, MetadataErrors.Write, cancellationToken);

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private Dictionary<string, MetadataDatum> AddData(
        List<PendingFile> files, RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, long now)
    {
        var folder = _folders.RecordsOf(task);
        var added = new Dictionary<string, MetadataDatum>(StringComparer.Ordinal);
        var last = new List<PendingFile>(1);
        foreach (var datum in data)
        {
            // The file's name is all that tells two data of one field apart.
            var milliseconds = now;
            while (added.ContainsKey(DatumPath(folder, datum, milliseconds)) || File.Exists(DatumPath(folder, datum, milliseconds)))
            {
                milliseconds++;
            }

            var json = MetadataRecordJson.Datum(run, task, datum, milliseconds);
            var path = DatumPath(folder, datum, milliseconds);
            added.Add(path, datum);
            var isDone = MetadataFiles.IsDone(Path.GetFileName(path));
            (isDone ? last : files).Add(new PendingFile(path, json, ExistingFile.Kept) { IsLast = isDone });
        }

        files.AddRange(last);
        return added;
    }

    private static string DatumPath(string folder, MetadataDatum datum, long milliseconds)
        => Path.Combine(folder, MetadataFiles.OfDatum(datum.Field, milliseconds));

    // Making the folder is what claims the id: only one process can. The id is the time in microseconds, as Python Metaflow's is.
    private string ClaimRunId(string flow)
    {
        var flowFolder = _folders.FolderOf(flow);
        try
        {
            Directory.CreateDirectory(flowFolder);
            var id = (Now() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            while (!DurableFile.TryCreateFolder(Path.Combine(flowFolder, id.ToString(CultureInfo.InvariantCulture))))
            {
                id++;
            }

            DurableFile.FlushFolder(flowFolder);
            return id.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Write(error, flowFolder);
        }
    }

    private DateTimeOffset Now() => _time.GetUtcNow();
}
