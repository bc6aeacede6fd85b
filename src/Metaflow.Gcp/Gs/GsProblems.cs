using System.Text;
using System.Text.Json;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Gcp.Gs;

/// <summary>Reads why Google Cloud Storage did not do what it was asked.</summary>
/// <remarks>Source: "HTTP status and error codes for JSON" of the reference of Google Cloud Storage.</remarks>
internal static class GsProblems
{
    /// <summary>The code of a bucket that is missing. The service gives it the same code as an object that is missing.</summary>
    public const string BucketMissing = "bucketNotFound";

    /// <summary>Reads a refusal.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static ServiceProblem Of(ObjectResponse response, byte[] body)
    {
        var (code, message) = Read(body);
        code ??= CodeOf(response.Status);
        if (response.Status == 404 && message.Contains("bucket does not exist", StringComparison.OrdinalIgnoreCase))
        {
            code = BucketMissing;
        }

        return new ServiceProblem(response.Status, code, message, KindOf(response.Status, code));
    }

    private static ProblemKind KindOf(int status, string code) => status switch
    {
        >= 500 or 408 or 429 => ProblemKind.Transient,
        403 when code.EndsWith("ateLimitExceeded", StringComparison.Ordinal) => ProblemKind.Transient,
        404 when code == BucketMissing => ProblemKind.Refused,

        // The second is an upload that is over.
        404 or 410 => ProblemKind.Missing,
        412 => ProblemKind.Exists,
        416 => ProblemKind.OutOfRange,
        _ => ProblemKind.Refused,
    };

    /// <summary>Reads the reason and the message. What is asked for as bytes is refused with the message alone.</summary>
    private static (string? Code, string Message) Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.GetProperty("error");
            return (Reason(error), error.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 500))));
        }
    }

    private static string? Reason(JsonElement error)
        => error.TryGetProperty("errors", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0
            && all[0].TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    private static string CodeOf(int status) => status switch
    {
        401 => "authError",
        403 => "forbidden",
        404 => "notFound",
        410 => "gone",
        412 => "conditionNotMet",
        416 => "requestedRangeNotSatisfiable",
        429 => "rateLimitExceeded",
        503 => "backendError",
        _ => "unknown",
    };
}
