using System.Text.Json;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Secrets;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.Secrets;

/// <summary>What the refusals of AWS Secrets Manager mean.</summary>
internal static class SecretsManagerErrors
{
    /// <summary>Returns the error of a refusal.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="region">The region that was asked.</param>
    /// <param name="reply">The answer.</param>
    public static StepFailedException Of(SecretExchange exchange, SecretReference secret, string region, ServiceReply reply)
    {
        var code = CodeOf(reply);
        var message = MessageOf(reply);
        return code switch
        {
            "ResourceNotFoundException" or "InvalidRequestException" => SecretErrors.Missing(
                secret, $"the region '{region}'", message,
                "Check the name and the region. An ARN names both. A secret that is marked for deletion must be restored first."),
            "AccessDeniedException" or "AccessDenied" => SecretErrors.NoPermission(
                secret,
                $"The credentials have no permission for it ({code}): {ObjectErrors.Sentence(message)}",
                "Allow secretsmanager:GetSecretValue on the secret, and kms:Decrypt on its key if it has one of its own, to the "
                    + "identity of the credentials or to a role, and name that with Role."),
            "DecryptionFailure" => SecretErrors.NoPermission(
                secret, $"Its key cannot be used: {ObjectErrors.Sentence(message)}", "Allow kms:Decrypt on the key of the secret."),
            "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "SignatureDoesNotMatch"
                or "ExpiredTokenException" or "MissingAuthenticationToken" or "IncompleteSignature" => SecretErrors.NoPermission(
                    secret,
                    $"The service does not accept the credentials ({code}): {ObjectErrors.Sentence(message)}",
                    "Renew the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names."),
            _ => exchange.Refused(reply, code, message),
        };
    }

    /// <summary>Returns the code of a refusal.</summary>
    /// <param name="reply">The answer.</param>
    public static string CodeOf(ServiceReply reply)
    {
        var code = Member(reply, "__type") ?? "Unknown";
        return code[(code.LastIndexOf('#') + 1)..];
    }

    private static string MessageOf(ServiceReply reply) => Member(reply, "message") ?? Member(reply, "Message") ?? "";

    private static string? Member(ServiceReply reply, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                ? value.GetString()
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
