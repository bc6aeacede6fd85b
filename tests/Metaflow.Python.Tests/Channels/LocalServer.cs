using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Serves folders over HTTP on this machine, and goes wrong where a test wants it.</summary>
/// <remarks>It speaks HTTP by itself, since servers of a framework do not break off an answer in the middle.</remarks>
public sealed class LocalServer : IAsyncDisposable
{
    /// <summary>The name of the file that a folder answers with to those who accept the JSON of a package index.</summary>
    public const string SimpleJson = "index.v1.json";

    private bool _isDisposed;
    private readonly ConcurrentDictionary<string, Mounted> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TcpClient, Task> _connections = new();
    private readonly List<(string Path, LocalFault Fault, int Used)> _faults = [];
    private readonly ConcurrentQueue<LocalRequest> _requests = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting = Task.CompletedTask;

    private LocalServer() => Listen();

    /// <summary>The address, which ends with a slash. It stays the same when the server starts again.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>All requests that were answered, in the order of their answers' beginnings.</summary>
    public IReadOnlyList<LocalRequest> Requests => [.. _requests];

    /// <summary>Starts a server on a free port.</summary>
    public static LocalServer Start() => new();

    /// <summary>Serves a folder.</summary>
    /// <param name="name">The path below the address, such as <c>channel</c> or <c>t/token/channel</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="credentials">The user and the password that a client must send, as <c>user:password</c>, or nothing.</param>
    /// <returns>The folder's address, without a slash at its end.</returns>
    public string Mount(string name, string folder, string? credentials = null)
    {
        _folders[name.Trim('/')] = new(folder, credentials);
        return Url + name.Trim('/');
    }

    /// <summary>Goes wrong at a path.</summary>
    /// <param name="path">
    /// The path, such as <c>channel/linux-64/repodata.json</c>. One that ends with <c>*</c> stands for all that begin so, and one that
    /// starts with <c>*</c> for all that end so.
    /// </param>
    /// <param name="fault">What goes wrong. An older fault of the same path is replaced.</param>
    public void Fail(string path, LocalFault fault)
    {
        lock (_gate)
        {
            _faults.RemoveAll(known => known.Path == path.Trim('/'));
            _faults.Insert(0, (path.Trim('/'), fault, 0));
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>Counts the requests whose path ends with a text.</summary>
    public int Count(string pathEnd) => _requests.Count(request => request.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    /// <summary>Forgets the requests.</summary>
    public void Forget() => _requests.Clear();

    /// <summary>Stops: open connections are dropped, new ones are refused.</summary>
    public async Task StopAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var (client, work) in _connections)
        {
            client.Close();
            await work;
        }
    }

    /// <summary>Starts again after a stop, on the same port.</summary>
    public void StartAgain()
    {
        _stop.Dispose();
        _stop = new();
        _listener.Dispose();
        _listener = new(IPAddress.Loopback, Url.Port);
        Listen();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _isDisposed = true;
        _listener.Dispose();
        _stop.Dispose();
    }

    private void Listen()
    {
        _listener.Start(512);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Url ??= new($"http://{IPAddress.Loopback}:{port.ToString(CultureInfo.InvariantCulture)}/");
        _accepting = AcceptAsync(_listener, _stop.Token);
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(cancellationToken);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            client.NoDelay = true;
            _connections[client] = ConverseAsync(client, cancellationToken);
        }
    }

    private async Task ConverseAsync(TcpClient client, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var reader = new LocalRequestReader(stream);
                while (await reader.ReadAsync(cancellationToken) is { } head && await AnswerAsync(stream, head, cancellationToken))
                {
                }
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the server was stopped.
        }
        finally
        {
            _connections.TryRemove(client, out _);
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, LocalRequestHead head, CancellationToken cancellationToken)
    {
        var fault = TakeFault(head.Path);
        if (fault?.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, cancellationToken);
        }

        var answer = fault?.Status is { } status ? new LocalAnswer(status) : Find(head, fault);
        answer.Headers.AddRange(fault?.Headers ?? []);
        await using var body = LocalBody.Open(answer, fault?.Body);
        var request = new LocalRequest(head.Method, head.Path, answer.Status, head.Headers);
        _requests.Enqueue(request);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer.Head(body.Length)), cancellationToken);
        return (head.Method == "HEAD" || await body.SendAsync(stream, request, fault, cancellationToken)) && head.KeepsAlive;
    }

    private LocalAnswer Find(LocalRequestHead head, LocalFault? fault)
    {
        // The longest name wins, so a folder can be served below another one.
        var (name, mounted) = _folders.OrderByDescending(static folder => folder.Key.Length)
            .FirstOrDefault(folder => head.Path == folder.Key || head.Path.StartsWith(folder.Key + "/", StringComparison.Ordinal));
        if (mounted is null)
        {
            return new(404);
        }

        if (mounted.Credentials is { } credentials && head.Headers.GetValueOrDefault("authorization") != Basic(credentials))
        {
            return new(401) { Headers = { "WWW-Authenticate: Basic realm=\"tests\"" } };
        }

        var relative = head.Path[name.Length..].TrimStart('/');
        return head.Method is "GET" or "HEAD" ? LocalAnswer.OfFile(mounted.Folder, relative, head, fault) : new(405);
    }

    private LocalFault? TakeFault(string path)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(fault => Matches(fault.Path, path) && fault.Used < fault.Fault.Times);
            if (index < 0)
            {
                return null;
            }

            var (pattern, fault, used) = _faults[index];
            _faults[index] = (pattern, fault, used + 1);
            return fault;
        }
    }

    private static bool Matches(string pattern, string path)
        => pattern.StartsWith('*') ? path.EndsWith(pattern[1..], StringComparison.Ordinal)
            : pattern.EndsWith('*') ? path.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : path == pattern;

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

    private sealed record Mounted(string Folder, string? Credentials);
}
