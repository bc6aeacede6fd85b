using System.Text.Json;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Environments.Storage;

/// <summary>A file with a list of environments, which processes of Metaflow for .NET and of the extension change at the same
/// time.</summary>
/// <remarks>
/// <para>All of them lock the file itself. The extension then puts a new file in its place. A process that waited for the lock of the
/// former file gets that lock, and must notice that it has the wrong file.</para>
/// <para>The extension does not notice: it would read the former file and undo the change made in between. Therefore a change made here
/// is written into the same file. What a crash may leave half written is in a second file until the first one is complete.</para>
/// </remarks>
/// <param name="path">The absolute path.</param>
/// <param name="patience">How long to wait for the lock.</param>
/// <param name="time">The clock.</param>
internal sealed class ManifestFile(string path, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Gets the path.</summary>
    public string Path => path;

    /// <summary>Gets a value indicating whether the file exists.</summary>
    public bool Exists => File.Exists(path);

    private string NextPath => path + ".next";

    /// <summary>Reads the list.</summary>
    /// <returns>The list; an empty one if there is no file.</returns>
    /// <exception cref="Errors.StorageException">It cannot be read (MF4007 and on, MF7031, MF7032), or is locked all the time
    /// (MF7033).</exception>
    public ManifestContent Read()
    {
        if (!Exists)
        {
            return new ManifestContent();
        }

        try
        {
            using var file = FolderLock.AcquireShared(path, patience) ?? throw RecordErrors.Held(path, patience);
            return Parse(file, out _);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    /// <summary>Changes the list.</summary>
    /// <param name="change">Changes it, and returns whether there was something to change. It may be called several times.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>A task that ends when the change is on disk.</returns>
    /// <exception cref="Errors.StorageException">As <see cref="EditAsync"/>.</exception>
    public async ValueTask ChangeAsync(Func<ManifestContent, bool> change, CancellationToken cancellationToken)
    {
        for (var isSaved = false; !isSaved;)
        {
            using var editing = await EditAsync(cancellationToken).ConfigureAwait(false);
            editing.Note(change(editing.Content));
            isSaved = editing.TrySave();
        }
    }

    /// <summary>Locks the list to change it.</summary>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>The open list, which the caller disposes.</returns>
    /// <exception cref="Errors.StorageException">It cannot be read or written (MF4001 and on, MF7031, MF7032), or is locked all the time
    /// (MF7033).</exception>
    public async ValueTask<Editing> EditAsync(CancellationToken cancellationToken)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            file = await LockAsync(cancellationToken).ConfigureAwait(false);
            var content = Parse(file, out var isUnfinished);
            return new Editing(this, file, content, isUnfinished);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            file?.Dispose();
            throw StorageErrors.Write(error, path);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    private static byte[] ReadAll(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private async ValueTask<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < patience;)
        {
            if (FolderLock.TryAcquire(path, out var file))
            {
                if (FileIdentity.IsAt(file, path))
                {
                    return file;
                }

                // The extension has put another file in its place since it was opened.
                file.Dispose();
                continue;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw RecordErrors.Held(path, patience);
    }

    private ManifestContent Parse(FileStream file, out bool isUnfinished)
    {
        // Whoever writes it holds the lock, which we have now: its writer was killed.
        isUnfinished = File.Exists(NextPath);
        if (!isUnfinished)
        {
            return Parse(ReadAll(file), path);
        }

        var next = Parse(File.ReadAllBytes(NextPath), NextPath);
        try
        {
            var content = ManifestContent.Read(ReadAll(file));
            content.TakeOver(next);
            return content;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return next;
        }
    }

    private static ManifestContent Parse(byte[] json, string path)
    {
        try
        {
            return ManifestContent.Read(json);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw RecordErrors.DamagedList(path, error);
        }
        catch (NotSupportedException error)
        {
            throw RecordErrors.NewerList(path, error);
        }
    }

    private void Write(FileStream file, byte[] json)
    {
        try
        {
            WriteNext(json);

            // It never becomes empty meanwhile: the extension looks at the length without a lock, and takes an empty file for none.
            file.Position = 0;
            file.Write(json);
            file.SetLength(json.Length);
            DurableFile.FlushAll([file.SafeFileHandle]);
            File.Delete(NextPath);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, path);
        }
    }

    private void WriteNext(byte[] json)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(json);
                DurableFile.FlushAll([file.SafeFileHandle]);
            }

            File.Move(temporary, NextPath, overwrite: true);
            DurableFile.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A list that is locked, to be changed.</summary>
    internal sealed class Editing : IDisposable
    {
        private readonly ManifestFile _owner;
        private readonly FileStream _file;
        private bool _isChanged;

        /// <summary>Takes over a locked file.</summary>
        /// <param name="owner">The file.</param>
        /// <param name="file">The open file.</param>
        /// <param name="content">What it says.</param>
        /// <param name="isUnfinished">Whether the last change was not written completely.</param>
        public Editing(ManifestFile owner, FileStream file, ManifestContent content, bool isUnfinished)
        {
            _owner = owner;
            _file = file;
            Content = content;
            _isChanged = isUnfinished;
        }

        /// <summary>Gets the list.</summary>
        public ManifestContent Content { get; }

        /// <summary>Takes note of a change.</summary>
        /// <param name="isChanged">Whether something changed.</param>
        public void Note(bool isChanged) => _isChanged |= isChanged;

        /// <summary>Writes the list if something changed.</summary>
        /// <returns><see langword="false"/> if another file took its place meanwhile, so that the change has to be made again: of two
        /// processes of the extension, the second one replaces a file that it has no lock of.</returns>
        /// <exception cref="Errors.StorageException">It cannot be written (MF4001 and on).</exception>
        public bool TrySave()
        {
            if (!_isChanged)
            {
                return true;
            }

            _owner.Write(_file, Content.ToBytes());
            _isChanged = false;
            return FileIdentity.IsAt(_file, _owner.Path);
        }

        /// <summary>Gives the lock back.</summary>
        public void Dispose() => _file.Dispose();
    }
}
