using Metaflow.Aws.S3;

namespace Metaflow.Aws.Credentials;

/// <summary>The credentials of this process: the keys of its variables, or of its profile.</summary>
/// <param name="profile">The variables and the files.</param>
internal sealed class ProcessCredentials(AwsProfile profile) : ICredentialSource
{
    /// <inheritdoc/>
    public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
        => ValueTask.FromResult<AwsCredentials?>(profile.Keys ?? throw S3Errors.NoCredentials("Neither variables nor files have keys."));
}
