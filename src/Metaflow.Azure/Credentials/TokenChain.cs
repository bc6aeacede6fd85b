using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Credentials;

/// <summary>Finds tokens where Azure's own libraries find them, in their order, and renews those that end. Thread-safe.</summary>
/// <remarks>Source: "DefaultAzureCredential" of the documentation of Azure.Identity, which Python Metaflow's libraries have
/// too.</remarks>
internal sealed class TokenChain
{
    /// <summary>Blob Storage as Microsoft Entra names it.</summary>
    public const string Storage = "https://storage.azure.com";

    private readonly string _resource;
    private readonly AzureVariables _variables;
    private readonly EntraService _entra;
    private readonly ManagedIdentity _machine;
    private readonly TimeProvider _time;
    private readonly KeptCredentials<AccessToken> _kept;

    /// <summary>Initializes a chain.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="connections">Reach the services that give tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resource">What the tokens are for, as Microsoft Entra names it.</param>
    public TokenChain(AzureVariables variables, ConnectionPool connections, TimeProvider time, string resource = Storage)
    {
        (_variables, _time, _resource) = (variables, time, resource);
        _entra = new EntraService(variables, connections, time, resource);
        _machine = new ManagedIdentity(variables, connections, time, resource);
        _kept = new KeptCredentials<AccessToken>(FindAsync, time);
    }

    /// <summary>Returns the token that is valid now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Errors.ConfigurationException">There is none (MF2081).</exception>
    public ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken) => _kept.GetAsync(cancellationToken);

    /// <summary>Forgets a token that the server did not accept.</summary>
    /// <returns>Whether another one will be asked for.</returns>
    public bool TryForget() => _kept.TryForget();

    private async ValueTask<AccessToken> FindAsync()
    {
        var token = (IsWanted("EnvironmentCredential", "prod") ? await _entra.OfServicePrincipalAsync().ConfigureAwait(false) : null)
            ?? (IsWanted("WorkloadIdentityCredential", "prod") ? await _entra.OfWorkloadAsync().ConfigureAwait(false) : null)
            ?? (IsWanted("ManagedIdentityCredential", "prod") ? await _machine.GetAsync().ConfigureAwait(false) : null);
        if (token is not null)
        {
            return token;
        }

        var (ofUser, reason) = IsWanted("AzureCliCredential", "dev")
            ? await AzureCommandLine.GetAsync(_resource, _time.GetUtcNow()).ConfigureAwait(false)
            : new CommandLineToken(null, $"AZURE_TOKEN_CREDENTIALS is '{_variables["AZURE_TOKEN_CREDENTIALS"]}'");
        return ofUser ?? throw AzureErrors.Missing(
            $"The variables AZURE_… have no key, signature or identity, this machine has no managed identity, and {reason}.");
    }

    /// <summary>Returns true if <c>AZURE_TOKEN_CREDENTIALS</c>, which chooses among the sources, does not exclude one.</summary>
    private bool IsWanted(string source, string group)
        => _variables["AZURE_TOKEN_CREDENTIALS"] is not { } wanted
            || wanted.Equals(source, StringComparison.OrdinalIgnoreCase) || wanted.Equals(group, StringComparison.OrdinalIgnoreCase);
}
