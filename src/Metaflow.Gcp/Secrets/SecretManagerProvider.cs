using System.Text;
using Metaflow.Errors;
using Metaflow.Gcp.Credentials;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Secrets;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;

namespace Metaflow.Gcp.Secrets;

/// <summary>Reads secrets of Google's Secret Manager: <c>[Secrets("gcp-secret-manager.name")]</c>.</summary>
/// <remarks>Source: the REST reference of the Secret Manager API, version v1.</remarks>
/// <param name="settings">Metaflow's settings.</param>
/// <param name="variables">The variables of Google's libraries.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretManagerProvider(SettingReader settings, GoogleVariables variables, TimeProvider time) : ISecretsProvider
{
    /// <summary>The name of the back end.</summary>
    public const string BackendName = "gcp-secret-manager";

    public static readonly SettingDescription PrefixSetting = new(
        "METAFLOW_GCP_SECRET_MANAGER_PREFIX", SettingKind.Text,
        "It is what comes before the names of secrets whose source has no project, such as 'projects/ours/secrets/'.")
    { IsForTasks = true };

    private const string BinaryOption = "binary";
    private const string EndpointVariable = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER";

    /// <inheritdoc/>
    public string Name => BackendName;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(
        SecretRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var secret = SecretReference.Parse(
            BackendName, request.Id, SecretReference.JsonOption, SecretReference.NameOption, BinaryOption);
        var isJson = secret.Flag(SecretReference.JsonOption, false);
        var isBinary = secret.Flag(BinaryOption, false);
        var version = SecretVersion.Parse(secret, settings.Text(PrefixSetting.Name), PrefixSetting.Name);
        using var connections = new ConnectionPool(new CertificateCheck("", null));
        var tokens = new DefaultCredentials(variables, connections, time, TokenScopes.Platform);
        var exchange = new SecretExchange(secret, connections, time);
        var reply = await exchange.AskAsync(
            () => QuestionAsync(version, tokens, cancellationToken), static _ => false,
            refusal => Refused(exchange, secret, version, refusal), cancellationToken).ConfigureAwait(false);
        var bytes = exchange.Read(reply, static json => json.GetProperty("payload").GetProperty("data").GetBytesFromBase64());
        return isBinary && !isJson ? SecretValues.One(secret, version.Name, Convert.ToBase64String(bytes))
            : isJson ? SecretValues.OfJson(secret, TextOf(secret, bytes))
            : SecretValues.One(secret, version.Name, TextOf(secret, bytes));
    }

    private static string TextOf(SecretReference secret, byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // The exception's own message quotes bytes.
            throw SecretErrors.ValueInvalid(
                secret, "It is not a text in UTF-8.", $"Write '{secret.Shown}?{BinaryOption}=true' for the value in base 64.");
        }
    }

    private async ValueTask<SecretQuestion> QuestionAsync(
        SecretVersion version, DefaultCredentials tokens, CancellationToken cancellationToken)
    {
        const string Google = "https://secretmanager.googleapis.com/";
        var server = EndpointAddress.ParseSecure(EndpointVariable, variables.Value(EndpointVariable) ?? Google, Google);
        var token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        var request = new ObjectRequest("GET", $"{server.AbsolutePath.TrimEnd('/')}/v1/{version.Path}:access");
        request.Headers["authorization"] = $"Bearer {token.Text}";
        if (token.QuotaProject is { } project)
        {
            request.Headers["x-goog-user-project"] = project;
        }

        return new SecretQuestion(server, request);
    }

    private static StepFailedException Refused(SecretExchange exchange, SecretReference secret, SecretVersion version, ServiceReply reply)
    {
        var (code, message) = reply.ErrorOf("status");
        return reply.Status switch
        {
            404 => SecretErrors.Missing(
                secret, $"'{version.Path}'", message, "Check the name, the version and the project."),

            // A version that is disabled or destroyed.
            400 when code == "FAILED_PRECONDITION" => SecretErrors.Missing(
                secret, $"'{version.Path}'", message, "Enable the version, or name another one."),
            401 => SecretErrors.NoPermission(
                secret,
                $"The service does not accept the credentials ({code}): {ObjectErrors.Sentence(message)}",
                "Renew the credentials: run 'gcloud auth application-default login', or replace the file that "
                    + "GOOGLE_APPLICATION_CREDENTIALS names."),
            403 => SecretErrors.NoPermission(
                secret,
                $"The credentials have no permission for it ({code}): {ObjectErrors.Sentence(message)}",
                "Grant the role 'Secret Manager Secret Accessor' on the secret to the identity of the credentials. The API must be "
                    + "enabled in the project."),
            _ => exchange.Refused(reply, code, message),
        };
    }
}
