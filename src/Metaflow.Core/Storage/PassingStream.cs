using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>Reads a stream and writes what it reads to another one, so that bytes are checked on their way.</summary>
/// <param name="source">Is read; it is left open.</param>
/// <param name="name">The path of what is read, for errors.</param>
/// <param name="target">Receives the bytes; it is left open.</param>
/// <param name="passed">Is told how many bytes passed.</param>
internal sealed class PassingStream(Stream source, string name, Stream target, Action<int>? passed = null) : ReadOnceStream
{
    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = source.Read(buffer);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // Who writes the target would take it for a failure of the target.
            throw StorageErrors.Read(error, name);
        }

        target.Write(buffer[..read]);
        passed?.Invoke(read);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, name);
        }

        await target.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        passed?.Invoke(read);
        return read;
    }
}
