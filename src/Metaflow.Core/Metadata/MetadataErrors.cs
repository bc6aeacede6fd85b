using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Metadata;

/// <summary>The errors of metadata records.</summary>
internal static class MetadataErrors
{
    /// <summary>Returns the error of a failed write.</summary>
    /// <param name="cause">What the file system reported.</param>
    /// <param name="path">The file.</param>
    /// <returns>The error.</returns>
    public static MetadataException Write(Exception cause, string path) => new(
        ErrorCodes.MetadataWriteFailed, $"The record '{path}' could not be written.", Why(cause), Fix(cause), cause)
    { IsTransient = IsTransient(cause) };

    /// <summary>Returns the error of a failed read.</summary>
    /// <param name="cause">What the file system reported.</param>
    /// <param name="path">The file.</param>
    /// <returns>The error.</returns>
    public static MetadataException Read(Exception cause, string path) => new(
        ErrorCodes.MetadataReadFailed, $"The record '{path}' could not be read.", Why(cause), Fix(cause), cause)
    { IsTransient = IsTransient(cause) };

    /// <summary>Returns the error of a record that cannot be understood.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What the parser reported.</param>
    /// <returns>The error.</returns>
    public static MetadataException Unreadable(string path, Exception cause) => new(
        ErrorCodes.MetadataUnreadable,
        $"The record '{path}' cannot be understood.",
        Sentence.Of($"It is not the JSON that a run writes: {cause.Message}"),
        "Restore the file from a copy. If there is no copy, delete it: then its facts are unknown, and everything else stays readable.",
        cause);

    /// <summary>Returns the error of a name that cannot be part of a path.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The error.</returns>
    public static MetadataException BadName(string name) => new(
        ErrorCodes.PathspecMalformed,
        $"'{name}' is not the name of a flow, run, step or task.",
        "A name is not empty and has no slash, and is not '.' or '..'.",
        "Check the pathspec; its form is Flow/run/step/task.");

    /// <summary>Returns the error of a run that does not exist.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="location">Where it was looked for.</param>
    /// <returns>The error.</returns>
    public static MetadataException NoRun(string flow, string runId, string location) => new(
        ErrorCodes.ObjectNotFound,
        $"There is no run '{flow}/{runId}'.",
        $"It is not among the records in '{location}'.",
        $"List the runs of '{flow}' to find its id.")
    { Pathspec = $"{flow}/{runId}" };

    private static bool IsTransient(Exception cause) => FileFaults.Of(cause) is FileFault.NoDescriptor;

    private static string Why(Exception cause) => FileFaults.Of(cause) switch
    {
        FileFault.Full => "The disk or your quota on it is full.",
        FileFault.ReadOnly => "It is on a file system that is mounted read-only.",
        FileFault.NoPermission =>
            $"This user{(Environment.UserName is { Length: > 0 } user ? $" ('{user}')" : "")} has no permission for it.",
        FileFault.NoDescriptor => "This process, or the system, cannot open any more files.",
        _ => Sentence.Of($"The system says: {cause.Message}"),
    };

    private static string Fix(Exception cause) => FileFaults.Of(cause) switch
    {
        FileFault.Full => "Free some space, then run the command again.",
        FileFault.NoDescriptor => "Raise the limit of open files ('ulimit -n'), or run fewer tasks at once (--max-workers).",
        FileFault.Other => "Check the disk and the path, then run the command again.",
        _ => "Give the user access to the folder, or choose another root with METAFLOW_DATASTORE_SYSROOT_LOCAL.",
    };
}
