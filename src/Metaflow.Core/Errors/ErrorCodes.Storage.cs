namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>The disk or the quota is full.</summary>
    public const string DiskFull = "MF4001";

    /// <summary>A blob that a record names is not there.</summary>
    public const string BlobMissing = "MF4002";

    /// <summary>The datastore lies on a file system that is mounted read-only.</summary>
    public const string StorageReadOnly = "MF4003";

    /// <summary>The user may not read or write the datastore.</summary>
    public const string StorageNoPermission = "MF4004";

    /// <summary>A blob's content does not have the hash that its key says.</summary>
    public const string BlobCorrupt = "MF4005";

    /// <summary>A write failed for another reason.</summary>
    public const string StorageWriteFailed = "MF4006";

    /// <summary>A read failed for another reason.</summary>
    public const string StorageReadFailed = "MF4007";

    /// <summary>No attempt of a task is complete.</summary>
    public const string NoCompletedAttempt = "MF4008";

    /// <summary>A record of the datastore, such as <c>data.json</c>, cannot be understood.</summary>
    public const string RecordUnreadable = "MF4009";

    /// <summary>A task has no artifact of a name.</summary>
    public const string NoSuchArtifact = "MF4010";

    /// <summary>An included file is not where its artifact says, nor in this datastore.</summary>
    public const string IncludedFileLost = "MF4011";

    /// <summary>A value is too large to be loaded into one array.</summary>
    public const string ArtifactTooLarge = "MF4012";

    /// <summary>A path leads out of the datastore.</summary>
    public const string PathOutsideStore = "MF4013";

    /// <summary>An included text has an encoding that is not known.</summary>
    public const string TextEncodingUnknown = "MF4014";

    /// <summary>A collection of garbage keeps a flow's blobs for too long.</summary>
    public const string BlobsHeld = "MF4015";
}
