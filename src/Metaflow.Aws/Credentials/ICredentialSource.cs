using Metaflow.Aws.Signing;

namespace Metaflow.Aws.Credentials;

/// <summary>Where credentials come from. Thread-safe.</summary>
internal interface ICredentialSource
{
    /// <summary>Returns the credentials that are valid now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credentials; <see langword="null"/> when requests are sent without a signature.</returns>
    /// <exception cref="Errors.ConfigurationException">There are none (MF2081).</exception>
    ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken);
}
