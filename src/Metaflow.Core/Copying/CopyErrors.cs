using System.Globalization;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>The errors of copies.</summary>
internal static class CopyErrors
{
    private const int MostNamed = 10;

    /// <summary>Returns the error of a run that is still running.</summary>
    /// <param name="pathspec">The run.</param>
    /// <param name="why">How it is known.</param>
    /// <returns>The error MF6004.</returns>
    public static MetadataException Running(string pathspec, string why) => new(
        ErrorCodes.RunToCopyIsRunning,
        $"The run '{pathspec}' was not copied.",
        why,
        "Wait until the run has ended. Or copy it as it is now, with '--running', and copy it again when it has ended.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of another run of the same id.</summary>
    /// <param name="pathspec">The run.</param>
    /// <param name="target">The target.</param>
    /// <returns>The error MF6005.</returns>
    public static MetadataException Differs(string pathspec, IBlobStore target) => new(
        ErrorCodes.RunToCopyDiffers,
        $"The run '{pathspec}' was not copied.",
        $"'{target.Root}' has a run of the same id that was started at another time.",
        "Copy the run to another datastore, or remove the other run there.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of a run that is not whole.</summary>
    /// <param name="pathspec">The run.</param>
    /// <param name="source">The source.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <returns>The error MF6006.</returns>
    public static StorageException Damaged(string pathspec, IBlobStore source, IReadOnlyList<RunCopyProblem> problems) => new(
        ErrorCodes.RunToCopyIsDamaged,
        $"The run '{pathspec}' was not copied.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"In '{source.Root}', objects of the run are missing or damaged, or the target cannot hold them ({problems.Count}): ")
            + string.Join(" ", problems.Take(MostNamed).Select(static problem => $"'{problem.Path}': {problem.Reason} [{problem.Code}]"))
            + (problems.Count > MostNamed ? " …" : ""),
        "Restore the objects, or name a target that can hold them. Or copy the run without them, with '--damaged'. What was sent "
            + "so far is not sent again.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of an object that the target cannot hold.</summary>
    /// <param name="path">Its path relative to the root of the source.</param>
    /// <param name="target">The target.</param>
    /// <param name="why">Why.</param>
    /// <returns>The error MF6006.</returns>
    public static StorageException NotStorable(string path, IBlobStore target, string why) => new(
        ErrorCodes.RunToCopyIsDamaged,
        $"'{target.Root}' cannot hold it. {why}",
        $"The object is '{path}'.",
        "Copy the run to a store that can hold it, or without it, with '--damaged'.");

    /// <summary>Returns the error of a run whose own record cannot be read.</summary>
    /// <param name="pathspec">The run.</param>
    /// <param name="problem">Why.</param>
    /// <returns>The error MF6006.</returns>
    public static StorageException Unreadable(string pathspec, string problem) => new(
        ErrorCodes.RunToCopyIsDamaged,
        $"The run '{pathspec}' was not copied.",
        $"Its record cannot be read: {problem}",
        "Restore the record from a copy of the datastore.")
    { Pathspec = pathspec };

    /// <summary>Returns the error of a copy from a store to itself.</summary>
    /// <param name="store">The store.</param>
    /// <returns>The error MF6007.</returns>
    public static ConfigurationException SameStore(IBlobStore store) => new(
        ErrorCodes.CopyNotPossible,
        "Nothing was copied.",
        $"The source and the target are the same datastore, '{store.Root}'.",
        "Name another datastore with '--to' or '--from'.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of two stores of which one is inside the other.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target.</param>
    /// <returns>The error MF6007.</returns>
    public static ConfigurationException Nested(IBlobStore source, IBlobStore target) => new(
        ErrorCodes.CopyNotPossible,
        "Nothing was copied.",
        $"One of the source '{source.Root}' and the target '{target.Root}' is inside the other. Each would take objects of the other for "
            + "its own.",
        "Name a place with '--to' or '--from' that is outside of the other datastore.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of a datastore that is inside the data that steps stored under names of their own.</summary>
    /// <param name="store">The datastore.</param>
    /// <param name="data">The place of the data.</param>
    /// <returns>The error MF6007.</returns>
    public static ConfigurationException InsideData(IBlobStore store, string data) => new(
        ErrorCodes.CopyNotPossible,
        "Nothing was copied.",
        $"The datastore '{store.Root}' is inside '{data}', where steps keep data of their own. Its objects would be taken for such data.",
        "Name a place with '--to' or '--from' that is outside of this data.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of records that a copy cannot write.</summary>
    /// <param name="type">The type of the metadata provider.</param>
    /// <returns>The error MF6007.</returns>
    public static ConfigurationException RecordsNotWritable(string type) => new(
        ErrorCodes.CopyNotPossible,
        "Nothing was copied.",
        $"The records of a run cannot be copied to the metadata provider '{type}': it gives them times of its own.",
        "Use a target whose metadata provider is 'local' or 'store'.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of a run that another process holds in the target.</summary>
    /// <param name="pathspec">The run.</param>
    /// <param name="target">The target.</param>
    /// <returns>The error MF6008.</returns>
    public static MetadataException Held(string pathspec, IBlobStore target) => new(
        ErrorCodes.RunToCopyIsHeld,
        $"The run '{pathspec}' was not copied.",
        $"Another process copies it to '{target.Root}', or continues it there.",
        "Wait until that process has ended. After a process in another datastore than a folder was killed, wait for 30 seconds.")
    { Pathspec = pathspec, IsTransient = true };
}
