using System.Globalization;
using Metaflow.Aws.Http;

namespace Metaflow.Aws.S3;

/// <summary>Reads an object, as it was when it was opened. A connection that breaks is replaced by one that goes on where it
/// broke.</summary>
internal sealed class S3ObjectStream : ReceivedStream
{
    private readonly S3Client _client;
    private readonly string _key;
    private readonly string? _etag;
    private readonly long _length;
    private ObjectResponse? _response;
    private long _position;
    private int _failures;

    /// <summary>Begins to read.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="key">The key.</param>
    /// <param name="answer">The answer with the beginning of the object; the stream disposes it.</param>
    public S3ObjectStream(S3Client client, string key, S3Answer answer)
    {
        (_client, _key) = (client, key);
        _etag = answer.Response.Header("etag");
        _length = answer.Response.Length ?? throw new IOException("The server does not say how long the object is.");
        _response = answer.Response;
    }

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns true if an error says that a connection broke.</summary>
    /// <param name="error">The error.</param>
    public static bool IsBroken(Exception error) => error is IOException or ObjectDisposedException or System.Net.Sockets.SocketException;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_position < _length && buffer.Length > 0)
        {
            try
            {
                _response ??= await ReopenAsync(cancellationToken).ConfigureAwait(false);
                return Took(await _response.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception error) when (IsBroken(error))
            {
                Fail(error);
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_position < _length && buffer.Length > 0)
        {
            try
            {
                _response ??= ReopenAsync(default).AsTask().GetAwaiter().GetResult();
                return Took(_response.Body.Read(buffer));
            }
            catch (Exception error) when (IsBroken(error))
            {
                Fail(error);
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Took(int read)
    {
        _position += read > 0 ? read : throw new IOException("The server ended its answer before the object was whole.");
        _failures = 0;
        return read;
    }

    // Of a connection that breaks in the middle the request knows nothing.
    private void Fail(Exception error)
    {
        _response?.Dispose();
        _response = null;
        if (++_failures > _client.Settings.Retries)
        {
            throw S3Errors.Unreachable(What, _client.Bucket, _failures, error.Message, error, isWrite: false);
        }
    }

    private string What => $"The object '{_key}' of the bucket '{_client.Bucket}' could not be read to its end.";

    private async ValueTask<ObjectResponse> ReopenAsync(CancellationToken cancellationToken)
    {
        var request = S3Client.Request("GET", _key);
        request.Headers["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={_position}-");
        if (_etag is not null)
        {
            request.Headers["if-match"] = _etag;
        }

        var answer = await _client.SendAsync(request, What, cancellationToken).ConfigureAwait(false);
        if (answer.Response.Status == 206)
        {
            return answer.Response;
        }

        answer.Response.Dispose();
        throw S3Errors.Replaced(_key);
    }
}
