using System.Globalization;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>The errors of the datastore.</summary>
internal static class StorageErrors
{
    /// <summary>Returns the error of a failed write.</summary>
    /// <param name="cause">What the file system reported.</param>
    /// <param name="path">The file.</param>
    /// <returns>The error.</returns>
    public static StorageException Write(Exception cause, string path)
        => Of(cause, $"The file '{path}' could not be written.", ErrorCodes.StorageWriteFailed);

    /// <summary>Returns the error of a failed read.</summary>
    /// <param name="cause">What the file system reported.</param>
    /// <param name="path">The file.</param>
    /// <returns>The error.</returns>
    public static StorageException Read(Exception cause, string path)
        => Of(cause, $"The file '{path}' could not be read.", ErrorCodes.StorageReadFailed);

    /// <summary>Returns the error of a blob that is not there.</summary>
    /// <param name="key">The blob's key.</param>
    /// <param name="path">Where it should be.</param>
    /// <returns>The error.</returns>
    public static StorageException Missing(string key, string path) => new(
        ErrorCodes.BlobMissing,
        $"The blob '{key}' is missing.",
        $"A record names it, but there is no file '{path}': it was deleted, or only a part of the datastore was copied.",
        "Restore the file from a copy of the datastore, or run the flow again.");

    /// <summary>Returns the error of a blob with a wrong content.</summary>
    /// <param name="key">The blob's key.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="cause">What the decompression reported, or <see langword="null"/>.</param>
    /// <returns>The error.</returns>
    public static StorageException Corrupt(string key, string path, Exception? cause = null) => new(
        ErrorCodes.BlobCorrupt,
        $"The blob '{key}' is corrupt.",
        $"The content of '{path}' does not have the SHA-1 of its name: it was truncated or changed after it was written.",
        "Restore it from a copy of the datastore. Without a copy, 'metaflow fsck --content --repair' takes it away, and the next task that "
            + "stores the value writes it again.",
        cause);

    /// <summary>Returns the error of a record that cannot be understood.</summary>
    /// <param name="path">The record.</param>
    /// <param name="cause">What the parser reported.</param>
    /// <returns>The error.</returns>
    public static StorageException Unreadable(string path, Exception? cause) => new(
        ErrorCodes.RecordUnreadable,
        $"The record '{path}' cannot be understood.",
        Sentence.Of($"It is not the JSON that a task writes{(cause is null ? string.Empty : ": " + cause.Message)}"),
        "Restore the file from a copy of the datastore, or run the flow again.",
        cause);

    /// <summary>Returns the error of a record that names a blob by something else than a key.</summary>
    /// <param name="name">What it names.</param>
    /// <param name="place">The record, or the folder that has it.</param>
    /// <returns>The error.</returns>
    public static StorageException NoKey(string name, string place) => new(
        ErrorCodes.RecordUnreadable,
        $"A record in '{place}' cannot be understood.",
        $"It says that a value is the blob '{name}', but the name of a blob is 40 hexadecimal digits.",
        "'fsck' names the record. Restore it from a copy of the datastore, or run the flow again.");

    /// <summary>Returns the error of a lock that a collection of garbage does not give back.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="patience">For how long it was waited for.</param>
    /// <returns>The error.</returns>
    public static StorageException Held(string path, TimeSpan patience) => new(
        ErrorCodes.BlobsHeld,
        "The blobs of the flow cannot be relied upon.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"A garbage collection has held '{path}' for {patience.TotalSeconds} seconds, and removes blobs."),
        "Wait until 'gc --delete' ends, or kill it. Then run the command again.")
    { IsTransient = true };

    /// <summary>Returns the error of a value that changed while it was stored.</summary>
    /// <returns>The error.</returns>
    public static StorageException Changed() => new(
        ErrorCodes.ValueChanged,
        "A value changed while it was stored.",
        "Something that the step started is still writing to one of its arrays.",
        "Let the step wait for its threads and tasks before it returns.");

    /// <summary>Returns the error of a value that does not fit an array.</summary>
    /// <param name="key">The blob's key.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="cause">What was thrown.</param>
    /// <returns>The error.</returns>
    public static StorageException TooLarge(string key, string path, Exception cause) => new(
        ErrorCodes.ArtifactTooLarge,
        $"The blob '{key}' is too large to be loaded.",
        $"The payload of '{path}' has more than {Array.MaxLength} bytes, the maximum of one array.",
        "Store such a value in several artifacts, or in a separate file.",
        cause);

    private static StorageException Of(Exception cause, string what, string otherCode) => FileFaults.Of(cause) switch
    {
        FileFault.Full => new StorageException(
            ErrorCodes.DiskFull, what, "The disk or your quota on it is full.", "Free some space, then run the command again.", cause),
        FileFault.ReadOnly => new StorageException(
            ErrorCodes.StorageReadOnly,
            what,
            "It is on a file system that is mounted read-only.",
            "Mount it for writing, or choose another datastore root with METAFLOW_DATASTORE_SYSROOT_LOCAL.",
            cause),
        FileFault.NoPermission => new StorageException(
            ErrorCodes.StorageNoPermission,
            what,
            $"This user{(Environment.UserName is { Length: > 0 } user ? $" ('{user}')" : "")} has no permission for it.",
            "Give the user access to the file and its folder, or choose another datastore root with METAFLOW_DATASTORE_SYSROOT_LOCAL.",
            cause),
        FileFault.NoDescriptor => new StorageException(
            otherCode,
            what,
            "This process, or the system, cannot open any more files.",
            "Raise the limit of open files ('ulimit -n'), or run fewer tasks at once (--max-workers).",
            cause)
        { IsTransient = true },
        _ => new StorageException(
            otherCode, what, Sentence.Of($"The system says: {cause.Message}"), "Check the disk and the path, then run the command again.",
            cause),
    };
}
