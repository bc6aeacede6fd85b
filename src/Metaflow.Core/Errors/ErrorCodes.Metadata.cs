namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A metadata record cannot be understood.</summary>
    public const string MetadataUnreadable = "MF5001";

    /// <summary>A metadata record could not be written.</summary>
    public const string MetadataWriteFailed = "MF5002";

    /// <summary>A pathspec has the wrong number of parts, or a part that is no name.</summary>
    public const string PathspecMalformed = "MF5003";

    /// <summary>A flow, run, step, task or artifact does not exist.</summary>
    public const string ObjectNotFound = "MF5004";

    /// <summary>An object exists, but not in the client's namespace.</summary>
    public const string OutsideNamespace = "MF5005";

    /// <summary>A tag is empty or too long.</summary>
    public const string TagMalformed = "MF5006";

    /// <summary>A tag to remove is the framework's own.</summary>
    public const string SystemTagFixed = "MF5007";

    /// <summary>A run would have too many tags.</summary>
    public const string TooManyTags = "MF5008";

    /// <summary>The tags of a run stay locked by another process.</summary>
    public const string TagsLocked = "MF5009";

    /// <summary>An attempt was asked for that the task does not have.</summary>
    public const string NoSuchAttempt = "MF5010";

    /// <summary>A metadata record could not be read.</summary>
    public const string MetadataReadFailed = "MF5011";
}
