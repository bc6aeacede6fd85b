using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.S3;

/// <summary>Reads why S3 did not do what it was asked.</summary>
internal static class S3Problems
{
    // As Python Metaflow classifies them.
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "SlowDown", "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "ConnectionError", "Throttling",
        "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "EC2ThrottledException", "InternalError", "ConditionalRequestConflict", "OperationAborted",
    };

    /// <summary>Reads a refusal, which may be an answer that says 200.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static ServiceProblem Of(ObjectResponse response, byte[] body)
    {
        // A proxy, or a server that is not one of S3, answers in other words.
        var error = XmlTexts.Of(body);
        var code = error.First("Code") ?? CodeOf(response.Status);
        return new ServiceProblem(response.Status, code, error.First("Message") ?? "", KindOf(response.Status, code))
        {
            Region = response.Header("x-amz-bucket-region") ?? error.First("Region"),
        };
    }

    private static ProblemKind KindOf(int status, string code) => status switch
    {
        _ when status >= 500 || status == 429 || TransientCodes.Contains(code) => ProblemKind.Transient,
        404 when code != "NoSuchBucket" => ProblemKind.Missing,
        412 => ProblemKind.Exists,
        416 => ProblemKind.OutOfRange,
        _ => ProblemKind.Refused,
    };

    // Answers to HEAD have no body.
    private static string CodeOf(int status) => status switch
    {
        301 or 307 => "PermanentRedirect",
        401 or 403 => "AccessDenied",
        404 => "NoSuchKey",
        412 => "PreconditionFailed",
        416 => "InvalidRange",
        429 or 503 => "SlowDown",
        _ => "Unknown",
    };
}
