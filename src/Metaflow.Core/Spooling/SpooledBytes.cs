using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Spooling;

/// <summary>Bytes that are kept in a temporary file, since they are too many for memory.</summary>
/// <remarks>It is written by one thread, and read by any number afterwards. On Linux and macOS the file has no name, so that nothing of it
/// remains when the process is killed. It exists until this object and what it returned are no longer in use.</remarks>
internal sealed class SpooledBytes : IDisposable
{
    // Arrays of this size die young.
    private const int PartSize = 64 << 10;

    private readonly FileStream _file;

    private SpooledBytes(FileStream file) => _file = file;

    private string Folder => Path.GetDirectoryName(_file.Name)!;

    /// <summary>Gets how many bytes there are.</summary>
    public long Length { get; private set; }

    /// <summary>Makes an empty file in the folder for temporary files.</summary>
    /// <returns>The bytes, of which there are none yet.</returns>
    /// <exception cref="StorageException">The file cannot be made (MF4117).</exception>
    public static SpooledBytes Create()
    {
        try
        {
            return Create(SpoolFolder.Find());
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw Failed("the folder for temporary files", error);
        }
    }

    /// <summary>Makes an empty file.</summary>
    /// <param name="folder">The folder in which it is.</param>
    /// <returns>The bytes, of which there are none yet.</returns>
    /// <exception cref="StorageException">The file cannot be made (MF4117).</exception>
    public static SpooledBytes Create(string folder)
    {
        try
        {
            return new SpooledBytes(OpenFile(folder));
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw Failed($"'{folder}'", error);
        }
    }

    private static FileStream OpenFile(string folder)
    {
        var path = Path.Combine(folder, $"metaflow-spool-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }

    /// <summary>Returns true if some bytes are of such a file, which nobody else can change.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Whether they are.</returns>
    public static bool Are(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetMemoryManager<byte, Part>(bytes, out _);

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="StorageException">The disk is full, or failed (MF4117).</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // For larger pieces Linux looks for larger places in memory, which took five times as long where memory was in use for long.
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(bytes.Length, PartSize)..])
            {
                var part = bytes[..Math.Min(bytes.Length, PartSize)];
                RandomAccess.Write(_file.SafeFileHandle, part, Length);
                Length += part.Length;
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw Failed($"'{Folder}'", error);
        }
    }

    /// <summary>Reads bytes.</summary>
    /// <param name="start">The place of the first.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>How many there are, as far as they have room.</returns>
    /// <exception cref="StorageException">The disk failed (MF4117).</exception>
    public int Read(long start, Span<byte> target)
    {
        var length = (int)Math.Clamp(Length - start, 0, target.Length);
        try
        {
            for (var count = 0; count < length;)
            {
                var read = RandomAccess.Read(_file.SafeFileHandle, target[count..length], start + count);
                count += read > 0 ? read : throw new EndOfStreamException("The file is shorter than what was written to it.");
            }

            return length;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw Failed($"'{Folder}'", error);
        }
    }

    /// <summary>Returns bytes as parts that are read each time that they are looked at.</summary>
    /// <param name="start">The place of the first.</param>
    /// <param name="length">How many.</param>
    /// <returns>The parts in order.</returns>
    public IEnumerable<ReadOnlyMemory<byte>> Parts(long start, long length)
    {
        for (var end = start + length; start < end; start += PartSize)
        {
            yield return new Part(this, start, (int)Math.Min(PartSize, end - start)).Memory;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static StorageException Failed(string place, Exception cause) => new(
        ErrorCodes.TemporaryFileFailed,
        $"A temporary file in {place} cannot be used.",
        FileFaults.Of(cause) == FileFault.Full
            ? "The disk is full. A value that is too long for memory is kept in a temporary file while it is stored or read."
            : $"A value that is too long for memory is kept there while it is stored or read. The system says: {cause.Message}",
        "Free some space, or name a folder with more in METAFLOW_TEMPDIR.",
        cause);

    private sealed class Part(SpooledBytes bytes, long start, int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan()
        {
            var content = GC.AllocateUninitializedArray<byte>(length);
            bytes.Read(start, content);
            return content;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
