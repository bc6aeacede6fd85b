using Microsoft.Win32.SafeHandles;

namespace Metaflow.Platform;

/// <summary>One file to write.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="WriteAsync">Writes the content.</param>
/// <param name="Existing">What happens when the file exists.</param>
/// <param name="IsFinal">Whether the content of a path is always the same; such a file is marked once it is durable.</param>
internal sealed record PendingFile(
    string Path, Func<Stream, CancellationToken, ValueTask> WriteAsync, ExistingFile Existing = ExistingFile.Replaced, bool IsFinal = false)
{
    /// <summary>Initializes a file of known bytes.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="existing">What happens when the file exists.</param>
    public PendingFile(string path, byte[] content, ExistingFile existing = ExistingFile.Replaced)
        : this(path, (target, _) => Write(content, target), existing)
    {
    }

    /// <summary>Gets a value indicating whether the file becomes visible only when the names of all others of the group are durable. The
    /// default is <see langword="false"/>.</summary>
    /// <remarks>Without that, a power cut may keep any of the names that were given since their folder was flushed.</remarks>
    public bool IsLast { get; init; }

    private static ValueTask Write(byte[] content, Stream target)
    {
        target.Write(content);
        return ValueTask.CompletedTask;
    }
}

/// <summary>What happens when a file to write exists.</summary>
internal enum ExistingFile
{
    /// <summary>It is replaced in one step.</summary>
    Replaced,

    /// <summary>It is kept; the new one is reported back.</summary>
    Kept,
}

/// <summary>Writes files so that each is visible whole or not at all, and all are durable at the end.</summary>
/// <remarks>Temporary files lie beside the final ones as <c>.x.tmp</c>: listings leave them out, and one left by a crash harms
/// nobody.</remarks>
internal static class DurableFileGroup
{
    // Bounds the open files of a group.
    private const int GroupSize = 128;

    /// <summary>Returns true if a name is that of a temporary file.</summary>
    /// <param name="name">The name without its folder.</param>
    /// <returns>Whether readers must ignore it.</returns>
    public static bool IsTemporary(ReadOnlySpan<char> name) => name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal);

    /// <summary>Writes files; they become visible in the order given.</summary>
    /// <param name="files">The files, each path once; those that are last come last.</param>
    /// <param name="names">The folders whose names are durable.</param>
    /// <param name="translate">Makes the error to throw, from the cause and the path.</param>
    /// <param name="cancellationToken">Ends the writers early.</param>
    /// <returns>The files not written because they exist and are kept.</returns>
    public static async ValueTask<IReadOnlyList<PendingFile>> SaveAsync(
        IReadOnlyList<PendingFile> files, DurableFolders names, Func<Exception, string, Exception> translate,
        CancellationToken cancellationToken)
    {
        var kept = new List<PendingFile>();
        for (var start = 0; start < files.Count; start += GroupSize)
        {
            var count = Math.Min(GroupSize, files.Count - start);
            await new Group(names, translate, kept).SaveAsync(files, start, count, cancellationToken).ConfigureAwait(false);
        }

        return kept;
    }

    private sealed class Group(DurableFolders names, Func<Exception, string, Exception> translate, List<PendingFile> kept)
    {
        private readonly List<OpenFile> _open = [];
        private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
        private readonly HashSet<string> _readyFolders = new(StringComparer.Ordinal);
        private string _path = string.Empty;

        public async ValueTask SaveAsync(IReadOnlyList<PendingFile> files, int start, int count, CancellationToken cancellationToken)
        {
            try
            {
                for (var i = start; i < start + count; i++)
                {
                    var stream = Create(files[i]);
                    await files[i].WriteAsync(new PacedStream(stream), cancellationToken).ConfigureAwait(false);

                    // Not FlushAsync, which hops to the pool.
                    stream.Flush();
                }

                FlushFiles();
                PublishAll(isLast: false);
                PublishAll(isLast: true);
                _open.ForEach(Mark);
            }
            catch (Exception error) when (FileFaults.IsFileError(error))
            {
                throw translate(error, _path);
            }
            finally
            {
                _open.ForEach(Discard);
            }
        }

        private FileStream Create(PendingFile file)
        {
            _path = file.Path;
            var folder = Path.GetDirectoryName(file.Path)!;
            CreateFolder(folder);
            var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            _open.Add(new OpenFile(file, temporary, stream));
            return stream;
        }

        private void FlushFiles()
        {
            if (_open.Count > 0)
            {
                var handles = new List<SafeFileHandle>(_open.Count);
                _open.ForEach(file => handles.Add(file.Stream.SafeFileHandle));
                DurableFile.FlushAll(handles);
            }
        }

        private void PublishAll(bool isLast)
        {
            var published = _open.FindAll(file => file.File.IsLast == isLast);
            if (published.Count > 0)
            {
                published.ForEach(Publish);
                FlushFolders();
            }
        }

        private void Publish(OpenFile file)
        {
            _path = file.File.Path;
            if (file.File.Existing == ExistingFile.Replaced)
            {
                File.Move(file.Temporary, _path, overwrite: true);
                file.IsPublished = true;
            }
            else if (DurableFile.TryRenameExclusive(file.Temporary, _path))
            {
                file.IsPublished = true;
            }
            else
            {
                kept.Add(file.File);
            }

            var folder = Path.GetDirectoryName(_path)!;
            _folders.Add(folder);
            names.AddUnnamed(folder, _folders);
        }

        private void FlushFolders()
        {
            foreach (var folder in _folders)
            {
                _path = folder;
                names.Flush(folder);
            }

            _folders.Clear();
            foreach (var file in _open)
            {
                names.Remember(Path.GetDirectoryName(file.File.Path)!);
            }
        }

        private static void Mark(OpenFile file)
        {
            if (file.File.IsFinal)
            {
                DurableFile.MarkFinal(file.Stream.SafeFileHandle);
            }
        }

        // The name of a folder that was made is durable only when the folder above is flushed.
        private void CreateFolder(string folder)
        {
            if (!_readyFolders.Add(folder))
            {
                return;
            }

            var missing = new List<string>();
            for (var current = folder; current is not null && !Directory.Exists(current); current = Path.GetDirectoryName(current))
            {
                missing.Add(current);
            }

            if (missing.Count > 0)
            {
                Directory.CreateDirectory(folder);
                missing.ForEach(made => _folders.Add(Path.GetDirectoryName(made)!));
            }
        }

        private static void Discard(OpenFile file)
        {
            try
            {
                try
                {
                    file.Stream.Dispose();
                }
                finally
                {
                    // On a full disk closing fails too, because bytes are left in the buffer.
                    if (!file.IsPublished)
                    {
                        File.Delete(file.Temporary);
                    }
                }
            }
            catch (Exception error) when (FileFaults.IsFileError(error))
            {
                // What is left is ignored by every reader, and the first error matters more than this one.
            }
        }
    }

    private sealed class OpenFile(PendingFile file, string temporary, FileStream stream)
    {
        public PendingFile File { get; } = file;

        public string Temporary { get; } = temporary;

        public FileStream Stream { get; } = stream;

        public bool IsPublished { get; set; }
    }
}
