using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Gcp.Credentials;

/// <summary>Asks the services of Google that give tokens.</summary>
/// <param name="connections">Reach the services.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenServices(ConnectionPool connections, TimeProvider time)
{
    /// <summary>Gets the time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Asks a service of OAuth 2.0.</summary>
    /// <param name="address">The address.</param>
    /// <param name="form">What it is asked.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<AccessToken> ExchangeAsync(
        Uri address, IEnumerable<(string Name, string Value)> form, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(address, () => ServiceExchange.PostAsync(connections, address, form, cancellationToken))
            .ConfigureAwait(false);
        return TokenOf(address, reply, "access_token");
    }

    /// <summary>Asks for the token of a service account that another identity may use.</summary>
    /// <param name="address">The address.</param>
    /// <param name="user">The token of the identity.</param>
    /// <param name="delegates">The service accounts between the two, as JSON.</param>
    /// <param name="scope">What the token is good for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<AccessToken> ImpersonateAsync(
        Uri address, AccessToken user, string delegates, string scope, CancellationToken cancellationToken)
    {
        var request = new ObjectRequest("POST", address.PathAndQuery)
        {
            Body = Encoding.UTF8.GetBytes(
                $$"""{"scope":["{{scope}}"],"lifetime":"3600s","delegates":{{delegates}}}"""),
        };
        request.Headers["content-type"] = "application/json";
        request.Headers["authorization"] = $"Bearer {user.Text}";
        var reply = await AskAsync(address, () => ServiceExchange.SendAsync(connections, address, request, cancellationToken))
            .ConfigureAwait(false);
        return TokenOf(address, reply, "accessToken");
    }

    /// <summary>Asks a service that is not Google's.</summary>
    /// <param name="address">The address.</param>
    /// <param name="headers">The headers that it wants.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<ServiceReply> GetAsync(
        Uri address, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        var request = new ObjectRequest("GET", address.PathAndQuery);
        foreach (var (name, value) in headers)
        {
            request.Headers[name.ToLowerInvariant()] = value;
        }

        var reply = await AskAsync(address, () => ServiceExchange.SendAsync(connections, address, request, cancellationToken))
            .ConfigureAwait(false);
        return reply.Succeeded ? reply : throw Refused(address, reply);
    }

    /// <summary>Reads a token.</summary>
    /// <param name="address">Who gave it.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="member">The member that has it.</param>
    public AccessToken TokenOf(Uri address, ServiceReply reply, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            var root = document.RootElement;
            if (reply.Succeeded && root.TryGetProperty(member, out var text) && text.GetString() is { Length: > 0 } token)
            {
                return new AccessToken(token, EndOf(root));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The error says what the service answered.
        }

        throw Refused(address, reply);
    }

    private static Errors.ConfigurationException Refused(Uri address, ServiceReply reply) => CredentialErrors.Missing(
        string.Create(CultureInfo.InvariantCulture, $"{address.Authority} gave none. It answered {reply.Status}: {Shown(reply)}"));

    // An answer that succeeded may have a secret.
    private static string Shown(ServiceReply reply) => reply.Succeeded ? "without a token." : reply.Text;

    private static async ValueTask<ServiceReply> AskAsync(Uri address, Func<ValueTask<ServiceReply>> ask)
    {
        try
        {
            var reply = await ask().ConfigureAwait(false);
            return reply.MayPass
                ? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"It answered {reply.Status}."))
                : reply;
        }
        catch (IOException error)
        {
            throw CredentialErrors.Missing($"{address.Authority} gave none: {error.Message}", error);
        }
    }

    private DateTimeOffset? EndOf(JsonElement json)
        => json.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var number) ? Now.AddSeconds(number)
            : json.TryGetProperty("expireTime", out var end) && end.TryGetDateTimeOffset(out var time) ? time
            : Now.AddHours(1);
}

/// <summary>What tokens are good for.</summary>
internal static class TokenScopes
{
    /// <summary>To read and write objects.</summary>
    public const string Storage = "https://www.googleapis.com/auth/devstorage.read_write";

    /// <summary>Whatever the identity may do: to be another service account, to read secrets.</summary>
    public const string Platform = "https://www.googleapis.com/auth/cloud-platform";
}
