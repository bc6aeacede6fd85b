using System.Globalization;
using System.Text;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Credentials;

/// <summary>Asks AWS's Security Token Service for the credentials of roles.</summary>
/// <remarks>Source: the API reference of AWS Security Token Service, version 2011-06-15.</remarks>
/// <param name="profile">The variables and files.</param>
/// <param name="connections">Reach the service.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenService(AwsProfile profile, ConnectionPool connections, TimeProvider time)
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>Returns the credentials of a role that the profile names.</summary>
    /// <param name="role">The role's ARN.</param>
    /// <param name="sender">Who may assume it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public ValueTask<AwsCredentials> OfRoleAsync(string role, AwsCredentials sender, CancellationToken cancellationToken)
    {
        var call = Call("AssumeRole", role, profile.Entry("role_session_name"));
        Add(call, "ExternalId", profile.Entry("external_id"));
        Add(call, "DurationSeconds", profile.Entry("duration_seconds"));
        return AskAsync(call, sender, role, cancellationToken);
    }

    /// <summary>Returns the credentials of a role that a setting names: what the profile says of its own role is not for it.</summary>
    /// <param name="role">The role's ARN.</param>
    /// <param name="sender">Who may assume it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public ValueTask<AwsCredentials> OfOtherRoleAsync(string role, AwsCredentials? sender, CancellationToken cancellationToken)
        => AskAsync(Call("AssumeRole", role, null), sender, role, cancellationToken);

    /// <summary>Returns the credentials that a token of another identity provider gives, as in Kubernetes.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> when no token is named.</returns>
    public async ValueTask<AwsCredentials?> OfWebIdentityAsync(CancellationToken cancellationToken)
    {
        var file = profile.Variable("AWS_WEB_IDENTITY_TOKEN_FILE") ?? profile.Entry("web_identity_token_file");
        var role = profile.Variable("AWS_ROLE_ARN") ?? profile.Entry("role_arn");
        if (file is null || role is null)
        {
            return null;
        }

        string token;
        try
        {
            token = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CredentialErrors.Missing($"The file of the web identity token cannot be read: {error.Message}", error);
        }

        var session = profile.Variable("AWS_ROLE_SESSION_NAME") ?? profile.Entry("role_session_name");
        var call = Call("AssumeRoleWithWebIdentity", role, session);
        Add(call, "WebIdentityToken", token.Trim());
        return await AskAsync(call, null, role, cancellationToken).ConfigureAwait(false);
    }

    private static StringBuilder Call(string action, string role, string? session)
    {
        var call = new StringBuilder($"Action={action}&Version=2011-06-15");
        Add(call, "RoleArn", role);
        Add(call, "RoleSessionName", session ?? "metaflow");
        return call;
    }

    private static void Add(StringBuilder call, string name, string? value)
    {
        if (value is not null)
        {
            call.Append('&').Append(name).Append('=').Append(ObjectRequest.Encode(value));
        }
    }

    private async ValueTask<AwsCredentials> AskAsync(
        StringBuilder call, AwsCredentials? sender, string role, CancellationToken cancellationToken)
    {
        var region = profile.Region ?? DefaultRegion;
        var address = EndpointAddress.Parse(
            "AWS_ENDPOINT_URL_STS",
            profile.Variable("AWS_ENDPOINT_URL_STS") ?? profile.Variable("AWS_ENDPOINT_URL") ?? $"https://sts.{region}.amazonaws.com");
        var server = ServerAddress.Of(address);
        var request = new ObjectRequest("POST", "/") { Body = Encoding.ASCII.GetBytes(call.ToString()) };
        request.Headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8";
        new SignatureV4("sts").Sign(request, server.Authority, region, sender, time.GetUtcNow());
        XmlTexts answer;
        try
        {
            using var response = await connections.SendAsync(server, request, cancellationToken).ConfigureAwait(false);
            if (response.Status is 429 or >= 500)
            {
                throw new IOException($"{address.Host} answered {response.Status}.");
            }

            var body = await response.ReadAsync(cancellationToken).ConfigureAwait(false);
            answer = XmlTexts.Of(body);
            if (response.Succeeded && !answer.IsWhole)
            {
                // Credentials without their last part are refused wherever they are used.
                throw UnexpectedAnswerException.Of($"The answer of {address.Host} is not whole: a document of XML", body);
            }
        }
        catch (IOException error)
        {
            throw CredentialErrors.Missing($"The role '{role}' could not be assumed: {error.Message}", error);
        }

        return answer.First("AccessKeyId") is { } key && answer.First("SecretAccessKey") is { } secret
            ? new AwsCredentials(key, secret, answer.First("SessionToken"), EndOf(answer.First("Expiration")))
            : throw CredentialErrors.Missing(
                $"The role '{role}' could not be assumed. {address.Host} says: {answer.First("Message") ?? "nothing"}");
    }

    private static DateTimeOffset? EndOf(string? text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : null;
}
