using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>A connection of HTTP/1.1 to a server, which serves one request at a time.</summary>
/// <remarks>The client of .NET costs a task process more processor time than all that a small step does. A store needs so little of the
/// protocol that this is all of it.</remarks>
internal sealed class HttpConnection : IDisposable
{
    private const int LargestHead = 64 << 10;
    private const int SmallestBuffer = 16 << 10;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[SmallestBuffer];
    private int _start;
    private int _end;
    private long _lastProgress = Environment.TickCount64;
    private long _waitingSince;

    private readonly bool _blocks;
    private readonly ServerAddress _server;

    /// <summary>The proxy that reads each request; of one that passes bytes on, nothing is known here.</summary>
    private readonly HttpProxy? _proxy;

    private HttpConnection(Socket socket, Stream stream, ServerAddress server, HttpProxy? proxy, bool blocks)
        => (_socket, _stream, _server, _proxy, _blocks) = (socket, stream, server, proxy, blocks);

    /// <summary>Gets a value indicating whether it has answered a request already: a server may close such a connection at any
    /// time.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Gets a value indicating whether the answer to the last request began to arrive.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Gets a value indicating whether the server has closed it, or has sent what nobody asked for: the next answer would not
    /// belong to the next request.</summary>
    /// <remarks>Only TLS itself may send something at any time.</remarks>
    public bool IsStale => _start != _end || (_stream is NetworkStream && _socket.Poll(0, SelectMode.SelectRead));

    /// <summary>Gets for how many milliseconds nothing has been sent or received.</summary>
    public long IdleMilliseconds => Environment.TickCount64 - Volatile.Read(ref _lastProgress);

    /// <summary>Gets for how many milliseconds the server has been waited for; 0 while nobody waits.</summary>
    public long WaitingMilliseconds => Volatile.Read(ref _waitingSince) is var since and > 0 ? Environment.TickCount64 - since : 0;

    /// <summary>Gets or sets a value indicating whether it was closed, because the server said nothing for too long.</summary>
    public bool IsTimedOut { get; set; }

