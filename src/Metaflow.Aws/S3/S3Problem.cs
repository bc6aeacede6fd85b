using Metaflow.Aws.Http;

namespace Metaflow.Aws.S3;

/// <summary>Why a server did not do what it was asked.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Code">S3's code of the error, or one that stands for the status.</param>
/// <param name="Message">What the server said.</param>
internal sealed record S3Problem(int Status, string Code, string Message)
{
    private const int LongestBody = 64 << 10;

    // As Python Metaflow classifies them.
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "SlowDown", "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "ConnectionError", "Throttling",
        "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "EC2ThrottledException", "InternalError", "ConditionalRequestConflict", "OperationAborted",
    };

    /// <summary>Gets the region that the server says the bucket is in, where it does.</summary>
    public string? Region { get; init; }

    /// <summary>Gets a value indicating whether the same request may succeed a little later.</summary>
    public bool IsTransient => Status >= 500 || Status == 429 || TransientCodes.Contains(Code);

    /// <summary>Reads an answer.</summary>
    /// <param name="response">The answer; it is read to its end.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask<S3Problem> ReadAsync(ObjectResponse response, CancellationToken cancellationToken)
    {
        var body = new byte[LongestBody];
        var length = await response.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        return Of(response, body.AsSpan(0, length).ToArray());
    }

    /// <summary>Reads the body of an answer, which may be one that says 200 and fails nevertheless.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static S3Problem Of(ObjectResponse response, byte[] body)
    {
        // A proxy, or a server that is not one of S3, answers in other words.
        var error = XmlTexts.Of(body);
        return new S3Problem(response.Status, error.First("Code") ?? CodeOf(response.Status), error.First("Message") ?? "")
        {
            Region = response.Header("x-amz-bucket-region") ?? error.First("Region"),
        };
    }

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
