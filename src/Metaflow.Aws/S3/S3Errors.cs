using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.S3;

/// <summary>The errors of stores in S3.</summary>
internal static class S3Errors
{
    /// <summary>The setting that has the root.</summary>
    public const string RootSetting = "METAFLOW_DATASTORE_SYSROOT_S3";

    /// <summary>Returns the error of an answer that says no.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="problem">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Refused(string what, string bucket, ServiceProblem problem, bool isWrite) => problem switch
    {
        { Code: "NoSuchBucket" } => ObjectErrors.PlaceMissing(what, $"the bucket '{bucket}'", RootSetting),
        { Code: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "ExpiredToken" or "InvalidToken" } => ObjectErrors.NoPermission(
            what,
            $"The server does not accept the credentials ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
            "Renew the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names."),
        { Code: "RequestTimeTooSkewed" } => ObjectErrors.NoPermission(
            what,
            $"The clock here differs from the server's by more than it accepts ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
            "Set the clock of this machine, for example with a time service (NTP), and run the command again."),
        { Status: 401 or 403 } => ObjectErrors.NoPermission(
            what,
            $"The credentials have no permission for it ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
            $"Allow {(isWrite ? "s3:PutObject and s3:DeleteObject" : "s3:GetObject and s3:ListBucket")} on the bucket '{bucket}' to the "
                + "identity of the credentials, or use others."),
        _ => ObjectErrors.Refused(what, problem, isWrite),
    };
}
