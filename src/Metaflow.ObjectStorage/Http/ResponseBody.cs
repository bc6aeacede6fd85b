using System.Globalization;
using Metaflow.Platform;

namespace Metaflow.ObjectStorage.Http;

/// <summary>The body of a response, as the server sends it: of a known length, in chunks, or up to the end of the connection.</summary>
internal sealed class ResponseBody : ReadOnceStream
{
    private const long InChunks = -1;
    private const long ToTheEnd = -2;

    /// <summary>What is left of a body is read and thrown away up to this length, since a new connection costs more.</summary>
    private const int MostDrained = 16 << 10;

    private readonly HttpConnection _connection;
    private readonly bool _stays;
    private readonly Action<HttpConnection, bool> _ended;
    private readonly bool _isChunked;
    private readonly bool _isToTheEnd;
    private long _left;
    private bool _hasEnded;
    private bool _isInChunk;

    /// <summary>Begins to read a body.</summary>
    /// <param name="connection">The connection, after the head of the response.</param>
    /// <param name="length">What <see cref="LengthOf"/> said.</param>
    /// <param name="stays">Whether the connection serves others afterwards.</param>
    /// <param name="ended">Called once, with whether it does.</param>
    public ResponseBody(HttpConnection connection, long length, bool stays, Action<HttpConnection, bool> ended)
    {
        (_connection, _ended) = (connection, ended);
        (_isChunked, _isToTheEnd) = (length == InChunks, length == ToTheEnd);
        _stays = stays && !_isToTheEnd;
        _left = Math.Max(0, length);
        if (length == 0)
        {
            End(isWhole: true);
        }
    }

    /// <summary>Returns how a body ends: its length, or a negative number where the head does not say it.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="hasBody">Whether there is one at all.</param>
    public static long LengthOf(IReadOnlyDictionary<string, string> headers, bool hasBody)
        => !hasBody ? 0
            : (headers.GetValueOrDefault("transfer-encoding") ?? "").Contains("chunked", StringComparison.OrdinalIgnoreCase) ? InChunks
            : long.TryParse(headers.GetValueOrDefault("content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? length
                : ToTheEnd;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hasEnded || buffer.IsEmpty || (_isChunked && !await EnterChunkAsync(cancellationToken).ConfigureAwait(false)))
        {
            return 0;
        }

        var room = _isToTheEnd ? buffer : buffer[..(int)Math.Min(buffer.Length, _left)];
        return Took(await _connection.ReadAsync(room, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_hasEnded || buffer.IsEmpty || (_isChunked && !EnterChunkAsync(default).AsTask().GetAwaiter().GetResult()))
        {
            return 0;
        }

        return Took(_connection.Read(_isToTheEnd ? buffer : buffer[..(int)Math.Min(buffer.Length, _left)]));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_hasEnded)
        {
            Drain();
            End(isWhole: false);
        }

        base.Dispose(disposing);
    }

    private void Drain()
    {
        if (_isChunked || _isToTheEnd || _left > MostDrained)
        {
            return;
        }

        try
        {
            var rest = new byte[_left];
            while (!_hasEnded && Read(rest) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // Then the connection is closed, which is all that is left to do.
        }
    }

    private int Took(int read)
    {
        if (read == 0)
        {
            var isWhole = _isToTheEnd;
            End(isWhole);
            return isWhole ? 0 : throw new IOException("The server closed the connection in the middle of its answer.");
        }

        _left -= read;
        _isInChunk = _isChunked;
        if (!_isChunked && !_isToTheEnd && _left == 0)
        {
            End(isWhole: true);
        }

        return read;
    }

    private async ValueTask<bool> EnterChunkAsync(CancellationToken cancellationToken)
    {
        if (_left > 0)
        {
            return true;
        }

        if (_isInChunk)
        {
            await _connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            _isInChunk = false;
        }

        var line = await _connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        var digits = line.Split(';')[0].Trim();
        if (!long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            throw new IOException($"The server's answer has a chunk of the length '{digits}'.");
        }

        if (_left > 0)
        {
            return true;
        }

        while ((await _connection.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Length > 0)
        {
        }

        End(isWhole: true);
        return false;
    }

    private void End(bool isWhole)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _ended(_connection, isWhole && _stays);
        }
    }
}
