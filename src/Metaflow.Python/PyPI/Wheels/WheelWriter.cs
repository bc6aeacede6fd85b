using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Writes the files of a wheel, several at once, and compares each with its hash in the wheel's list of files.</summary>
/// <param name="wheel">The wheel.</param>
/// <param name="layout">The folder.</param>
internal sealed class WheelWriter(WheelArchive wheel, PrefixLayout layout)
{
    private const int BufferSize = 128 << 10;
    private const string NewFile = ".metaflow-new";
    private const UnixFileMode EveryExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode EveryRead = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode EveryWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly ConcurrentQueue<string> _made = new();

    /// <summary>Writes all files.</summary>
    /// <param name="files">The files; their folders are there.</param>
    /// <param name="existing">Those whose places have a file, by their targets: whether that file is the same and stays.</param>
    /// <param name="writers">How many are written at once.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>What became of each file.</returns>
    /// <exception cref="InvalidDataException">A file is not what the wheel's list says.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public Task<WrittenFile[]> WriteAsync(
        IReadOnlyList<PlannedFile> files, IReadOnlyDictionary<string, bool> existing, int writers, CancellationToken cancellationToken)
        => ForEachAsync(
            files, writers,
            (file, open, buffer) => existing.TryGetValue(file.Target, out var isSame)
                ? isSame ? Keep(file, open, buffer) : Write(file, open, layout.PathOf(file.Target) + NewFile, true, buffer)
                : Write(file, open, layout.PathOf(file.Target), false, buffer),
            cancellationToken);

    /// <summary>Compares all files of the wheel with their hashes, and writes nothing.</summary>
    /// <param name="files">The files.</param>
    /// <param name="writers">How many are read at once.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="InvalidDataException">A file is not what the wheel's list says.</exception>
    public Task VerifyAsync(IReadOnlyList<PlannedFile> files, int writers, CancellationToken cancellationToken)
        => ForEachAsync(files, writers, Keep, cancellationToken);

    /// <summary>Removes what an interrupted <see cref="WriteAsync"/> wrote. A file that another caller made meanwhile stays.</summary>
    public void Undo()
    {
        foreach (var path in _made)
        {
            File.Delete(path);
        }
    }

    private delegate WrittenFile Work(PlannedFile file, OpenZip open, byte[] buffer);

    private async Task<WrittenFile[]> ForEachAsync(
        IReadOnlyList<PlannedFile> files, int writers, Work work, CancellationToken cancellationToken)
    {
        var results = new WrittenFile[files.Count];
        var next = -1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void Run()
        {
            using var open = new OpenZip(wheel);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int i; (i = Interlocked.Increment(ref next)) < files.Count;)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    results[i] = work(files[i], open, buffer);
                }
            }
            catch
            {
                stop.Cancel();
                throw;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        var tasks = Enumerable.Range(0, Math.Clamp(writers, 1, Math.Max(files.Count, 1)))
            .Select(_ => Task.Run(Run, CancellationToken.None)).ToList();

        // All end before anything is undone; that the others were stopped is not what went wrong.
        await Task.WhenAny(Task.WhenAll(tasks)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var failed = tasks.Find(static task => task.Exception is { InnerException: not OperationCanceledException });
        await (failed ?? Task.WhenAll(tasks)).ConfigureAwait(false);
        return results;
    }

    private WrittenFile Keep(PlannedFile file, OpenZip open, byte[] buffer)
    {
        if (file.Content is not null || file.IsScript)
        {
            return new WrittenFile(Line(file, Content(file, open)), null);
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Read(file.Entry!, open, buffer, static (_, _) => { }, sha256);
        return new WrittenFile(RecordEntry.Of(layout.ToRecordPath(file.Target), sha256, length), null);
    }

    private WrittenFile Write(PlannedFile file, OpenZip open, string path, bool waits, byte[] buffer)
    {
        var mode = EveryRead | EveryWrite | (file.IsExecutable ? EveryExecute : 0);
        var start = new FileStreamOptions
        {
            Mode = waits ? FileMode.Create : FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            // The user's mask takes rights away from it.
            start.UnixCreateMode = mode;
        }

        using var target = new FileStream(path, start);
        _made.Enqueue(path);
        if (file.Content is not null || file.IsScript)
        {
            var content = Content(file, open);
            target.Write(content);
            return new WrittenFile(Line(file, content), waits ? path : null);
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Read(file.Entry!, open, buffer, static (bytes, stream) => stream!.Write(bytes), sha256, target);
        return new WrittenFile(RecordEntry.Of(layout.ToRecordPath(file.Target), sha256, length), waits ? path : null);
    }

    private RecordEntry Line(PlannedFile file, byte[] content)
        => RecordEntry.Of(layout.ToRecordPath(file.Target), SHA256.HashData(content), content.Length);

    // Programs are small, and their first line changes.
    private byte[] Content(PlannedFile file, OpenZip open)
    {
        if (file.Content is { } made)
        {
            return made;
        }

        using var memory = new MemoryStream();
        var buffer = new byte[16 << 10];
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        Read(file.Entry!, open, buffer, static (bytes, stream) => stream!.Write(bytes), sha256, memory);
        return new ScriptText(layout).Localize(memory.ToArray());
    }

    private static long Read(
        WheelEntry entry, OpenZip open, byte[] buffer, Action<ReadOnlySpan<byte>, Stream?> write, Span<byte> sha256, Stream? target = null)
    {
        using var content = open.Zip.Entries[entry.Index].Open();
        var length = 0L;
        var algorithm = entry.Record!.Algorithm!.Value;
        var other = algorithm == HashAlgorithmName.SHA256 ? null : IncrementalHash.CreateHash(algorithm);
        using (other)
        {
            for (int read; (read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
            {
                var bytes = buffer.AsSpan(0, read);
                length += read;
                if (length > entry.Length)
                {
                    break;
                }

                open.Hash.AppendData(bytes);
                other?.AppendData(bytes);
                write(bytes, target);
            }

            open.Hash.GetHashAndReset(sha256);
            if (length != entry.Length || !entry.Record.HasHash(other is null ? sha256 : other.GetHashAndReset()))
            {
                throw new InvalidDataException($"Its file '{entry.Path}' is not the one whose hash is in its list of files.");
            }
        }

        return length;
    }

    /// <summary>The ZIP file as one thread has it.</summary>
    /// <param name="wheel">The wheel.</param>
    private sealed class OpenZip(WheelArchive wheel) : IDisposable
    {
        public ZipArchive Zip { get; } = wheel.OpenZip();

        public IncrementalHash Hash { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Dispose()
        {
            Zip.Dispose();
            Hash.Dispose();
        }
    }
}
