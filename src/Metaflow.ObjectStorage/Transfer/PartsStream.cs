using System.Globalization;
using Metaflow.ObjectStorage.Http;
using Metaflow.Platform;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Reads a large object that never changes, several parts of it at the same time: one connection to a service is slower than the
/// network.</summary>
internal sealed class PartsStream : ReadOnceStream
{
    /// <summary>Objects beyond this length are read in parts.</summary>
    public const long ShortestObject = 16 << 20;

    private const int PartSize = 8 << 20;
    private const int MostParts = 4;

    private readonly ObjectClient _client;
    private readonly string _key;
    private readonly string _version;
    private readonly long _length;
    private readonly CancellationTokenSource _closed = new();
    private readonly Queue<Task<ArraySegment<byte>>> _parts = new();
    private readonly Stack<byte[]> _buffers = new();
    private long _asked;
    private long _position;
    private ArraySegment<byte> _current;

    /// <summary>Begins to read.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="key">The key.</param>
    /// <param name="answer">The answer with the whole object, of which only the head counts: it is closed.</param>
    public PartsStream(ObjectClient client, string key, ObjectAnswer answer)
    {
        (_client, _key) = (client, key);
        _version = client.Service.VersionOf(answer.Response)!;
        _length = answer.Response.Length!.Value;
        answer.Response.Dispose();
        Ask();
    }

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns true if an object is read in parts.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="response">The answer with its head.</param>
    public static bool IsFor(ObjectClient client, ObjectResponse response)
        => response.Length is >= ShortestObject && client.Service.VersionOf(response) is not null;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_current.Count == 0 && _parts.Count > 0)
        {
            Next(await _parts.Dequeue().WaitAsync(cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_current.Count == 0 && _parts.Count > 0)
        {
            Next(_parts.Dequeue().GetAwaiter().GetResult());
        }

        return Take(buffer);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _closed.Cancel();
            _closed.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, _current.Count);
        _current.AsSpan(0, count).CopyTo(target);
        _current = _current[count..];
        _position += count;
        return count;
    }

    private void Next(ArraySegment<byte> part)
    {
        if (_current.Array is { Length: PartSize } read)
        {
            _buffers.Push(read);
        }

        _current = part;
        Ask();
    }

    /// <summary>Asks for the parts that follow, as many as there is memory for.</summary>
    private void Ask()
    {
        while (_parts.Count < MostParts && _asked < _length)
        {
            var (from, count) = (_asked, (int)Math.Min(PartSize, _length - _asked));
            var buffer = _buffers.TryPop(out var free) ? free : new byte[PartSize];
            var token = _closed.Token;
            _parts.Enqueue(_client.Blocks
                ? Task.Factory.StartNew(
                    () => ReadPartAsync(buffer, from, count, token).AsTask(), token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                    .Unwrap()
                : ReadPartAsync(buffer, from, count, token).AsTask());
            _asked += count;
        }
    }

    private async ValueTask<ArraySegment<byte>> ReadPartAsync(byte[] buffer, long from, int count, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var request = _client.Service.Get(_key);
            request.Headers["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{from + count - 1}");
            _client.Service.Require(request, _version);
            var what = $"The object '{_key}' of {_client.Service.Place} could not be read to its end.";
            var answer = await _client.GetAsync(request, what, cancellationToken).ConfigureAwait(false);
            using var response = answer.Response;
            if (!answer.Succeeded || response.Status != 206)
            {
                throw ObjectErrors.Replaced(_key);
            }

            try
            {
                await response.Body.ReadExactlyAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                return new ArraySegment<byte>(buffer, 0, count);
            }
            catch (Exception error) when (ObjectClient.IsBroken(error) && tries <= _client.Settings.Retries)
            {
                // It broke in the middle.
            }
            catch (Exception error) when (ObjectClient.IsBroken(error))
            {
                throw ObjectErrors.Unreachable(what, _client.Service.Server, tries, error.Message, error, isWrite: false);
            }
        }
    }
}
