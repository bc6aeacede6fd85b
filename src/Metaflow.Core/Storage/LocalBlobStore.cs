using Metaflow.Errors;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Storage;

/// <summary>A store in a folder. Objects become visible by a rename, and are durable when a call returns.</summary>
/// <remarks>Its methods do their work before they return: local disks are fast, and a task process has nothing else to do
/// meanwhile.</remarks>
internal sealed partial class LocalBlobStore : IBlobStore, IAppendableBlobStore, IBlobDurability, IBlobRetention
{
    // Older files were written out by the system long ago (Linux does so after about 35 seconds).
    private static readonly TimeSpan SettledAge = TimeSpan.FromMinutes(5);

    private readonly IFileReader _files;
    private readonly TimeProvider _time;

    /// <summary>Initializes a store.</summary>
    /// <param name="root">The absolute path of its folder, which is made on the first write.</param>
    public LocalBlobStore(string root)
        : this(root, TimeProvider.System, new DiskFileReader())
    {
    }

    /// <summary>Initializes a store.</summary>
    /// <param name="root">The absolute path of its folder, which is made on the first write.</param>
    /// <param name="time">The clock, which tells what was written so long ago that the system has it on disk.</param>
    public LocalBlobStore(string root, TimeProvider time)
        : this(root, time, new DiskFileReader())
    {
    }

