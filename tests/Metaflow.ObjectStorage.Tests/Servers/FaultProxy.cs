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

    /// <summary>It answers that the sender may not do this, and the server never sees the request.</summary>
    Forbidden,

    /// <summary>It closes the connection before the server sees the request.</summary>
    LostRequest,

    /// <summary>It closes the connection after the server has done what it was asked.</summary>
    LostResponse,

    /// <summary>It closes the connection in the middle of the body of the answer.</summary>
    TornResponse,

    /// <summary>It closes the connection in the middle of the body of the request, and the server never sees the request.</summary>
    TornRequest,

    /// <summary>It says nothing for a while and then closes the connection. The server never sees the request.</summary>
    Silence,

    /// <summary>It kills the process that sent the request, and the server never sees the request.</summary>
    KillBefore,

    /// <summary>It kills the process that sent the request after the server has done what it was asked.</summary>
    KillAfter,
}

/// <summary>Stands between a store and its server, and makes requests fail.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Transfer-Encoding", "Keep-Alive",
    };

    private static readonly TimeSpan LengthOfSilence = TimeSpan.FromMilliseconds(500);

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
        if (fault == Fault.TornRequest)
        {
            await context.Request.Body.ReadExactlyAsync(new byte[(context.Request.ContentLength ?? 0) / 2]);
            context.Abort();
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (await IsKeptFromServerAsync(context, fault))
        {
            return;
        }

        using var response = await ForwardAsync(context, body);
        var content = await response.Content.ReadAsByteArrayAsync();
        switch (fault)
        {
            case Fault.KillAfter:
                await ConnectedProcess.KillAsync(context);
                return;
            case Fault.LostResponse:
                context.Abort();
                return;
            default:
                await AnswerAsync(context, response, content, isTorn: fault == Fault.TornResponse);
                return;
        }
    }

    /// <summary>Does what is done to a request in place of letting the server see it.</summary>
    /// <returns>Whether that is so.</returns>
    private static async Task<bool> IsKeptFromServerAsync(HttpContext context, Fault fault)
    {
        switch (fault)
        {
            case Fault.LostRequest:
                context.Abort();
                return true;
            case Fault.Silence:
                await Task.Delay(LengthOfSilence);
                context.Abort();
                return true;
            case Fault.KillBefore:
                await ConnectedProcess.KillAsync(context);
                return true;
            case Fault.SlowDown:
                await FailAsync(context, 503, "SlowDown");
                return true;
            case Fault.Forbidden:
                await FailAsync(context, 403, "AccessDenied");
                return true;
            case Fault.InternalError:
                await FailAsync(context, 500, "InternalError");
                return true;
            default:
                return false;
        }
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpContext context, MemoryStream body)
    {
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

        return await _client.SendAsync(request);
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response, byte[] content, bool isTorn)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        if (isTorn)
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
