using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Metaflow.Environments.Archives;

/// <summary>Reaches channels and indexes: with their credentials, and again when they fail for a moment.</summary>
/// <param name="credentials">User and password by host. Those in an address come before them.</param>
/// <param name="time">The clock.</param>
internal sealed class SourceAccess(IReadOnlyDictionary<string, NetworkCredential> credentials, TimeProvider time) : DelegatingHandler
{
    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns a client.</summary>
    /// <param name="credentials">User and password by host, from the settings.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The client, which the caller disposes.</returns>
    public static HttpClient Open(IReadOnlyDictionary<string, NetworkCredential> credentials, TimeProvider time)
        => new(new SourceAccess(credentials, time)
        {
            InnerHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(30),
                MaxConnectionsPerServer = 8,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            },
        })
        { Timeout = TimeSpan.FromMinutes(30) };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Authorize(request);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (attempt == Attempts || !IsForAMoment(response.StatusCode))
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException) when (attempt < Attempts)
            {
                // The server may be back in a moment.
            }

            await Task.Delay(FirstPause * (1 << (attempt - 1)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Authorize(HttpRequestMessage request)
    {
        if (request.RequestUri is not { } address || request.Headers.Authorization is not null)
        {
            return;
        }

        var (user, password) = address.UserInfo.Length > 0 ? Split(address.UserInfo)
            : credentials.GetValueOrDefault(address.Host) is { } known ? (known.UserName, known.Password) : default;
        if (user is not null)
        {
            request.RequestUri = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
    }

    private static (string? User, string? Password) Split(string userInfo)
    {
        var end = userInfo.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? (Uri.UnescapeDataString(userInfo), "")
            : (Uri.UnescapeDataString(userInfo[..end]), Uri.UnescapeDataString(userInfo[(end + 1)..]));
    }

    private static bool IsForAMoment(HttpStatusCode status)
        => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            and not HttpStatusCode.NotImplemented;
}
