using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>What a proxy does to a request.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It answers that the server is busy, and the server never sees the request.</summary>
    SlowDown,

    /// <summary>It answers with an error of the server's own.</summary>
    InternalError,

    /// <summary>It closes the connection before the server sees the request.</summary>
    LostRequest,

    /// <summary>It closes the connection after the server has done what it was asked.</summary>
    LostResponse,

    /// <summary>It closes the connection in the middle of the body of the answer.</summary>
    TornResponse,
}

/// <summary>Stands between a store and its server, and makes requests fail.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Transfer-Encoding", "Keep-Alive",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly Uri _server;
    private SmallServer? _own;
    private int _requests;

    private FaultProxy(Uri server) => _server = server;

    /// <summary>Gets or sets what happens to a request, by its number from 0.</summary>
    public Func<int, HttpRequest, Fault> Faults { get; set; } = static (_, _) => Fault.None;

    /// <summary>Gets how many requests came.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Gets the address.</summary>
    public Uri Address => _own!.Address;

    /// <summary>Starts a proxy.</summary>
    /// <param name="server">The server.</param>
    public static async Task<FaultProxy> StartAsync(Uri server)
    {
        var proxy = new FaultProxy(server);
        proxy._own = await SmallServer.StartAsync(proxy.AnswerAsync);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _own!.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var fault = Faults(Interlocked.Increment(ref _requests) - 1, context.Request);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        switch (fault)
        {
            case Fault.LostRequest:
                context.Abort();
                return;
            case Fault.SlowDown:
                await FailAsync(context, 503, "SlowDown");
                return;
            case Fault.InternalError:
                await FailAsync(context, 500, "InternalError");
                return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_server, Target(context)))
        {
            Content = body.Length > 0 || context.Request.Method is "PUT" or "POST" ? new ByteArrayContent(body.ToArray()) : null,
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!OfTheConnection.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        using var response = await _client.SendAsync(request);
        var content = await response.Content.ReadAsByteArrayAsync();
        if (fault == Fault.LostResponse)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        if (fault == Fault.TornResponse)
        {
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        if (context.Request.Method != "HEAD" && response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified))
        {
            await context.Response.Body.WriteAsync(content);
        }
    }

    // As it was sent: what is decoded and encoded again has another signature.
    private static string Target(HttpContext context)
        => context.Features.Get<IHttpRequestFeature>()!.RawTarget;

    private static async Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>Made by the proxy.</Message></Error>");
    }
}
