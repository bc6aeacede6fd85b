using Metaflow.Azure.Credentials;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Secrets;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;

namespace Metaflow.Azure.Secrets;

/// <summary>Reads secrets of Azure Key Vault: <c>[Secrets("az-key-vault.name")]</c>.</summary>
/// <remarks>Source: "Get Secret" of the REST API reference of Azure Key Vault, version 7.4.</remarks>
/// <param name="settings">Metaflow's settings.</param>
/// <param name="variables">The variables of Azure's own tools.</param>
/// <param name="time">The clock.</param>
internal sealed class KeyVaultProvider(SettingReader settings, AzureVariables variables, TimeProvider time) : ISecretsProvider
{
    /// <summary>The name of the back end.</summary>
    public const string BackendName = "az-key-vault";

    public static readonly SettingDescription PrefixSetting = new(
        "METAFLOW_AZURE_KEY_VAULT_PREFIX", SettingKind.Text, "It is the address of the vault of secrets whose source names none.")
    { IsForTasks = true };

    private const string Version = "7.4";

    /// <inheritdoc/>
    public string Name => BackendName;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(
        SecretRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var secret = SecretReference.Parse(BackendName, request.Id, SecretReference.JsonOption, SecretReference.NameOption);
        var isJson = secret.Flag(SecretReference.JsonOption, false);
        var place = VaultSecret.Parse(secret, settings.Text(PrefixSetting.Name), PrefixSetting.Name);

        // No setting of Azure's tools names certificates: the system's count.
        using var connections = new ConnectionPool(new CertificateCheck("", null));
        var tokens = new TokenChain(variables, connections, time, place.Resource);
        var exchange = new SecretExchange(secret, connections, time);
        var reply = await exchange.AskAsync(
            () => QuestionAsync(place, tokens, cancellationToken), static _ => false,
            refusal => Refused(exchange, secret, place, refusal), cancellationToken).ConfigureAwait(false);
        var value = exchange.Read(reply, static json => json.GetProperty("value").GetString());
        return isJson ? SecretValues.OfJson(secret, value) : SecretValues.One(secret, place.Name, value);
    }

    private static async ValueTask<SecretQuestion> QuestionAsync(
        VaultSecret place, TokenChain tokens, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        var address = new Uri(place.Vault, $"/secrets/{place.Name}/{place.Version}?api-version={Version}");
        var request = new ObjectRequest("GET", address.AbsolutePath);
        request.Query["api-version"] = Version;
        request.Headers["authorization"] = $"Bearer {token.Value}";
        return new SecretQuestion(address, request);
    }

    private static StepFailedException Refused(SecretExchange exchange, SecretReference secret, VaultSecret place, ServiceReply reply)
    {
        var (code, message) = reply.ErrorOf("code");
        return (reply.Status, code) switch
        {
            (404, _) or (_, "SecretNotFound" or "SecretDisabled") => SecretErrors.Missing(
                secret, $"the vault '{place.Vault.Host}'", message,
                "Check the name, the version and the vault. A secret that was deleted must be recovered first, and one that is disabled "
                    + "must be enabled."),
            (401, _) => SecretErrors.NoPermission(
                secret,
                $"The vault does not accept the token of this process ({code}): {ObjectErrors.Sentence(message)}",
                "Sign on again with 'az login', or renew the secret of the service principal. Its tenant must be that of the vault."),
            (403, _) => SecretErrors.NoPermission(
                secret,
                $"The identity of this process has no permission for it ({code}): {ObjectErrors.Sentence(message)}",
                $"Give it the role 'Key Vault Secrets User' on the vault '{place.Vault.Host}', or the permission 'Get' for secrets in its "
                    + "access policy. A firewall of the vault may also be the cause."),
            _ => exchange.Refused(reply, code, message),
        };
    }
}
