using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Credentials;

/// <summary>The identity that Azure gives to an app (App Service, Functions, Container Apps), a job of Azure Machine Learning or a
/// machine.</summary>
/// <remarks>Source: "How to use managed identities to acquire an access token" of the documentation of Microsoft Entra.</remarks>
/// <param name="variables">The variables.</param>
/// <param name="connections">Reach the services.</param>
/// <param name="time">The clock.</param>
/// <param name="resource">What the tokens are for.</param>
internal sealed class ManagedIdentity(AzureVariables variables, ConnectionPool connections, TimeProvider time, string resource)
{
    /// <summary>A machine outside of Azure has nobody who answers there.</summary>
    private static readonly TimeSpan MachinePatience = TimeSpan.FromSeconds(1);

    /// <summary>Returns the token.</summary>
    /// <returns>The token; <see langword="null"/> where there is no identity.</returns>
    public async ValueTask<AccessToken?> GetAsync()
    {
        if (variables["IDENTITY_ENDPOINT"] is { } app && variables["IDENTITY_HEADER"] is { } header)
        {
            return await OfServiceAsync("IDENTITY_ENDPOINT", app, "2019-08-01", "client_id", "x-identity-header", header)
                .ConfigureAwait(false);
        }

        if (variables["MSI_ENDPOINT"] is { } job && variables["MSI_SECRET"] is { } secret)
        {
            return await OfServiceAsync("MSI_ENDPOINT", job, "2017-09-01", "clientid", "secret", secret).ConfigureAwait(false);
        }

        return await OfMachineAsync().ConfigureAwait(false);
    }

    private async ValueTask<AccessToken> OfServiceAsync(
        string variable, string text, string version, string clientName, string header, string value)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var service) || service.Scheme is not ("http" or "https"))
        {
            throw AzureErrors.Missing($"{variable} is '{text}', which is not the address of a service.");
        }

        ServiceReply reply;
        try
        {
            reply = await ServiceExchange.AskAsync(
                connections, "GET", Question(service, version, clientName), header, value, CancellationToken.None).ConfigureAwait(false);
            if (reply.MayPass)
            {
                throw new IOException($"it answered {reply.Status}.");
            }
        }
        catch (IOException error)
        {
            throw AzureErrors.Missing($"The service of {variable} gave no token: {error.Message}", error);
        }

        return (reply.Succeeded ? AccessToken.Read(reply.Body, time.GetUtcNow()) : null)
            ?? throw AzureErrors.Missing($"The service of {variable} gave no token: {AccessToken.ReasonOf(reply)}.");
    }

    private async ValueTask<AccessToken?> OfMachineAsync()
    {
        var host = variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? "http://169.254.169.254";
        if (!Uri.TryCreate(host, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw AzureErrors.Missing($"AZURE_POD_IDENTITY_AUTHORITY_HOST is '{host}', which is not the address of a service.");
        }

        using var patience = new CancellationTokenSource(MachinePatience, time);
        try
        {
            var question = Question(new Uri(address, "/metadata/identity/oauth2/token"), "2018-02-01", "client_id");
            var reply = await ServiceExchange.AskAsync(connections, "GET", question, "metadata", "true", patience.Token)
                .ConfigureAwait(false);

            // A service that has no time is there: to go on to other identities would hide the right one.
            return reply.MayPass
                ? throw AzureErrors.Missing(
                    $"The machine's identity service at {address.Host} answered {reply.Status}.", new IOException("It may pass."))
                : reply.Succeeded ? AccessToken.Read(reply.Body, time.GetUtcNow()) : null;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private Uri Question(Uri service, string version, string clientName)
    {
        var client = variables["AZURE_CLIENT_ID"] is { } id ? $"&{clientName}={ObjectRequest.Encode(id)}" : "";
        var separator = service.Query.Length > 0 ? '&' : '?';
        return new Uri($"{service}{separator}api-version={version}&resource={ObjectRequest.Encode(resource)}{client}");
    }
}
