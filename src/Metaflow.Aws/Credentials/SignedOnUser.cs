using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Credentials;

/// <summary>The credentials of a user who has signed on with <c>aws sso login</c>.</summary>
/// <remarks>Source: "IAM Identity Center credential provider" of AWS's reference guide, and the API reference of its portal.</remarks>
/// <param name="profile">The profile.</param>
/// <param name="connections">Reach the service.</param>
/// <param name="time">The clock.</param>
internal sealed class SignedOnUser(AwsProfile profile, ConnectionPool connections, TimeProvider time)
{
    /// <summary>Returns the credentials.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> when the profile does not use a sign-on.</returns>
    public async ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        var session = profile.Entry("sso_session");
        var section = session is null ? null : $"sso-session {session}";
        var start = Find("sso_start_url");
        var region = Find("sso_region");
        if ((session ?? start) is not { } key || profile.Entry("sso_account_id") is not { } account
            || profile.Entry("sso_role_name") is not { } role || region is null)
        {
            return null;
        }

        var token = await TokenAsync(key, cancellationToken).ConfigureAwait(false) ?? throw CredentialErrors.Missing(
            $"Nobody has signed on for the profile '{profile.Name}', or the sign-on has ended: 'aws sso login --profile {profile.Name}'.");
        var address = EndpointAddress.Parse(
            "AWS_ENDPOINT_URL_SSO", profile.Variable("AWS_ENDPOINT_URL_SSO") ?? $"https://portal.sso.{region}.amazonaws.com");
        var server = ServerAddress.Of(address);
        var request = new ObjectRequest("GET", "/federation/credentials");
        request.Query["account_id"] = ObjectRequest.Encode(account);
        request.Query["role_name"] = ObjectRequest.Encode(role);
        request.Headers["host"] = server.Authority;
        request.Headers["x-amz-sso_bearer_token"] = token;
        try
        {
            using var response = await connections.SendAsync(server, request, cancellationToken).ConfigureAwait(false);
            var answer = await response.ReadAsync(cancellationToken).ConfigureAwait(false);
            return CredentialJson.Read(answer, "roleCredentials") ?? throw CredentialErrors.Missing(
                $"{address.Host} gave none for the role '{role}': {Encoding.UTF8.GetString(answer)}");
        }
        catch (IOException error)
        {
            throw CredentialErrors.Missing($"{address.Host} gave none for the role '{role}': {error.Message}", error);
        }

        string? Find(string name) => profile.Entry(name) ?? (section is null ? null : profile.SharedEntry(section, name));
    }

    /// <summary>Returns the token that the sign-on has left in AWS's folder.</summary>
    private async ValueTask<string?> TokenAsync(string key, CancellationToken cancellationToken)
    {
#pragma warning disable CA5350 // It is the name of a file, which AWS's tools chose.
        var name = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(key)));
#pragma warning restore CA5350
        try
        {
            var path = Path.Combine(profile.Folder, "sso", "cache", $"{name}.json");
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
            var root = document.RootElement;
            return root.TryGetProperty("accessToken", out var token) && root.TryGetProperty("expiresAt", out var end)
                && end.TryGetDateTimeOffset(out var last) && last > time.GetUtcNow() ? token.GetString() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
