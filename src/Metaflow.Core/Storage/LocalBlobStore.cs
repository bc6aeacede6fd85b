using Metaflow.Errors;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Storage;

/// <summary>A store in a folder. Objects become visible by a rename, and are durable when a call returns.</summary>
/// <remarks>Its methods do their work before they return: local disks are fast, and a task process has nothing else to do
/// meanwhile.</remarks>
public sealed partial class LocalBlobStore : IBlobStore, IAppendableBlobStore, IBlobDurability, IBlobRetention
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

    /// <summary>Gets the folders whose names are durable: the records of the same root share them, so that each is flushed once.</summary>
    internal DurableFolders Folders { get; }

    /// <inheritdoc/>
    public ValueTask SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var files = new List<PendingFile>(writes.Count);
        var existing = new List<string>();
        foreach (var write in writes)
        {
            var path = FullPath(write.Path);
            if (!overwrite && File.Exists(path))
            {
                existing.Add(write.Path);
                continue;
            }

            AddCompanion(files, path, write.Packing);

            // Who is first may decide something, such as who leads a resume: of two processes at once one has to lose. Of packed blobs both have the same content.
            var keeps = !overwrite && write.Packing is null;
            files.Add(new PendingFile(path, write.Write, keeps ? ExistingFile.Kept : ExistingFile.Replaced, IsFinal: write.Packing is not null));
        }

        var kept = DurableFileGroup.Save(files, Folders, StorageErrors.Write);
        existing.AddRange(writes.Select(static write => write.Path).Where(path => kept.Any(file => file.Path == FullPath(path))));
        MakeDurable(existing, areFinal: false);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = FullPath(path);
        return ValueTask.FromResult(Guarded(full, () => Open(full)));
    }

    /// <inheritdoc/>
    public ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = FullPath(path);
        return ValueTask.FromResult(Guarded(full, () => _files.Length(full)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(string Name, bool IsFolder)>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = folder.Length == 0 ? Root : FullPath(folder);
        var names = new List<(string, bool)>();
        var entries = Guarded(full, () => _files.List(full));
        var files = entries.Where(static entry => !entry.IsFolder).Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, isFolder) in entries)
        {
            var path = Path.Combine(full, name);
            if (isFolder ? name != BlobPackingFile.Suffix : !Guarded(path, () => BlobPackingFile.IsCompanion(name, files.Contains, () => _files.Open(path))))
            {
                names.Add((name, isFolder));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<(string, bool)>>(names);
    }

    /// <inheritdoc/>
    public Stream OpenAppend(string path)
    {
        var full = FullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);

            RegularFile.Require(full);

            // Without a buffer of its own: what a failed write left in it would fail once more, and unexpectedly, when the stream is closed.
            var file = new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
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

    private void MakeDurable(IReadOnlyList<string> paths, bool areFinal)
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
            files.Add(new PendingFile(companion, stream => stream.Write(BlobPackingFile.ToJson(packing))));
        }
    }

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
        return _files.Length(companion) is null ? new BlobRead(content, null) : new BlobRead(content, ReadPacking(companion));
    }

    private BlobPacking? ReadPacking(string companion)
    {
        using var content = _files.Open(companion);
        if (content is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return BlobPackingFile.FromJson(bytes.ToArray());
    }

    private string FullPath(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Root, path));
        if (path.Length == 0 || !full.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new StorageException(
                ErrorCodes.PathOutsideStore,
                $"The path '{path}' is not one of the datastore.",
                $"It does not stay below the root '{Root}'.",
                "Check the names of the flow, the run, the step and the task for '..' and for slashes.");
        }

        return full;
    }
}
