using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Gcp.Credentials;

/// <summary>Finds credentials where Google's own libraries find them, in their order, and renews tokens before they end.
/// Thread-safe.</summary>
/// <remarks>Source: "How Application Default Credentials works" of the documentation of Google Cloud.</remarks>
internal sealed class DefaultCredentials : ITokenSource
{
    private const string FileVariable = "GOOGLE_APPLICATION_CREDENTIALS";
    private readonly GoogleVariables _variables;
    private readonly string _scope;
    private readonly TokenServices _services;
    private readonly MachineIdentity _machine;
    private readonly KeptCredentials<AccessToken> _kept;

    /// <summary>Initializes the source.</summary>
    /// <param name="variables">The variables and files.</param>
    /// <param name="connections">Reach the services that give tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scope">What the tokens are good for.</param>
    public DefaultCredentials(
        GoogleVariables variables, ConnectionPool connections, TimeProvider time, string scope = TokenScopes.Storage)
    {
        (_variables, _scope) = (variables, scope);
        _services = new TokenServices(connections, time);
        _machine = new MachineIdentity(variables, connections, _services);
        _kept = new KeptCredentials<AccessToken>(() => FindAsync(CancellationToken.None), time);
    }

    /// <inheritdoc/>
    public ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken) => _kept.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public bool TryForget() => _kept.TryForget();

    private async ValueTask<AccessToken> FindAsync(CancellationToken cancellationToken)
    {
        var path = _variables.Value(FileVariable) ?? (File.Exists(_variables.UserFile) ? _variables.UserFile : null);
        var file = path is null ? null : CredentialFile.Read(path);
        var token = file is null
            ? await _machine.GetAsync(cancellationToken).ConfigureAwait(false) ?? throw CredentialErrors.Missing(
                $"{FileVariable} is not set, there is no file '{_variables.UserFile}', and this machine has no service account of Google.")
            : await OfFileAsync(file, _scope, cancellationToken).ConfigureAwait(false);
        return token with { QuotaProject = _variables.Value("GOOGLE_CLOUD_QUOTA_PROJECT") ?? file?.Find("quota_project_id") };
    }

    private async ValueTask<AccessToken> OfFileAsync(CredentialFile file, string scope, CancellationToken cancellationToken)
    {
        switch (file.Text("type"))
        {
            case "service_account":
                return await ServiceAccountKey.ExchangeAsync(file, scope, _services, cancellationToken).ConfigureAwait(false);
            case "authorized_user":
                return await OfUserAsync(file, cancellationToken).ConfigureAwait(false);
            case "external_account":
                return await new FederatedIdentity(file, _services).ExchangeAsync(scope, cancellationToken).ConfigureAwait(false);
            case "impersonated_service_account" when file.Part("source_credentials") is { } source:
                var user = await OfFileAsync(source, TokenScopes.Platform, cancellationToken).ConfigureAwait(false);
                return await _services.ImpersonateAsync(
                    file.Address("service_account_impersonation_url"), user, file.ListAsJson("delegates"), scope, cancellationToken)
                    .ConfigureAwait(false);
            case var other:
                throw CredentialErrors.Missing($"The file '{file.Path}' has credentials of the type '{other}', which Metaflow cannot use.");
        }
    }

    private ValueTask<AccessToken> OfUserAsync(CredentialFile file, CancellationToken cancellationToken) => _services.ExchangeAsync(
        file.Address("token_uri", "https://oauth2.googleapis.com/token"),
        [
            ("grant_type", "refresh_token"),
            ("client_id", file.Text("client_id")),
            ("client_secret", file.Text("client_secret")),
            ("refresh_token", file.Text("refresh_token")),
        ],
        cancellationToken);
}
