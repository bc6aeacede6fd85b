using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Metaflow.FarStore;

/// <summary>A service that keeps objects, as those of clouds do: conditional writes, a while for each answer, no append, no rename, no
/// empty folders.</summary>
/// <remarks>Can be told to be down for some requests, and to lose the answer of requests that it has carried out.</remarks>
public sealed class ObjectServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly Task _serving;
    private int _requests;
    private int _inProgress;
    private int _mostAtOnce;

    public ObjectServer(TimeSpan latency)
    {
        Latency = latency;
        Address = Listen();
        _serving = ServeAsync();
    }

    /// <summary>Gets the address of the server.</summary>
    public string Address { get; }

    /// <summary>Gets or sets how long an answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets how many requests were made.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Gets or sets the most requests that were in progress at the same time; set to 0 to begin anew.</summary>
    public int MostAtOnce
    {
        get => Volatile.Read(ref _mostAtOnce);
        set => Volatile.Write(ref _mostAtOnce, value);
    }

    /// <summary>Gets or sets which requests, of so many, the server refuses as too busy; 0 for none.</summary>
    public int RefusesEach { get; set; }

    /// <summary>Gets or sets of which requests, of so many, the answer is lost after they were carried out; 0 for none.</summary>
    public int LosesAnswerOfEach { get; set; }

    public IReadOnlyCollection<string> Paths => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes all objects older whose path begins so.</summary>
    public void Age(string start, TimeSpan by)
    {
        foreach (var (path, stored) in _objects)
        {
            if (path.StartsWith(start, StringComparison.Ordinal))
            {
                _objects.TryUpdate(path, stored with { ChangedAt = stored.ChangedAt - by }, stored);
            }
        }
    }

    public byte[]? Content(string path) => _objects.TryGetValue(path, out var found) ? found.Content : null;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private string Listen()
    {
        for (var tries = 0; ; tries++)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
            free.Stop();
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(address + "/");
            try
            {
                _listener.Start();
                return address;
            }
            catch (HttpListenerException) when (tries < 10)
            {
                // Another process took the port.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var number = Interlocked.Increment(ref _requests);
            await DelayAsync();
            if (RefusesEach > 0 && number % RefusesEach == 0)
            {
                context.Response.StatusCode = 503;
                context.Response.Close();
                return;
            }

            var answer = await CarryOutAsync(context);
            if (LosesAnswerOfEach > 0 && number % LosesAnswerOfEach == 0)
            {
                // Announced and never sent: the client sees that the connection broke.
                context.Response.ContentLength64 = answer.Length + 1;
                await context.Response.OutputStream.WriteAsync(answer);
                context.Response.Abort();
                return;
            }

            context.Response.ContentLength64 = answer.Length;
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }

    private async Task DelayAsync()
    {
        var atOnce = Interlocked.Increment(ref _inProgress);
        for (var most = MostAtOnce; atOnce > most; most = MostAtOnce)
        {
            Interlocked.CompareExchange(ref _mostAtOnce, atOnce, most);
        }

        await Task.Delay(Latency);
        Interlocked.Decrement(ref _inProgress);
    }

    private async Task<byte[]> CarryOutAsync(HttpListenerContext context)
    {
        var request = context.Request;
        var url = Uri.UnescapeDataString(request.RawUrl!);
        var path = url[3..];
        if (url.StartsWith("/l/", StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(List(path));
        }

        switch (request.HttpMethod)
        {
            case "PUT":
                using (var content = new MemoryStream())
                {
                    await request.InputStream.CopyToAsync(content);
                    var stored = new StoredObject(content.ToArray(), request.Headers["X-Packing"], DateTimeOffset.UtcNow);
                    if (request.Headers["If-None-Match"] is null)
                    {
                        _objects[path] = stored;
                    }
                    else if (!_objects.TryAdd(path, stored))
                    {
                        context.Response.StatusCode = 412;
                    }

                    return [];
                }

            case "DELETE":
                _objects.TryRemove(path, out _);
                return [];
            default:
                if (!_objects.TryGetValue(path, out var found))
                {
                    context.Response.StatusCode = 404;
                    return [];
                }

                context.Response.Headers["X-Packing"] = found.Packing;
                context.Response.Headers["X-Length"] = found.Content.Length.ToString(CultureInfo.InvariantCulture);
                context.Response.Headers["X-Changed"] = found.ChangedAt.ToString("O", CultureInfo.InvariantCulture);
                return url.StartsWith("/s/", StringComparison.Ordinal) ? [] : found.Content;
        }
    }

    private string List(string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var names = _objects.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..]);
        return string.Concat(
            names.Select(static name =>
                name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? $"/{name[..slash]}\n" : $".{name}\n").Distinct());
    }

    private sealed record StoredObject(byte[] Content, string? Packing, DateTimeOffset ChangedAt);
}
