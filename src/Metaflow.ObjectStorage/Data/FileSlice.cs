using Metaflow.ObjectStorage.Http;
using Metaflow.Platform;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Reads a file, or a part of it, as it was when it was opened.</summary>
internal sealed class FileSlice : ReadOnceStream
{
    private readonly FileStream _file;
    private readonly long _end;

    private FileSlice(FileStream file, long start, long end)
    {
        (_file, Start, _end) = (file, start, end);
        file.Position = start;
    }

    /// <summary>Gets the position of the first byte in the file.</summary>
    public long Start { get; }

    /// <inheritdoc/>
    public override long Length => _end - Start;

    /// <inheritdoc/>
    public override long Position
    {
        get => _file.Position - Start;
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="range">The part.</param>
    /// <param name="address">Its address, for errors.</param>
    /// <exception cref="Errors.StorageException">The file has no such part (MF3028).</exception>
    public static FileSlice? Open(string path, ObjectRange range, string address)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var length = file.Length;
        var start = range.Offset < 0 ? Math.Max(0, length + range.Offset) : range.Offset;
        var end = range.Offset >= 0 && range.Length is { } count ? Math.Min(length, start + count) : length;
        if (range.IsWhole || start < end)
        {
            return new FileSlice(file, start, end);
        }

        file.Dispose();
        throw DataErrors.NoSuchPart(address, range);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => _file.Read(buffer[..(int)Math.Min(buffer.Length, _end - _file.Position)]);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
