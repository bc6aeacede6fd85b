using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Aws.S3;

/// <summary>The errors of stores in S3.</summary>
internal static class S3Errors
{
    /// <summary>Returns the error of an address that names no bucket.</summary>
    public static ConfigurationException AddressInvalid(string address) => new(
        ErrorCodes.StoreAddressInvalid,
        $"The datastore's address '{address}' is invalid.",
        "It must be 's3://bucket' or 's3://bucket/prefix', without empty parts, '.' or '..'. The name of a bucket has 3 to 63 letters, "
            + "digits, points and hyphens.",
        "Correct METAFLOW_DATASTORE_SYSROOT_S3 or --datastore-root.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of a server that could not be reached, or had no time however often it was asked.</summary>
    public static StorageException Unreachable(string what, string server, int tries, string why, Exception? cause, bool isWrite) => new(
        isWrite ? ErrorCodes.StorageWriteFailed : ErrorCodes.StorageReadFailed,
        what,
        string.Create(CultureInfo.InvariantCulture, $"The server {server} failed {tries} times, the last time with: {Sentence(why)}"),
        "Check the network and the server, then run the command again. 'resume' reuses what is done.",
        cause)
    { IsTransient = true };

    /// <summary>Returns the error of an answer that says no.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="answer">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Refused(string what, string bucket, S3Problem answer, bool isWrite) => answer switch
    {
        { Code: "NoSuchBucket" } => new(
            ErrorCodes.BucketMissing,
            what,
            $"There is no bucket '{bucket}' at the server.",
            "Create the bucket, or correct METAFLOW_DATASTORE_SYSROOT_S3 or --datastore-root."),
        { Code: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "ExpiredToken" or "InvalidToken" } => new(
            ErrorCodes.StorageNoPermission,
            what,
            $"The server does not accept the credentials ({answer.Code}): {Sentence(answer.Message)}",
            "Renew the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names."),
        { Status: 401 or 403 } => new(
            ErrorCodes.StorageNoPermission,
            what,
            $"The credentials have no permission for it ({answer.Code}): {Sentence(answer.Message)}",
            $"Allow {(isWrite ? "s3:PutObject and s3:DeleteObject" : "s3:GetObject and s3:ListBucket")} on the bucket '{bucket}' to the "
                + "identity of the credentials, or use others."),
        _ => new(
            isWrite ? ErrorCodes.StorageWriteFailed : ErrorCodes.StorageReadFailed,
            what,
            string.Create(
                CultureInfo.InvariantCulture, $"The server answered {answer.Status} ({answer.Code}): {Sentence(answer.Message)}"),
            "Look the code up in the documentation of the server. If a setting causes it, correct the setting."),
    };

    /// <summary>Returns the error of an object that another process replaced while it was read.</summary>
    public static StorageException Replaced(string key) => new(
        ErrorCodes.StorageReadFailed,
        $"The object '{key}' could not be read to its end.",
        "Another process replaced it in the meantime.",
        "Read it again.")
    { IsTransient = true };

    private static string Sentence(string text)
        => text.Length == 0 ? "It gave no reason." : text[^1] is '.' or '!' or '?' ? text : text + ".";
}
