using Metaflow.ObjectStorage.Credentials;

namespace Metaflow.Aws.Signing;

/// <summary>What proves to AWS who sends a request.</summary>
/// <param name="AccessKeyId">The id of the access key.</param>
/// <param name="SecretAccessKey">The secret of the access key.</param>
/// <param name="SessionToken">The token of temporary keys; <see langword="null"/> for keys that stay.</param>
/// <param name="ExpiresAt">When temporary keys end; <see langword="null"/> for keys that stay.</param>
internal sealed record AwsCredentials(
    string AccessKeyId, string SecretAccessKey, string? SessionToken = null, DateTimeOffset? ExpiresAt = null)
    : IExpiringCredentials
{
    /// <inheritdoc/>
    /// <remarks>A secret in a message would be in a log.</remarks>
    public override string ToString() => AccessKeyId;
}
