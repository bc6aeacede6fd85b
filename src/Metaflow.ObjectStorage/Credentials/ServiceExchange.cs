using System.Text;
using System.Text.Json;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Credentials;

/// <summary>What a service that gives credentials answered.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body.</param>
internal sealed record ServiceReply(int Status, byte[] Body)
{
    /// <summary>Gets a value indicating whether it gave what it was asked for.</summary>
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>Gets a value indicating whether the same question may succeed a little later.</summary>
    public bool MayPass => Status is 408 or 429 or >= 500;

    /// <summary>Gets the body as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Returns what a refusal in JSON says: its member <c>error</c>, of which the innermost has the code that says why.</summary>
    /// <param name="codeName">The name of the member that has the code.</param>
    public (string Code, string Message) ErrorOf(string codeName)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            var error = document.RootElement.GetProperty("error");
            var code = error.TryGetProperty("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object
                && inner.TryGetProperty(codeName, out var innerCode) ? innerCode : error.GetProperty(codeName);
            return (code.GetString() ?? "Unknown", error.GetProperty("message").GetString()?.ReplaceLineEndings(" ") ?? "");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ("Unknown", "");
        }
    }
}

/// <summary>Asks services that give credentials.</summary>
internal static class ServiceExchange
{
    /// <summary>Asks with a form.</summary>
    /// <param name="connections">Reach the service.</param>
    /// <param name="address">The address.</param>
    /// <param name="form">The names and texts of the form.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">There was no answer.</exception>
    public static ValueTask<ServiceReply> PostAsync(
        ConnectionPool connections, Uri address, IEnumerable<(string Name, string Value)> form, CancellationToken cancellationToken)
    {
        var body = string.Join('&', form.Select(static pair => $"{pair.Name}={ObjectRequest.Encode(pair.Value)}"));
        var request = new ObjectRequest("POST", address.PathAndQuery) { Body = Encoding.ASCII.GetBytes(body) };
        request.Headers["content-type"] = "application/x-www-form-urlencoded";
        return SendAsync(connections, address, request, cancellationToken);
    }

    /// <summary>Asks without a body.</summary>
    /// <param name="connections">Reach the service.</param>
    /// <param name="method">The method.</param>
    /// <param name="address">The address.</param>
    /// <param name="header">The name of a header in lower case.</param>
    /// <param name="value">Its value; <see langword="null"/> to leave it out.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">There was no answer.</exception>
    public static ValueTask<ServiceReply> AskAsync(
        ConnectionPool connections, string method, Uri address, string header, string? value, CancellationToken cancellationToken)
    {
        var request = new ObjectRequest(method, address.PathAndQuery);
        if (value is not null)
        {
            request.Headers[header] = value;
        }

        return SendAsync(connections, address, request, cancellationToken);
    }

    /// <summary>Sends a request.</summary>
    /// <param name="connections">Reach the service.</param>
    /// <param name="address">The address of the service.</param>
    /// <param name="request">The request; its header <c>host</c> is set.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">There was no answer.</exception>
    public static async ValueTask<ServiceReply> SendAsync(
        ConnectionPool connections, Uri address, ObjectRequest request, CancellationToken cancellationToken)
    {
        var server = ServerAddress.Of(address);
        request.Headers["host"] = server.Authority;
        using var response = await connections.SendAsync(server, request, cancellationToken).ConfigureAwait(false);
        return new ServiceReply(response.Status, await response.ReadAsync(cancellationToken).ConfigureAwait(false));
    }
}
