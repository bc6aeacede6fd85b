using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Azure.Blobs;

/// <summary>Reads why Azure did not do what it was asked.</summary>
/// <remarks>Source: "Blob Storage error codes" and "Common REST API error codes" of the REST API reference of Azure Storage.</remarks>
internal static class BlobProblems
{
    /// <summary>Reads a refusal.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static ServiceProblem Of(ObjectResponse response, byte[] body)
    {
        // Answers to HEAD have no body. A proxy answers in other words.
        var error = XmlTexts.Of(body);
        var code = response.Header("x-ms-error-code") ?? error.First("Code") ?? CodeOf(response.Status);
        var message = (error.First("Message") ?? "").Split('\n')[0].Trim();
        return new ServiceProblem(response.Status, code, message, KindOf(response.Status, code));
    }

    private static ProblemKind KindOf(int status, string code) => (status, code) switch
    {
        ( >= 500 or 408 or 429, _) or (_, "Md5Mismatch" or "AccountBeingCreated" or "OperationTimedOut" or "ServerBusy")
            => ProblemKind.Transient,
        (404, "ContainerNotFound") => ProblemKind.Refused,

        // The blocks of an object that another process has written in the meantime.
        (404, _) or (400, "InvalidBlockList") => ProblemKind.Missing,
        (_, "BlobAlreadyExists" or "ConditionNotMet" or "TargetConditionNotMet") => ProblemKind.Exists,
        (416, _) => ProblemKind.OutOfRange,
        _ => ProblemKind.Refused,
    };

    private static string CodeOf(int status) => status switch
    {
        401 => "NoAuthenticationInformation",
        403 => "AuthorizationFailure",
        404 => "BlobNotFound",
        412 => "ConditionNotMet",
        416 => "InvalidRange",
        429 or 503 => "ServerBusy",
        _ => "Unknown",
    };
}
