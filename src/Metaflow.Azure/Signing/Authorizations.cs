using Metaflow.Azure.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Signing;

/// <summary>Chooses how requests are authorized.</summary>
internal static class Authorizations
{
    /// <summary>Returns the first that there is: a signature in the address, a key, another signature, a token.</summary>
    /// <param name="account">The account.</param>
    /// <param name="variables">The variables of Azure's own tools.</param>
    /// <param name="connections">Reach the services that give tokens.</param>
    /// <param name="time">The clock.</param>
    public static IAuthorization Of(StorageAccount account, AzureVariables variables, ConnectionPool connections, TimeProvider time)
        => account.Signature is { } ofAddress && ofAddress.Origin == StorageAccount.EndpointSetting.Name ? new SharedAccess(ofAddress)
            : account.Key is { } key ? new SharedKey(account.Name, key)
            : account.Signature is { } signature ? new SharedAccess(signature)
            : new BearerToken(account, new TokenChain(variables, connections, time));
}
