using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Gcp.Gs;

/// <summary>The errors of stores in Google Cloud Storage.</summary>
internal static class GsErrors
{
    /// <summary>The setting that has the root.</summary>
    public const string RootSetting = "METAFLOW_DATASTORE_SYSROOT_GS";

    /// <summary>Returns the error of an answer that says no.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="problem">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Refused(string what, string bucket, ServiceProblem problem, bool isWrite) => problem switch
    {
        { Code: GsProblems.BucketMissing } => ObjectErrors.PlaceMissing(what, $"the bucket '{bucket}'", RootSetting),
        { Status: 401 } => ObjectErrors.NoPermission(
            what,
            $"The server does not accept the credentials ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
            "Renew the credentials: run 'gcloud auth application-default login', or replace the file that GOOGLE_APPLICATION_CREDENTIALS "
                + "names."),
        { Status: 403 } => ObjectErrors.NoPermission(
            what,
            $"The credentials have no permission for it ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
            $"Grant the role {(isWrite ? "'Storage Object User'" : "'Storage Object Viewer'")} on the bucket '{bucket}' to the identity of "
                + "the credentials, or use others."),
        _ => ObjectErrors.Refused(what, problem, isWrite),
    };
}
