using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Signing;

/// <summary>Proves to a storage account who sends a request. Thread-safe.</summary>
internal interface IAuthorization
{
    /// <summary>Gets where the proof comes from, as errors name it.</summary>
    string Origin { get; }

    /// <summary>Adds the proof to a request that is otherwise complete.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Errors.ConfigurationException">There is none (MF2081).</exception>
    ValueTask AddAsync(ObjectRequest request, CancellationToken cancellationToken);

    /// <summary>Gets rid of a proof that the server did not accept.</summary>
    /// <returns>Whether there will be another one.</returns>
    bool TryRenew();
}
