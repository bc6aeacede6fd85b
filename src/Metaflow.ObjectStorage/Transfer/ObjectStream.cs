using System.Globalization;
using Metaflow.ObjectStorage.Http;
using Metaflow.Platform;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Reads an object, as it was when it was opened. A connection that breaks is replaced by one that goes on where it
/// broke.</summary>
internal sealed class ObjectStream : ReadOnceStream
{
    private readonly ObjectClient _client;
    private readonly string _key;
    private readonly string? _version;
    private readonly long _start;
    private readonly long _length;
    private ObjectResponse? _response;
    private long _position;
    private int _failures;

    /// <summary>Begins to read.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="key">The key.</param>
    /// <param name="answer">The answer with the object, or with a part of it; the stream disposes it.</param>
    /// <param name="start">The position in the object of the first byte of the answer.</param>
    public ObjectStream(ObjectClient client, string key, ObjectAnswer answer, long start = 0)
    {
        (_client, _key, _start) = (client, key, start);
        _version = client.Service.VersionOf(answer.Response);
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
            catch (Exception error) when (ObjectClient.IsBroken(error))
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
            catch (Exception error) when (ObjectClient.IsBroken(error))
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
            throw ObjectErrors.Unreachable(What, _client.Service.Server, _failures, error.Message, error, isWrite: false);
        }
    }

    private string What => $"The object '{_key}' of {_client.Service.Place} could not be read to its end.";

    private async ValueTask<ObjectResponse> ReopenAsync(CancellationToken cancellationToken)
    {
        var request = _client.Service.Get(_key);
        request.Headers["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={_start + _position}-{_start + _length - 1}");
        if (_version is not null)
        {
            _client.Service.Require(request, _version);
        }

        var answer = await _client.GetAsync(request, What, cancellationToken).ConfigureAwait(false);
        if (answer.Succeeded && answer.Response.Status == 206)
        {
            return answer.Response;
        }

        answer.Response.Dispose();
        throw ObjectErrors.Replaced(_key);
    }
}
