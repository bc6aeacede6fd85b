using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Sends requests to servers over connections that it keeps. Thread-safe.</summary>
/// <param name="verification">Says which certificates are good.</param>
/// <param name="blocks">Whether everything is done on the thread that asks for it, before the call returns.</param>
/// <param name="proxies">Says which servers are reached through a proxy; the variables of the process by default.</param>
internal sealed class ConnectionPool(CertificateCheck verification, bool blocks = false, ProxyVariables? proxies = null) : IDisposable
{
    /// <summary>How long a server may say nothing, before the request counts as failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <summary>Some requests take a server seconds.</summary>
    private static readonly TimeSpan LongestUntold = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    /// <summary>Servers close connections that are idle for long, and S3 does so early.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<ServerAddress, ConcurrentStack<HttpConnection>> _idle = [];
    private readonly ConcurrentDictionary<HttpConnection, ServerAddress> _busy = [];
    private Timer? _watch;

    /// <summary>Gets a value indicating whether calls have ended when they return.</summary>
    public bool Blocks => blocks;

    /// <summary>Sends a request, and receives the head of its answer.</summary>
    /// <param name="server">The server.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">There was no answer.</exception>
    public async ValueTask<ObjectResponse> SendAsync(ServerAddress server, ObjectRequest request, CancellationToken cancellationToken)
    {
        for (var wasSentBefore = false; ; wasSentBefore = true)
        {
            var connection = TakeIdle(server) ?? await ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            _busy[connection] = server;
            Watch();
            var wasUsed = connection.WasUsed;
            try
            {
                var response = await connection.SendAsync(request, End, cancellationToken).ConfigureAwait(false);
                response.WasSentBefore = wasSentBefore;
                return response;
            }
            catch (Exception error) when (IsTransport(error))
            {
                End(connection, stays: false);
                cancellationToken.ThrowIfCancellationRequested();

                // A server closes a connection that is idle when it likes. Or it has done what it was asked, and its answer was lost.
                if (!wasUsed || connection.HasAnswered || connection.IsTimedOut || error is NoConnectionException)
                {
                    throw connection.IsTimedOut
                        ? new IOException($"The server said nothing for {Patience.TotalSeconds:0} seconds.", error)
                        : error as IOException ?? new IOException(error.Message, error);
                }
            }
            catch
            {
                End(connection, stays: false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        foreach (var connection in _idle.Values.SelectMany(static stack => stack).Concat(_busy.Keys))
        {
            connection.Dispose();
        }
    }

    private static bool IsTransport(Exception error) => error is IOException or SocketException or ObjectDisposedException;

    private async ValueTask<HttpConnection> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var proxy = (proxies ?? ProxyVariables.OfProcess).For(server);
        var place = proxy is null ? server.Authority : $"{server.Authority} through {proxy}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConnectPatience);
        try
        {
            return await HttpConnection.OpenAsync(server, proxy, verification, blocks, patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is AuthenticationException
            or SocketException { SocketErrorCode: SocketError.HostNotFound })
        {
            throw new NoConnectionException($"No connection to {place}: {error.Message}", error)
            {
                Setting = proxy?.Variable,
                IsFinal = true,
            };
        }
        catch (Exception error) when (IsTransport(error) && error is not NoConnectionException)
        {
            throw new NoConnectionException($"No connection to {place}: {error.Message}", error) { Setting = proxy?.Variable };
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoConnectionException(
                $"No connection to {place}: it did not answer for {ConnectPatience.TotalSeconds:0} seconds.", error)
            { Setting = proxy?.Variable };
        }
    }

    private HttpConnection? TakeIdle(ServerAddress server)
    {
        while (_idle.TryGetValue(server, out var stack) && stack.TryPop(out var connection))
        {
            if (connection.IdleMilliseconds < LongestIdle.TotalMilliseconds && !connection.IsStale)
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    private void End(HttpConnection connection, bool stays)
    {
        if (!_busy.TryRemove(connection, out var server) || !stays)
        {
            connection.Dispose();
            return;
        }

        _idle.GetOrAdd(server, static _ => []).Push(connection);
    }

    private void Watch()
    {
        if (_watch is null)
        {
            var watch = new Timer(_ => CloseUseless(), null, WatchInterval, WatchInterval);
            if (Interlocked.CompareExchange(ref _watch, watch, null) is not null)
            {
                watch.Dispose();
            }
        }
    }

    private void CloseUseless()
    {
        foreach (var server in _idle.Keys)
        {
            // Who takes one looks at it again, so a connection that somebody took in the meantime is no loss.
            CloseIdle(_idle[server]);
        }

        foreach (var (connection, server) in _busy)
        {
            var waiting = connection.WaitingMilliseconds;
            if (waiting > Patience.TotalMilliseconds)
            {
                connection.IsTimedOut = true;
                connection.Dispose();
            }
            else if (waiting > LongestUntold.TotalMilliseconds)
            {
                ServerHealth.Of(server.Authority).TellFailing(
                    $"The server {server.Authority} has said nothing for {waiting / 1000} seconds. It is asked again when it has said "
                        + $"nothing for {Patience.TotalSeconds:0} seconds.");
            }
        }
    }

    private static void CloseIdle(ConcurrentStack<HttpConnection> connections)
    {
        var fresh = new Stack<HttpConnection>();
        while (connections.TryPop(out var connection))
        {
            if (connection.IdleMilliseconds < LongestIdle.TotalMilliseconds)
            {
                fresh.Push(connection);
            }
            else
            {
                connection.Dispose();
            }
        }

        while (fresh.TryPop(out var connection))
        {
            connections.Push(connection);
        }
    }
}
