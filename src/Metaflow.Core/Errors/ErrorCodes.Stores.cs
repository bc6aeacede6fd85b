namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    // 4xxx: storage.

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

    /// <summary>A value changed while it was stored.</summary>
    public const string ValueChanged = "MF4016";

    /// <summary>The bucket or container of the datastore does not exist.</summary>
    public const string BucketMissing = "MF4017";

    /// <summary>A datastore has something that nothing refers to.</summary>
    public const string DataUnreferenced = "MF4018";

    /// <summary>An artifact has an encoding that no serializer here reads.</summary>
    public const string UnknownEncoding = "MF4100";

    /// <summary>The bytes of an artifact are not a whole pickle.</summary>
    public const string MalformedPickle = "MF4101";

    /// <summary>A pickle uses a feature that needs the program that wrote it.</summary>
    public const string UnsupportedPickle = "MF4102";

    /// <summary>A stored value does not fit the type that it is read into.</summary>
    public const string ValueDoesNotFit = "MF4103";

    /// <summary>A value is of a type that can never be stored.</summary>
    public const string TypeCannotBeStored = "MF4104";

    /// <summary>A type that a value is read into cannot be constructed.</summary>
    public const string TypeCannotBeConstructed = "MF4105";

    /// <summary>A property or constructor of an author's type threw while a value was written or read.</summary>
    public const string MemberThrew = "MF4106";

    /// <summary>Two members of a type have the same key in a stored record.</summary>
    public const string DuplicateKey = "MF4107";

    /// <summary>A stored value has no item of an index.</summary>
    public const string NoSuchItem = "MF4108";

    /// <summary>A stored value contains itself where the type is built by its constructor.</summary>
    public const string CycleThroughConstructor = "MF4109";

    /// <summary>A value is nested more deeply than it can be converted.</summary>
    public const string NestedTooDeeply = "MF4110";

    /// <summary>An included file is not text in its encoding.</summary>
    public const string IncludedTextInvalid = "MF4111";

    /// <summary>A type has state that is not stored.</summary>
    public const string StateWouldBeLost = "MF4112";

    /// <summary>An object is of a type derived from the one that it is declared as, and would be read back as that one.</summary>
    public const string DerivedTypeWouldBeLost = "MF4113";

    /// <summary>A test found that a value is read back as another one.</summary>
    public const string ReadBackDiffers = "MF4114";

    /// <summary>A value is much longer as JSON than it is, since JSON repeats what its parts share.</summary>
    public const string JsonTooLong = "MF4115";

    /// <summary>The stream of an artifact cannot be read when it is stored.</summary>
    public const string StreamUnreadable = "MF4116";

    /// <summary>A temporary file, which keeps a value that is too long for memory, cannot be used.</summary>
    public const string TemporaryFileFailed = "MF4117";

    // 5xxx: metadata and journals.

    /// <summary>A metadata record cannot be understood.</summary>
    public const string MetadataUnreadable = "MF5001";

    /// <summary>A metadata record could not be written.</summary>
    public const string MetadataWriteFailed = "MF5002";

    /// <summary>A pathspec has the wrong number of parts, or a part that is not a name.</summary>
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

    /// <summary>A record in the middle of a run's journal is damaged.</summary>
    public const string JournalDamaged = "MF5020";

    /// <summary>A run's journal was written by a program whose records this one does not know.</summary>
    public const string JournalUnknown = "MF5021";

    /// <summary>A run has no journal, so that it cannot be continued.</summary>
    public const string JournalMissing = "MF5022";

    /// <summary>Another process already collects the garbage of a flow.</summary>
    public const string CollectionRunning = "MF5023";

    /// <summary>The parameters of a run to continue were values of a program, and its scheduler was killed before it had stored
    /// them.</summary>
    public const string ParametersNotKept = "MF5024";

    /// <summary>Another process has taken a run from its scheduler, which gave no sign of life.</summary>
    public const string RunLost = "MF5025";

    /// <summary>Garbage is collected only where the records of the runs are kept in the datastore itself.</summary>
    public const string CollectionNeedsRecords = "MF5026";

    /// <summary>A record and what is stored contradict each other.</summary>
    public const string RecordsContradict = "MF5027";

    /// <summary>A task that finished is not in the datastore any more.</summary>
    public const string TaskLost = "MF5028";

    /// <summary>The copy of a run was not finished.</summary>
    public const string CopyUnfinished = "MF5029";

    /// <summary>The process that leads a reentrant resume ended without finishing it.</summary>
    public const string ResumeLeaderLost = "MF5040";

    /// <summary>A task's run is not registered.</summary>
    public const string RunNotRegistered = "MF5090";
}
