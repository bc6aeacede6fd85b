namespace Metaflow.Python.Tests.Channels;

/// <summary>The body of an answer.</summary>
internal sealed class LocalBody : IAsyncDisposable
{
    private const int Block = 64 << 10;
    private readonly Stream _source;
    private readonly long _first;

    private LocalBody(Stream source, long first, long length) => (_source, _first, Length) = (source, first, length);

    /// <summary>How many bytes are sent.</summary>
    public long Length { get; }

    /// <summary>Opens the body of an answer.</summary>
    public static LocalBody Open(LocalAnswer answer, byte[]? instead)
    {
        Stream source = answer.File is null ? new MemoryStream()
            : instead is not null ? new MemoryStream(instead)
            : new FileStream(answer.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Block, useAsync: true);
        source.Position = answer.First;
        return new(source, answer.First, answer.Length);
    }

    /// <summary>Sends the bytes, with what goes wrong.</summary>
    /// <returns>Whether all was sent, so that the connection may go on.</returns>
    public async Task<bool> SendAsync(Stream target, LocalRequest request, LocalFault? fault, CancellationToken cancellationToken)
    {
        var end = Math.Min(Length, fault?.CutAfter ?? Length);
        var buffer = new byte[Block];
        var sent = 0L;
        while (sent < end)
        {
            var read = await _source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(Block, end - sent)), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            if (fault?.WrongByteAt is { } wrong && wrong >= _first + sent && wrong < _first + sent + read)
            {
                buffer[wrong - _first - sent] ^= 0xFF;
            }

            request.Count(read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent += read;
            if (fault?.Pause > TimeSpan.Zero)
            {
                await Task.Delay(fault.Pause, cancellationToken);
            }
        }

        return fault?.CutAfter is null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
