using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>A proxy of HTTP, as companies have them: it forwards requests whose first line has a whole address, and passes bytes on after
/// <c>CONNECT</c>. It serves one request with each connection.</summary>
public sealed class SmallProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private Task _listening = Task.CompletedTask;

    /// <summary>Gets the user and the password that it wants, such as <c>ada:secret</c>; <see langword="null"/>, the default, for
    /// none.</summary>
    public string? Password { get; init; }

    /// <summary>Gets the first lines of the requests that came.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Gets the host and the port.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Starts to listen.</summary>
    public SmallProxy Start()
    {
        _listener.Start();
        _listening = ListenAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    try
                    {
                        await ServeAsync(client.GetStream());
                    }
                    catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
                    {
                        // One of the two ended the connection, which ends it for both.
                    }
                }
            });
        }
    }

    private async Task ServeAsync(NetworkStream client)
    {
        var head = await ReadHeadAsync(client);
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        _lines.Enqueue(lines[0]);
        var wanted = Password is null ? null : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Password))}";
        if (wanted is not null && !lines.Contains($"proxy-authorization: {wanted}"))
        {
            await AnswerAsync(client, "407 Proxy Authentication Required");
            return;
        }

        var (method, target) = lines[0].Split(' ') is [var first, var second, ..] ? (first, second) : ("", "");
        if (method == "CONNECT")
        {
            using var tunnel = await ConnectAsync(target);
            await AnswerAsync(client, "200 Connection established", hasBody: false);
            await PassAsync(client, tunnel.GetStream());
            return;
        }

        if (!Uri.TryCreate(target, UriKind.Absolute, out var address))
        {
            await AnswerAsync(client, "400 Bad Request");
            return;
        }

        using var server = await ConnectAsync(address.Authority.Contains(':') ? address.Authority : address.Authority + ":80");
        var kept = lines.Skip(1).Where(static line => !line.StartsWith("proxy-", StringComparison.Ordinal)
            && !line.StartsWith("connection:", StringComparison.OrdinalIgnoreCase));
        var sent = string.Join("\r\n", [$"{method} {address.PathAndQuery} HTTP/1.1", .. kept, "connection: close", "", ""]);
        await server.GetStream().WriteAsync(Encoding.ASCII.GetBytes(sent), _end.Token);
        await PassAsync(client, server.GetStream());
    }

    private async Task<TcpClient> ConnectAsync(string place)
    {
        var colon = place.LastIndexOf(':');
        var server = new TcpClient();
        await server.ConnectAsync(place[..colon], int.Parse(place[(colon + 1)..], CultureInfo.InvariantCulture), _end.Token);
        return server;
    }

    private async Task PassAsync(NetworkStream client, NetworkStream server)
        => await Task.WhenAny(client.CopyToAsync(server, _end.Token), server.CopyToAsync(client, _end.Token));

    private async Task AnswerAsync(NetworkStream client, string status, bool hasBody = true)
        => await client.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{(hasBody ? "content-length: 0\r\nconnection: close\r\n" : "")}\r\n"),
            _end.Token);

    private async Task<string> ReadHeadAsync(NetworkStream client)
    {
        var head = new List<byte>();
        var next = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            await client.ReadExactlyAsync(next, _end.Token);
            head.Add(next[0]);
        }

        return Encoding.Latin1.GetString([.. head]);
    }
}
