using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>The datastore of a flow: what its tasks leave, and the values they leave it with.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FlowDatastore
{
    private const string UrlStart = "local://";

    private readonly TimeProvider _time;

    /// <summary>Initializes a datastore.</summary>
    /// <param name="blobs">Where everything is kept.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="time">The clock.</param>
    public FlowDatastore(IBlobStore blobs, string flow, TimeProvider time)
        : this(blobs, flow, time, null)
    {
    }

    internal FlowDatastore(IBlobStore blobs, string flow, TimeProvider time, PayloadCache? cache, PayloadFiles? files = null)
    {
        Blobs = blobs;
        Flow = flow;
        _time = time;
        Content = new ContentAddressedStore(blobs, flow) { Cache = cache, Files = files };
        Relied = SweepWatch.Of(blobs, flow, time) is { } watch ? new ReliedObjects(this, watch) : null;
    }

    /// <summary>Gets where everything is kept.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>Gets the values by their hashes.</summary>
    public ContentAddressedStore Content { get; }

    /// <summary>Gets the flow's name.</summary>
    public string Flow { get; }

    /// <summary>Gets what keeps collections away from what tasks count on; <see langword="null"/> where the store itself does.</summary>
    internal ReliedObjects? Relied { get; }

    /// <summary>Returns a writer of an attempt. It writes nothing by itself.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <returns>The writer.</returns>
    public TaskDatastoreWriter OpenWriter(TaskPath task, int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        return new TaskDatastoreWriter(this, task, attempt, _time);
    }

    /// <summary>Opens the artifacts of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the latest one that was started.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts.</returns>
    /// <exception cref="StorageException">The attempt is not complete (MF4008): an earlier complete one does not stand in for it.
    /// Its list is unreadable (MF4009).</exception>
    public async ValueTask<TaskArtifacts> OpenTaskAsync(TaskPath task, int? attempt, CancellationToken cancellationToken)
    {
        var number = attempt ?? await FindLatestAttemptAsync(task, cancellationToken).ConfigureAwait(false);
        var artifacts = number < 0 ? null : await TryOpenAttemptAsync(task, number, cancellationToken).ConfigureAwait(false);
        return artifacts ?? throw NotComplete(task, number);
    }

    /// <summary>Opens the artifacts of a task if its latest attempt is complete.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts, or <see langword="null"/> when the latest attempt that was started is not complete, or none was.</returns>
    /// <exception cref="StorageException">The list of artifacts is missing or unreadable (MF4009).</exception>
    public async ValueTask<TaskArtifacts?> TryOpenTaskAsync(TaskPath task, CancellationToken cancellationToken)
    {
        var number = await FindLatestAttemptAsync(task, cancellationToken).ConfigureAwait(false);
        return number < 0 ? null : await TryOpenAttemptAsync(task, number, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a note about an attempt, such as <c>task_end</c>.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <param name="name">The note's name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its content, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="StorageException">The note could not be read (MF4004, MF4007).</exception>
    public ValueTask<byte[]?> ReadNoteAsync(TaskPath task, int attempt, string name, CancellationToken cancellationToken)
        => ReadAsync(AttemptFiles.PathOf(task, attempt, name), cancellationToken);

    /// <summary>Returns whether an attempt is complete. Its artifacts are not opened.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it is.</returns>
    public ValueTask<bool> IsCompleteAsync(TaskPath task, int attempt, CancellationToken cancellationToken)
        => ExistsAsync(task, attempt, AttemptFiles.Done, cancellationToken);

    /// <summary>Opens the artifacts of an attempt if it is complete.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts, or <see langword="null"/> when the attempt is not complete.</returns>
    /// <exception cref="StorageException">The list of artifacts is missing or unreadable (MF4009).</exception>
    public async ValueTask<TaskArtifacts?> TryOpenAttemptAsync(TaskPath task, int attempt, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(task, attempt, AttemptFiles.Done, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var path = AttemptFiles.PathOf(task, attempt, AttemptFiles.Data);
        var json = await ReadAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw StorageErrors.Unreadable(
                $"{Blobs.Root}/{path}", new JsonException("the file is missing although the attempt is complete"));
        try
        {
            return new TaskArtifacts(this, task, attempt, DataFile.FromJson(json));
        }
        catch (JsonException error)
        {
            throw StorageErrors.Unreadable($"{Blobs.Root}/{path}", error);
        }
    }

    /// <summary>Stores a file that a parameter includes.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The URL that the parameter's artifact keeps.</returns>
    /// <exception cref="StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public async ValueTask<string> SaveFileAsync(byte[] content, CancellationToken cancellationToken)
    {
        var payload = new ReadOnlySequence<byte>(content);
        var path = IncludedPath(BlobContent.KeyOf(payload));
        var write = BlobWrite.Of(path, stream => BlobCompression.Write(payload, stream));
        if (Relied is not null)
        {
            await Relied.AddFileAsync(write).ConfigureAwait(false);
        }

        using var hold = (Blobs as IBlobRetention)?.Hold(Flow);
        await Blobs.SaveAsync([write], overwrite: true, cancellationToken).ConfigureAwait(false);
        return Blobs.Root.Contains("://", StringComparison.Ordinal)
            ? $"{Blobs.Root.TrimEnd('/')}/{path}"
            : $"{UrlStart}{Blobs.Root}/{path}";
    }

    /// <summary>Makes sure that what artifacts of an earlier run refer to stays, blobs and included files, before something new refers to
    /// them: a collection of garbage may just be removing that run.</summary>
    /// <param name="records">The artifacts.</param>
    /// <param name="areParameters">Whether they are parameters, of which an early version did not record which are files.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hashes of blobs and files that are gone.</returns>
    /// <exception cref="StorageException">A collection keeps the blobs (MF4015), or a descriptor of a file cannot be read (MF4005,
    /// MF4007).</exception>
    public async ValueTask<IReadOnlyList<string>> RetainAsync(
        IReadOnlyCollection<ArtifactRecord> records, bool areParameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var missing = Relied is null
            ? Content.Retain(records.Select(static record => record.Key))
            : await Relied.AddAsync(records, cancellationToken).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            return missing;
        }

        var urls = await IncludedAsync(records, areParameters, cancellationToken).ConfigureAwait(false);
        if (Blobs is not IBlobRetention retention)
        {
            return Relied is null
                ? []
                : await Relied.AddFilesAsync(
                    [.. urls.Where(url => FindElsewhere(url) is null).Select(HashOf)], cancellationToken).ConfigureAwait(false);
        }

        using var hold = urls.Count > 0 ? retention.Hold(Flow) : null;
        return [.. urls.Where(url => !retention.TryRefresh(IncludedPath(HashOf(url))) && FindElsewhere(url) is null).Select(HashOf)];
    }

    private async ValueTask<List<string>> IncludedAsync(
        IEnumerable<ArtifactRecord> records, bool areParameters, CancellationToken cancellationToken)
    {
        var urls = new List<string>();
        foreach (var record in records.Where(record => IncludedContent.Is(record) ?? areParameters))
        {
            var payload = await Content.LoadAsync(record.Key, cancellationToken).ConfigureAwait(false);
            if (IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(
                payload, record.Encoding)) is { SubType: not IncludedContent.ExternalFile } file)
            {
                urls.Add(file.Url);
            }
        }

        return urls;
    }

    /// <summary>Reads what an artifact of an earlier run refers to, its blob and an included file, before something new refers to
    /// it.</summary>
    /// <param name="artifact">The artifact.</param>
    /// <param name="isParameter">Whether it is a parameter, of which an early version did not record which are files.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all is found to be whole.</returns>
    /// <exception cref="StorageException">A blob or file is missing (MF4002, MF4011), corrupt (MF4005) or unreadable (MF4004,
    /// MF4007).</exception>
    public async ValueTask CheckAsync(ArtifactRecord artifact, bool isParameter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        await Content.CheckAsync(artifact.Key, cancellationToken).ConfigureAwait(false);
        if (!(IncludedContent.Is(artifact) ?? isParameter))
        {
            return;
        }

        var payload = await Content.LoadAsync(artifact.Key, cancellationToken).ConfigureAwait(false);
        if (IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(
            payload, artifact.Encoding)) is { SubType: not IncludedContent.ExternalFile } file)
        {
            await LoadFileAsync(file.Url, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Loads an included file.</summary>
    /// <param name="url">Its URL. When the datastore was moved, the file is found by its hash, the last part of the URL.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="StorageException">The file is missing (MF4011) or corrupt (MF4005).</exception>
    public async ValueTask<byte[]> LoadFileAsync(string url, CancellationToken cancellationToken)
    {
        var key = HashOf(url);
        var path = IncludedPath(key);
        if (await Content.TryReadKeptAsync(key, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        var read = await Blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false);

        // Not by way of an array of the packed bytes: of a file that does not compress these are more than the file has.
        var elsewhere = read is null ? await OpenElsewhereAsync(url, cancellationToken).ConfigureAwait(false) : null;
        using var stream = read?.Content ?? elsewhere ?? throw FileMissing(url);
        try
        {
            var content = await BlobContent.ReadAsync(stream, isRaw: false, key, 0, cancellationToken).ConfigureAwait(false)
                ?? throw StorageErrors.Corrupt(key, $"{Blobs.Root}/{path}");
            Content.Files?.Add(key, content);
            return content;
        }
        catch (OverflowException error)
        {
            throw StorageErrors.TooLarge(key, $"{Blobs.Root}/{path}", error);
        }
        catch (Exception error) when (FileFaults.IsFileError(error) && error is not InvalidDataException)
        {
            throw StorageErrors.Read(error, $"{Blobs.Root}/{path}");
        }
        catch (InvalidDataException error)
        {
            throw StorageErrors.Corrupt(key, $"{Blobs.Root}/{path}", error);
        }
    }

    /// <summary>Loads a file that a run refers to but did not store.</summary>
    /// <param name="url">Its URL or path.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="StorageException">The file is missing, or not on this machine (MF4011).</exception>
    internal async ValueTask<byte[]> LoadExternalAsync(string url, CancellationToken cancellationToken)
        => (LocalPathOf(url) is { } path
            ? Opened(path, () => UserFile.ReadAllBytes(path))
            : await AddressedFile.ReadAsync(url, Reachable, cancellationToken).ConfigureAwait(false)) ?? throw FileMissing(url);

    /// <summary>Returns the latest attempt that was started. An attempt that left nothing, as its process could not be started, is not
    /// the end of the attempts.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The attempt's number, or -1 when none was started.</returns>
    internal async ValueTask<int> FindLatestAttemptAsync(TaskPath task, CancellationToken cancellationToken)
    {
        // All at once: a store that is far away takes for all as long as for one.
        var paths = new string[AttemptFiles.MaxAttempts];
        for (var attempt = 0; attempt < paths.Length; attempt++)
        {
            paths[attempt] = AttemptFiles.PathOf(task, attempt, AttemptFiles.Started);
        }

        // From the last one that there can be: whatever is missing below it does not count.
        var states = await Blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        for (var attempt = states.Count - 1; attempt >= 0; attempt--)
        {
            if (states[attempt] is not null)
            {
                return attempt;
            }
        }

        return -1;
    }

    /// <summary>Reads a small object of the datastore whole.</summary>
    /// <param name="path">Its path relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes, or <see langword="null"/> if there is none.</returns>
    internal ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => Blobs.ReadAsync(path, cancellationToken);

    private static StorageException NotComplete(TaskPath task, int attempt) => new(
        ErrorCodes.NoCompletedAttempt,
        $"The task '{task}' has no completed attempt.",
        attempt < 0
            ? "No attempt was started in this datastore."
            : $"Attempt {attempt} was started but did not store its artifacts: it is running, or it was killed.",
        "Wait until the task has ended, or run the flow again.")
    { Pathspec = task.ToString() };

    /// <summary>Opens an included file that is not in the datastore itself.</summary>
    /// <param name="url">Its URL. It is trusted only when nothing of its hash is in this datastore, and who reads the content checks
    /// it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The bytes as stored, or <see langword="null"/> if there is no such file.</returns>
    /// <exception cref="StorageException">The file cannot be read (MF4004, MF4007).</exception>
    internal async ValueTask<Stream?> OpenElsewhereAsync(string url, CancellationToken cancellationToken)
        => FindElsewhere(url) is { } path
            ? Opened(path, () => UserFile.Open(path))
            : await AddressedFile.OpenAsync(url, Reachable, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds an included file that is not in the datastore itself. Python Metaflow stores it beside the folder <c>.metaflow</c>
    /// when METAFLOW_DATASTORE_SYSROOT_LOCAL is set, where it is still found when both were moved.</summary>
    private string? FindElsewhere(string url)
    {
        var beside = Blobs is LocalBlobStore && Path.GetDirectoryName(Blobs.Root) is { } parent
            ? Path.Combine(parent, "data", Flow, HashOf(url))
            : null;
        return ((string?[])[beside, LocalPathOf(url)]).FirstOrDefault(File.Exists);
    }

    private StoreOptions Reachable => new(ProcessVariables.ValueOf, _time);

    private static string HashOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    private static string? LocalPathOf(string url)
        => url.StartsWith(UrlStart, StringComparison.Ordinal) ? url[UrlStart.Length..] : Path.IsPathRooted(url) ? url : null;

    private static T? Opened<T>(string path, Func<T> open)
        where T : class
    {
        try
        {
            return File.Exists(path) ? open() : null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    private StorageException FileMissing(string url) => new(
        ErrorCodes.IncludedFileLost,
        $"The included file '{url}' is missing.",
        $"It is neither at its URL nor below 'data/{Flow}' of the datastore '{Blobs.Root}'.",
        "Restore the file, or copy the folder 'data' together with the flow's folder.");

    /// <summary>Returns where an included file is kept.</summary>
    /// <param name="key">Its hash.</param>
    /// <returns>The path relative to the store's root.</returns>
    internal string IncludedPath(string key) => $"data/{Flow}/{key}";

    private async ValueTask<bool> ExistsAsync(TaskPath task, int attempt, string name, CancellationToken cancellationToken)
        => (await Blobs.StateAsync([AttemptFiles.PathOf(task, attempt, name)], cancellationToken).ConfigureAwait(false))[0] is not null;
}
