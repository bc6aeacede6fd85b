using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Gcp.Credentials;

/// <summary>The service account of a machine of Google: Compute Engine, Kubernetes Engine, Cloud Run.</summary>
/// <remarks>Source: "About VM metadata" of the documentation of Compute Engine.</remarks>
/// <param name="variables">The variables.</param>
/// <param name="connections">Reach the service.</param>
/// <param name="services">Read its answer.</param>
internal sealed class MachineIdentity(GoogleVariables variables, ConnectionPool connections, TokenServices services)
{
    private const string TokenPath = "/computeMetadata/v1/instance/service-accounts/default/token";

    /// <summary>A machine outside of Google has nobody who answers there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A machine that a variable promises may take longer, as in a pod that has just started.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(10);

    /// <summary>Returns the token of the machine.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The token; <see langword="null"/> where it has none, or is not of Google.</returns>
    public async ValueTask<AccessToken?> GetAsync(CancellationToken cancellationToken)
    {
        var host = variables.Value("GCE_METADATA_HOST");
        if (host is null && string.Equals(variables.Value("NO_GCE_CHECK"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var address = new Uri($"http://{host ?? "169.254.169.254"}{TokenPath}");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(host is null ? Patience : LongPatience);
        ServiceReply reply;
        try
        {
            reply = await ServiceExchange.AskAsync(connections, "GET", address, "metadata-flavor", "Google", patience.Token)
                .ConfigureAwait(false);
        }
        catch (IOException error) when (host is not null)
        {
            throw CredentialErrors.Missing($"The machine's service at {address.Authority} gave none: {error.Message}", error);
        }
        catch (IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        // Machines of other clouds have a service at this address too.
        return reply.Succeeded ? services.TokenOf(address, reply, "access_token")
            : reply.MayPass ? throw CredentialErrors.Missing(
                $"The machine's service at {address.Authority} gave none.", new IOException($"It answered {reply.Status}."))
            : null;
    }
}
