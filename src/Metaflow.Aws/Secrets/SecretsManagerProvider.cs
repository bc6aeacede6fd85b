using System.Buffers;
using System.Text.Json;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Secrets;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;

namespace Metaflow.Aws.Secrets;

/// <summary>Reads secrets of AWS Secrets Manager: <c>[Secrets("aws-secrets-manager.name")]</c>.</summary>
/// <remarks>Source: the API reference of AWS Secrets Manager, version 2017-10-17.</remarks>
/// <param name="settings">Metaflow's settings.</param>
/// <param name="profile">What AWS's own files say, and its variables.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretsManagerProvider(SettingReader settings, AwsProfile profile, TimeProvider time) : ISecretsProvider
{
    /// <summary>The name of the back end.</summary>
    public const string BackendName = "aws-secrets-manager";

    public static readonly SettingDescription RegionSetting = new(
        "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_REGION", SettingKind.Text, "It is the region of secrets whose source names none.")
    { IsForTasks = true };

    public static readonly SettingDescription RoleSetting = new(
        "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_ROLE", SettingKind.Text,
        "It is the ARN of the role that reads secrets whose source names none.")
    { IsForTasks = true };

    private const string RegionOption = "region";
    private const string RoleOption = "role";
    private const string Service = "secretsmanager";
    private const string ArnStart = "arn:";

    private readonly SignatureV4 _signature = new(Service);

    /// <inheritdoc/>
    public string Name => BackendName;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(
        SecretRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var secret = SecretReference.Parse(
            BackendName, request.Id, SecretReference.JsonOption, SecretReference.NameOption, RegionOption, RoleOption);
        var isJson = secret.Flag(SecretReference.JsonOption, true);
        var region = RegionOf(secret);
        using var connections = new ConnectionPool(new CertificateCheck("AWS_CA_BUNDLE", profile.Variable("AWS_CA_BUNDLE")));
        var sender = await SenderAsync(secret.Option(RoleOption) ?? request.Role, connections, cancellationToken).ConfigureAwait(false);
        var exchange = new SecretExchange(secret, connections, time);
        var reply = await exchange.AskAsync(
            () => ValueTask.FromResult(QuestionOf(secret, region, sender)), IsBusy,
            refusal => SecretsManagerErrors.Of(exchange, secret, region, refusal), cancellationToken).ConfigureAwait(false);
        var (name, text, bytes) = exchange.Read(reply, static json => Text(json, "Name") is { } name
            && (Text(json, "SecretString"), Text(json, "SecretBinary")) is var (text, bytes) && (text ?? bytes) is not null
            ? Tuple.Create(name, text, bytes)
            : null);

        // Bytes stay in base 64, as the service sends them.
        return text is null ? SecretValues.One(secret, name, bytes!)
            : isJson ? SecretValues.OfJson(secret, text)
            : SecretValues.One(secret, name, text);
    }

    private static bool IsBusy(ServiceReply reply) => !reply.Succeeded && SecretsManagerErrors.CodeOf(reply) is
        "ThrottlingException" or "Throttling" or "RequestLimitExceeded" or "TooManyRequestsException" or "InternalServiceError";

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async ValueTask<AwsCredentials?> SenderAsync(string? role, ConnectionPool connections, CancellationToken cancellationToken)
    {
        var own = await new CredentialChain(profile, connections, time).GetAsync(cancellationToken).ConfigureAwait(false);
        return (role ?? settings.Text(RoleSetting.Name)) is { } other
            ? await new TokenService(profile, connections, time).OfOtherRoleAsync(other, own, cancellationToken).ConfigureAwait(false)
            : own;
    }

    private SecretQuestion QuestionOf(SecretReference secret, string region, AwsCredentials? sender)
    {
        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        var address = EndpointAddress.Parse(
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            profile.Variable("AWS_ENDPOINT_URL_SECRETS_MANAGER") ?? profile.Variable("AWS_ENDPOINT_URL")
                ?? $"https://{Service}.{region}.{domain}");
        var request = new ObjectRequest("POST", "/") { Body = BodyOf(secret.Id) };
        request.Headers["content-type"] = "application/x-amz-json-1.1";
        request.Headers["x-amz-target"] = "secretsmanager.GetSecretValue";
        _signature.Sign(request, ServerAddress.Of(address).Authority, region, sender, time.GetUtcNow());
        return new SecretQuestion(address, request);
    }

    private static byte[] BodyOf(string id)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("SecretId", id);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    private string RegionOf(SecretReference secret)
        => (secret.Id.StartsWith(ArnStart, StringComparison.Ordinal) && secret.Id.Split(':') is [_, _, Service, { Length: > 0 } ofArn, ..]
            ? ofArn
            : null)
            ?? secret.Option(RegionOption)
            ?? settings.Text(RegionSetting.Name)
            ?? profile.Region
            ?? throw SecretErrors.PlaceUnknown(
                secret,
                $"The source has no region, {RegionSetting.Name} and AWS_REGION are not set, and the profile '{profile.Name}' has none.",
                $"Set {RegionSetting.Name}, or write '{secret.Shown}?{RegionOption}=eu-west-1'.");
}
