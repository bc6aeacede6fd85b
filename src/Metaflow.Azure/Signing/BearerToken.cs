using Metaflow.Azure.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Signing;

/// <summary>Shows a token of Microsoft Entra.</summary>
/// <param name="account">The account.</param>
/// <param name="tokens">Where tokens come from.</param>
internal sealed class BearerToken(StorageAccount account, TokenChain tokens) : IAuthorization
{
    /// <inheritdoc/>
    public string Origin => "the identity of this process";

    /// <inheritdoc/>
    public async ValueTask AddAsync(ObjectRequest request, CancellationToken cancellationToken)
    {
        // Whoever reads the token on its way could use it.
        if (!account.Server.IsSecure && !account.Endpoint.IsLoopback)
        {
            throw SettingErrors.Invalid(
                StorageAccount.EndpointSetting.Name, account.Endpoint.ToString(), "Tokens are sent only to addresses of 'https'.");
        }

        var token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        request.Headers["authorization"] = $"Bearer {token.Value}";
    }

    /// <inheritdoc/>
    public bool TryRenew() => tokens.TryForget();
}