    /// <summary>Connects to a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="proxy">The proxy before it, or <see langword="null"/>.</param>
    /// <param name="verification">Says which certificates are good.</param>
    /// <param name="blocks">Whether everything is done on the thread that asks for it, before the call returns.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask<HttpConnection> OpenAsync(
        ServerAddress server, HttpProxy? proxy, CertificateCheck verification, bool blocks, CancellationToken cancellationToken)
    {
        var nearest = proxy?.Address ?? server;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var cancellation = CloseWhenCancelled(socket, blocks, cancellationToken);
            if (blocks)
            {
                // Names are resolved by parts of the framework that an address does not need.
                if (IPAddress.TryParse(nearest.Host, out var address))
                {
                    socket.Connect(new IPEndPoint(address, nearest.Port));
                }
                else
                {
                    socket.Connect(nearest.Host, nearest.Port);
                }
            }
            else
            {
                await socket.ConnectAsync(nearest.Host, nearest.Port, cancellationToken).ConfigureAwait(false);
            }

            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (nearest.IsSecure)
            {
                stream = await SecureAsync(stream, nearest.Host, verification, blocks, cancellationToken).ConfigureAwait(false);
            }

            if (proxy is not null && server.IsSecure)
            {
                await ProxyTunnel.OpenAsync(stream, server, proxy, blocks, cancellationToken).ConfigureAwait(false);
                stream = await SecureAsync(stream, server.Host, verification, blocks, cancellationToken).ConfigureAwait(false);
            }

            return new HttpConnection(socket, stream, server, server.IsSecure ? null : proxy, blocks);
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is not OperationCanceledException)
        {
            socket.Dispose();
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request, and receives the head of the answer.</summary>
    /// <param name="request">The request, with the header <c>host</c>.</param>
    /// <param name="ended">Called when the body was read to its end, or never will be: with whether the connection can serve
    /// others.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<ObjectResponse> SendAsync(
        ObjectRequest request, Action<HttpConnection, bool> ended, CancellationToken cancellationToken)
    {
        HasAnswered = false;
        using var cancellation = CloseWhenCancelled(_socket, _blocks, cancellationToken);
        var isWhole = await TryWriteAsync(request, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var head = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            var (status, headers) = (head.Status, head.Headers);
            WasUsed = true;
            if (status is >= 100 and < 200)
            {
                continue;
            }

            if (status == 407 && _proxy is not null)
            {
                throw _proxy.Refusal(status);
            }

            var stays = isWhole && !(headers.GetValueOrDefault("connection") ?? "").Contains("close", StringComparison.OrdinalIgnoreCase);
            var hasBody = request.Method != "HEAD" && status is not (204 or 304);
            var body = new ResponseBody(this, ResponseBody.LengthOf(headers, hasBody), stays, ended);
            return new ObjectResponse(status, headers, body);
        }
    }

    /// <summary>Receives bytes of a body.</summary>
    /// <param name="target">Where they go.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many there were; 0 at the end of what the server sends.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        var ready = Math.Min(_end - _start, target.Length);
        if (ready > 0)
        {
            _buffer.AsMemory(_start, ready).CopyTo(target);
            _start += ready;
            return ready;
        }

        Wait();
        var read = _blocks ? _stream.Read(target.Span) : await _stream.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        Progress();
        return read;
    }

    /// <summary>Receives bytes of a body on this thread.</summary>
    /// <param name="target">Where they go.</param>
    public int Read(Span<byte> target)
    {
        var ready = Math.Min(_end - _start, target.Length);
        if (ready > 0)
        {
            _buffer.AsSpan(_start, ready).CopyTo(target);
            _start += ready;
            return ready;
        }

        Wait();
        var read = _stream.Read(target);
        Progress();
        return read;
    }

    /// <summary>Receives a line.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The line without its end.</returns>
    /// <exception cref="IOException">The server ended before, or the line is too long.</exception>
    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length);
                _start += length + 2;
                return line;
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>Sends a request.</summary>
    /// <returns><see langword="false"/> when the server did not take it whole, which it does when it has answered already.</returns>
    private async ValueTask<bool> TryWriteAsync(ObjectRequest request, CancellationToken cancellationToken)
    {
        Wait();
        var head = Head(request);
        var isSmall = request.Body.Length <= SmallestBuffer;
        var first = new byte[head.Length + (isSmall ? request.Body.Length : 0)];
        Encoding.ASCII.GetBytes(head, first);
        if (isSmall)
        {
            request.Body.Span.CopyTo(first.AsSpan(head.Length));
        }

        await WriteAsync(first, cancellationToken).ConfigureAwait(false);
        for (var rest = isSmall ? default : request.Body; rest.Length > 0;)
        {
            var part = rest[..Math.Min(rest.Length, 1 << 20)];
            try
            {
                await WriteAsync(part, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException) when (rest.Length < request.Body.Length)
            {
                return false;
            }

            Wait();
            rest = rest[part.Length..];
        }

        return true;
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_blocks)
        {
            _stream.Write(bytes.Span);
        }
        else
        {
            await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<Stream> SecureAsync(
        Stream stream, string host, CertificateCheck verification, bool blocks, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, verification.Callback);
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (blocks)
        {
            secure.AuthenticateAsClient(options);
        }
        else
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        }

        return secure;
    }

    // A thread that waits for the system hears of nothing else.
    private static CancellationTokenRegistration CloseWhenCancelled(Socket socket, bool blocks, CancellationToken cancellationToken)
        => blocks && cancellationToken.CanBeCanceled
            ? cancellationToken.UnsafeRegister(static closed => ((Socket)closed!).Dispose(), socket)
            : default;

    private string Head(ObjectRequest request)
    {
        var head = new StringBuilder(1024);
        head.Append(request.Method).Append(' ').Append(_proxy is null ? "" : $"http://{_server.Authority}").Append(request.Path);
        if (request.Query.Count > 0)
        {
            head.Append('?').Append(request.QueryText);
        }

        head.Append(" HTTP/1.1\r\n");
        if (_proxy?.Authorization is { } authorization)
        {
            head.Append("proxy-authorization: ").Append(authorization).Append("\r\n");
        }

        for (var i = 0; i < request.Headers.Count; i++)
        {
            head.Append(request.Headers.NameAt(i)).Append(": ").Append(request.Headers.ValueAt(i)).Append("\r\n");
        }

        if (request.Body.Length > 0 || request.Method is "PUT" or "POST")
        {
            head.Append("content-length: ").Append(request.Body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        }

        return head.Append("\r\n").ToString();
    }

    private async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf(EndOfHead)) < 0)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
            HasAnswered = true;
        }

        var lines = Encoding.Latin1.GetString(_buffer, _start, length).Split("\r\n");
        _start += length + EndOfHead.Length;
        var words = lines[0].Split(' ');
        if (words.Length < 2 || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new IOException($"The server does not speak HTTP: its answer begins with '{lines[0]}'.");
        }

        var headers = new Dictionary<string, string>(lines.Length, StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[lines[i][..colon].ToLowerInvariant()] = lines[i][(colon + 1)..].Trim();
            }
        }

        if (words[0] == "HTTP/1.0" && !headers.ContainsKey("connection"))
        {
            headers["connection"] = "close";
        }

        return new ResponseHead(status, headers);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length)
        {
            var waiting = _end - _start;
            if (waiting > LargestHead)
            {
                throw new IOException("The server's answer has too long a head.");
            }

            var larger = _start == 0 ? new byte[_buffer.Length * 2] : _buffer;
            _buffer.AsSpan(_start, waiting).CopyTo(larger);
            (_buffer, _start, _end) = (larger, 0, waiting);
        }

        Wait();
        var room = _buffer.AsMemory(_end);
        var read = _blocks ? _stream.Read(room.Span) : await _stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
        Progress();
        _end += read > 0 ? read : throw new IOException("The server closed the connection before its answer was whole.");
    }

    private void Wait() => Volatile.Write(ref _waitingSince, Environment.TickCount64);

    private void Progress()
    {
        Volatile.Write(ref _lastProgress, Environment.TickCount64);
        Volatile.Write(ref _waitingSince, 0);
    }

    private sealed record ResponseHead(int Status, Dictionary<string, string> Headers);
}
