using Metaflow.ObjectStorage.Credentials;

namespace Metaflow.Gcp.Credentials;

/// <summary>What proves to Google who sends a request.</summary>
/// <param name="Text">The token.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record AccessToken(string Text, DateTimeOffset? ExpiresAt) : IExpiringCredentials
{
    /// <summary>Gets the project whose quota requests use; <see langword="null"/> for that of the identity.</summary>
    public string? QuotaProject { get; init; }

    /// <inheritdoc/>
    /// <remarks>A secret in a message would be in a log.</remarks>
    public override string ToString() => "an access token";
}

/// <summary>Where tokens come from. Thread-safe.</summary>
internal interface ITokenSource
{
    /// <summary>Returns the token that is valid now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Errors.ConfigurationException">There are no credentials (MF2081).</exception>
    ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken);

    /// <summary>Forgets a token that the server did not accept.</summary>
    /// <returns>Whether another one can be had.</returns>
    bool TryForget();
}
