using System.Text;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Credentials;

/// <summary>The credentials that AWS gives to a container (ECS, EKS) or to a machine (EC2).</summary>
/// <remarks>Source: "Container credential provider" and "Use IMDS" of AWS's reference guides.</remarks>
/// <param name="profile">The variables.</param>
/// <param name="connections">Reach the services.</param>
internal sealed class MachineCredentials(AwsProfile profile, ConnectionPool connections)
{
    private const string Roles = "/latest/meta-data/iam/security-credentials/";

    /// <summary>A machine outside of AWS has nobody who answers there.</summary>
    private static readonly TimeSpan InstancePatience = TimeSpan.FromSeconds(1);

    /// <summary>Returns the credentials of the container.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> outside of one.</returns>
    public async ValueTask<AwsCredentials?> OfContainerAsync(CancellationToken cancellationToken)
    {
        var address = profile.Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is { } path
            ? new Uri("http://169.254.170.2" + path)
            : profile.Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") is { } full
                ? EndpointAddress.Parse("AWS_CONTAINER_CREDENTIALS_FULL_URI", full)
                : null;
        if (address is null)
        {
            return null;
        }

        try
        {
            var token = profile.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { } file
                ? (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim()
                : profile.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
            var answer = await AskAsync(address, "GET", "authorization", token, cancellationToken).ConfigureAwait(false);
            return CredentialJson.Read(answer)
                ?? throw CredentialErrors.Missing(
                    $"The container's service at {address.Authority} gave none: {Encoding.UTF8.GetString(answer)}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CredentialErrors.Missing($"The container's service at {address.Authority} gave none: {error.Message}", error);
        }
    }

    /// <summary>Returns the credentials of the machine's role.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> where it has none, or is not of AWS.</returns>
    public async ValueTask<AwsCredentials?> OfInstanceAsync(CancellationToken cancellationToken)
    {
        if (profile.Variable("AWS_EC2_METADATA_DISABLED") is { } disabled && disabled.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var address = EndpointAddress.Parse(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT", profile.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(InstancePatience);
        try
        {
            var token = Encoding.ASCII.GetString(await AskAsync(
                new Uri(address, "/latest/api/token"), "PUT", "x-aws-ec2-metadata-token-ttl-seconds", "21600", patience.Token)
                .ConfigureAwait(false));
            var roles = Encoding.ASCII.GetString(await AskAsync(
                new Uri(address, Roles), "GET", "x-aws-ec2-metadata-token", token, patience.Token).ConfigureAwait(false));
            var role = roles.Split('\n')[0].Trim();
            return role.Length == 0 ? null : CredentialJson.Read(await AskAsync(
                new Uri(address, Roles + role), "GET", "x-aws-ec2-metadata-token", token, patience.Token).ConfigureAwait(false));
        }
        catch (IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<byte[]> AskAsync(
        Uri address, string method, string header, string? value, CancellationToken cancellationToken)
    {
        var reply = await ServiceExchange.AskAsync(connections, method, address, header, value, cancellationToken).ConfigureAwait(false);
        return reply.Succeeded ? reply.Body : throw new IOException($"It answered {reply.Status}.");
    }
}
