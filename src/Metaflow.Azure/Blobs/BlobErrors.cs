using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.Azure.Blobs;

/// <summary>The errors of stores in Azure.</summary>
internal static class BlobErrors
{
    private const string RootSetting = "METAFLOW_DATASTORE_SYSROOT_AZURE";

    /// <summary>Returns the error of an address that names no container.</summary>
    /// <param name="address">The address.</param>
    public static ConfigurationException AddressInvalid(string address) => new(
        ErrorCodes.StoreAddressInvalid,
        $"The datastore's address '{ShownAddress.Of(address)}' is invalid.",
        "It must be 'container' or 'container/prefix', without empty parts, '.' or '..'. The name of a container has 3 to 63 lower-case "
            + "letters, digits and single hyphens.",
        (MistakenAddress.MeantBy(address) is { } meant ? $"Did you mean '{ShownAddress.Of(meant)}'? " : "")
            + $"Correct it {ObjectErrors.WhereItIsGiven(RootSetting)}")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of an answer that says no.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="container">The container.</param>
    /// <param name="origin">Where the credentials come from.</param>
    /// <param name="problem">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Refused(string what, string container, string origin, ServiceProblem problem, bool isWrite)
        => problem switch
        {
            { Code: "ContainerNotFound" or "ContainerBeingDeleted" or "ContainerDisabled" }
                => ObjectErrors.PlaceMissing(what, $"the container '{container}'", RootSetting),
            { Code: "AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation" } or { Status: 401 }
                => ObjectErrors.NoPermission(
                    what,
                    $"The server does not accept the credentials ({problem.Code}) from {origin}: {ObjectErrors.Sentence(problem.Message)}",
                    "Renew them: AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, or 'az login'. They "
                        + "must be of the account of METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT, and the clock here must be right."),
            { Code: "KeyBasedAuthenticationNotPermitted" } => ObjectErrors.NoPermission(
                what,
                "The account accepts no keys and no signatures made with them.",
                $"Use an identity ('az login', a managed identity) in place of {origin}."),
            { Code: var code } when code.StartsWith("BlobImmutable", StringComparison.Ordinal) => ObjectErrors.NoPermission(
                what,
                $"A policy of the container '{container}' keeps its blobs as they are ({code}).",
                "Remove the policy, or use a container without one: Metaflow replaces and deletes small objects."),
            { Code: "BlobArchived" or "BlobBeingRehydrated" } => ObjectErrors.NoPermission(
                what,
                $"The blob is in the archive tier ({problem.Code}).",
                "Move it to the hot or cool tier ('az storage blob set-tier'), and wait until that is done."),
            { Status: 403 } => ObjectErrors.NoPermission(
                what,
                $"The credentials from {origin} have no permission for it ({problem.Code}): {ObjectErrors.Sentence(problem.Message)}",
                $"Give the role 'Storage Blob Data {(isWrite ? "Contributor" : "Reader")}' on the container '{container}' to the identity, "
                    + "or a signature the permissions 'racwdl'. A firewall of the account may also be the cause."),
            _ => ObjectErrors.Refused(what, problem, isWrite),
        };
}
