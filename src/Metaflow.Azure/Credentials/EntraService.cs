using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Credentials;

/// <summary>Asks Microsoft Entra for tokens of a service principal, and of a workload of Kubernetes.</summary>
/// <remarks>Source: "OAuth 2.0 client credentials flow" of the documentation of the Microsoft identity platform.</remarks>
/// <param name="variables">The variables.</param>
/// <param name="connections">Reach the service.</param>
/// <param name="time">The clock.</param>
/// <param name="resource">What the tokens are for.</param>
internal sealed class EntraService(AzureVariables variables, ConnectionPool connections, TimeProvider time, string resource)
{
    private const string AuthorityVariable = "AZURE_AUTHORITY_HOST";

    /// <summary>Returns the token of a service principal, whose secret or certificate is in the variables.</summary>
    /// <returns>The token; <see langword="null"/> when they have none.</returns>
    public async ValueTask<AccessToken?> OfServicePrincipalAsync()
    {
        if (variables["AZURE_TENANT_ID"] is not { } tenant || variables["AZURE_CLIENT_ID"] is not { } client)
        {
            return null;
        }

        if (variables["AZURE_CLIENT_SECRET"] is { } secret)
        {
            return await AskAsync(tenant, client, [("client_secret", secret)]).ConfigureAwait(false);
        }

        if (variables["AZURE_CLIENT_CERTIFICATE_PATH"] is not { } path)
        {
            return null;
        }

        var proof = ClientCertificate.Sign(
            path, variables["AZURE_CLIENT_CERTIFICATE_PASSWORD"], client, AddressFor(tenant), time.GetUtcNow());
        return await AskAsync(tenant, client, Assertion(proof)).ConfigureAwait(false);
    }

    /// <summary>Returns the token of a workload, for which Kubernetes has left a token in a file.</summary>
    /// <returns>The token; <see langword="null"/> when no file is named.</returns>
    public async ValueTask<AccessToken?> OfWorkloadAsync()
    {
        if (variables["AZURE_FEDERATED_TOKEN_FILE"] is not { } file || variables["AZURE_TENANT_ID"] is not { } tenant
            || variables["AZURE_CLIENT_ID"] is not { } client)
        {
            return null;
        }

        string proof;
        try
        {
            proof = (await File.ReadAllTextAsync(file).ConfigureAwait(false)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw AzureErrors.Missing($"The file of AZURE_FEDERATED_TOKEN_FILE cannot be read: {error.Message}");
        }

        return await AskAsync(tenant, client, Assertion(proof)).ConfigureAwait(false);
    }

    private static (string Name, string Value)[] Assertion(string proof) =>
    [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", proof),
    ];

    private Uri AddressFor(string tenant)
    {
        var authority = variables[AuthorityVariable] ?? "https://login.microsoftonline.com";
        var text = authority.Contains("://", StringComparison.Ordinal) ? authority : $"https://{authority}";

        // A secret is only sent where others cannot read it.
        return Uri.TryCreate($"{text.TrimEnd('/')}/{ObjectRequest.Encode(tenant)}/oauth2/v2.0/token", UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw AzureErrors.Missing($"{AuthorityVariable} is '{authority}', which is not the address of a service with TLS.");
    }

    private async ValueTask<AccessToken> AskAsync(string tenant, string client, (string Name, string Value)[] proof)
    {
        var address = AddressFor(tenant);
        ServiceReply reply;
        try
        {
            reply = await ServiceExchange.PostAsync(
                connections,
                address,
                [("grant_type", "client_credentials"), ("client_id", client), ("scope", $"{resource}/.default"), .. proof],
                CancellationToken.None).ConfigureAwait(false);
            if (reply.MayPass)
            {
                throw new IOException($"it answered {reply.Status}.");
            }
        }
        catch (IOException error)
        {
            throw AzureErrors.Missing($"{address.Host} gave no token to the client '{client}': {error.Message}", error);
        }

        return (reply.Succeeded ? AccessToken.Read(reply.Body, time.GetUtcNow()) : null) ?? throw AzureErrors.Missing(
            $"{address.Host} gave no token to the client '{client}': {AccessToken.ReasonOf(reply)}.");
    }
}
