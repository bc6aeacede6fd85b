using System.Net;
using System.Net.Http.Headers;

namespace Metaflow.Python.Tests.Conda.Channels;

/// <summary>Answers requests for files as a server of channels does.</summary>
internal sealed class ChannelServer : HttpMessageHandler
{
    /// <summary>The files, by the path in their address.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public List<HttpRequestMessage> Requests { get; } = [];

    public HttpStatusCode? Refuses { get; set; }

    public bool SendsETags { get; set; } = true;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        return Task.FromResult(Answer(request));
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        if (Refuses is { } status)
        {
            return new HttpResponseMessage(status);
        }

        if (!Files.TryGetValue(request.RequestUri!.AbsolutePath, out var bytes))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        var tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))}\"";
        if (SendsETags && request.Headers.IfNoneMatch.Any(known => known.Tag == tag))
        {
            return new HttpResponseMessage(HttpStatusCode.NotModified);
        }

        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };
        response.Headers.ETag = SendsETags ? new EntityTagHeaderValue(tag) : null;
        return response;
    }
}