    internal LocalBlobStore(string root, TimeProvider time, IFileReader files)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _files = files;
        _time = time;
        Folders = new DurableFolders(Root, time);
    }

    /// <inheritdoc/>
    public string TypeName => "local";

    /// <inheritdoc/>
    public string Root { get; }

    /// <summary>Gets the folders whose names are durable: the records of the same root share them, so that each is flushed
    /// once.</summary>
    internal DurableFolders Folders { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var files = new List<PendingFile>(writes.Count);
        var existing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var write in InOrder(writes))
        {
            var path = FullPath(write.Path);
            if (!overwrite && File.Exists(path))
            {
                existing.Add(write.Path);
                continue;
            }

            AddCompanion(files, path, write.Packing);

            // Who is first may decide something, such as who leads a resume: of two processes at once one has to lose.
            files.Add(new PendingFile(
                path, write.WriteAsync, overwrite ? ExistingFile.Replaced : ExistingFile.Kept, IsFinal: write.Packing is not null)
            { IsLast = write.IsLast });
        }

        var kept = await DurableFileGroup.SaveAsync(files, Folders, StorageErrors.Write, cancellationToken).ConfigureAwait(false);
        if (kept.Count > 0)
        {
            existing.UnionWith(writes.Select(static write => write.Path).Where(path => kept.Any(file => file.Path == FullPath(path))));
        }

        MakeDurable(existing, areFinal: false);
        var stored = new bool[writes.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = !existing.Contains(writes[i].Path);
        }

        return stored;
    }

    /// <inheritdoc/>
    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = FullPath(path);
        return ValueTask.FromResult(Guarded(full, () => Open(full)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var states = new BlobState?[paths.Count];
        for (var i = 0; i < states.Length; i++)
        {
            var full = FullPath(paths[i]);
            states[i] = Guarded(full, () => _files.State(full)) is var (length, changedAt) ? new BlobState(length, changedAt) : null;
        }

        return ValueTask.FromResult<IReadOnlyList<BlobState?>>(states);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var contents = new byte[]?[paths.Count];
        for (var i = 0; i < contents.Length; i++)
        {
            var full = FullPath(paths[i]);
            contents[i] = Guarded(full, () => ReadWhole(full));
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(contents);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var full = FullPath(path);
            try
            {
                // The companion first: a blob that is written again meanwhile brings its own.
                if (_files.State(full) is not null)
                {
                    DeleteCompanion(full);
                }

                File.Delete(full);
            }
            catch (DirectoryNotFoundException)
            {
            }
            catch (Exception error) when (FileFaults.IsFileError(error))
            {
                throw StorageErrors.Write(error, full);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = folder.Length == 0 ? Root : FullPath(folder);
        var names = new List<BlobEntry>();
        var entries = Guarded(full, () => _files.List(full));
        var files = entries.Where(static entry => !entry.IsFolder).Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, isFolder) in entries)
        {
            var path = Path.Combine(full, name);
            if (isFolder
                ? name != BlobPackingFile.Suffix
                : !Guarded(path, () => BlobPackingFile.IsCompanion(name, files.Contains, () => _files.Open(path))))
            {
                names.Add(new BlobEntry(name, isFolder));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<BlobEntry>>(names);
    }

    /// <inheritdoc/>
    public Stream OpenAppend(string path)
    {
        var full = FullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);

            RegularFile.Require(full);

            // Without a buffer of its own: what a failed write left in it would fail once more, and unexpectedly, when the stream is
            // closed.
            var file = new FileStream(
                full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Seek(0, SeekOrigin.End);
            return file;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, full);
        }
    }

    /// <summary>Makes blobs durable that another process has just written; it may not have got to that yet, or never do.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    void IBlobDurability.MakeDurable(IReadOnlyList<string> paths) => MakeDurable(paths, areFinal: true);

    private void MakeDurable(IReadOnlyCollection<string> paths, bool areFinal)
    {
        var handles = new List<SafeFileHandle>();
        var parents = new HashSet<string>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var current = Root;
        try
        {
            foreach (var path in paths)
            {
                current = FullPath(path);
                var parent = Path.GetDirectoryName(current)!;
                parents.Add(parent);
                Folders.AddUnnamed(parent, folders);
                if (!IsSettled(current))
                {
                    RegularFile.Require(current);
                    handles.Add(File.OpenHandle(current));
                    folders.Add(parent);
                }
            }

            DurableFile.FlushAll(handles);
            foreach (var folder in folders)
            {
                Folders.Flush(folder);
            }

            foreach (var parent in parents)
            {
                Folders.Remember(parent);
            }

            if (areFinal)
            {
                handles.ForEach(DurableFile.MarkFinal);
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, current);
        }
        finally
        {
            handles.ForEach(static handle => handle.Dispose());
        }
    }

    private bool IsSettled(string path)
        => DurableFile.IsMarkedFinal(path) || _time.GetUtcNow() - File.GetLastWriteTimeUtc(path) >= SettledAge;

    private static void AddCompanion(List<PendingFile> files, string path, BlobPacking? packing)
    {
        // Readers take a blob without a companion for gzip, so only raw ones need it. It becomes visible before its blob.
        var companion = path + BlobPackingFile.Suffix;
        if (packing is { IsRaw: true } || (packing is not null && File.Exists(companion)))
        {
            files.Add(new PendingFile(companion, BlobPackingFile.ToJson(packing).ToArray()));
        }
    }

    private void DeleteCompanion(string path)
    {
        var companion = path + BlobPackingFile.Suffix;
        if (BlobPackingFile.IsCompanion(Path.GetFileName(companion), static _ => true, () => _files.Open(companion)))
        {
            File.Delete(companion);
        }
    }

    // A copy only where it changes something.
    private static IEnumerable<BlobWrite> InOrder(IReadOnlyList<BlobWrite> writes)
        => writes.Count > 1 && writes.Any(static write => write.IsLast) ? writes.OrderBy(static write => write.IsLast) : writes;

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    private BlobRead? Open(string path)
    {
        if (_files.Open(path) is not { } content)
        {
            return null;
        }

        var companion = path + BlobPackingFile.Suffix;
        return _files.State(companion) is null ? new BlobRead(content, null) : new BlobRead(content, ReadPacking(companion));
    }

    private BlobPacking? ReadPacking(string companion)
    {
        return ReadWhole(companion) is { } json ? BlobPackingFile.FromJson(json) : null;
    }

    private byte[]? ReadWhole(string path)
    {
        using var content = _files.Open(path);
        if (content is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private string FullPath(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Root, path));
        if (path.Length == 0 || !full.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new StorageException(
                ErrorCodes.PathOutsideStore,
                $"The path '{path}' does not belong to the datastore.",
                $"It does not stay below the root '{Root}'.",
                "Check the names of the flow, the run, the step and the task for '..' and for slashes.");
        }

        return full;
    }
}
