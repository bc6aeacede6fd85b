using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Environments.Storage;

/// <summary>The errors of stored environments.</summary>
internal static class RecordErrors
{
    /// <summary>Returns the error of a list of environments that cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What reading it raised.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException DamagedList(string path, Exception cause) => new(
        ErrorCodes.EnvironmentRecordUnreadable,
        $"The list of environments '{path}' cannot be read.",
        Sentence.Of($"It is not what Metaflow writes: {cause.Message}"),
        "Restore the file from a copy, or move it away: environments that are in the datastore are found there again.",
        cause);

    /// <summary>Returns the error of a record that cannot be read.</summary>
    /// <param name="place">The file, or the object in the datastore.</param>
    /// <param name="id">The environment; <see langword="null"/> for a record of something else.</param>
    /// <param name="cause">What reading it raised: <see cref="NotSupportedException"/> for something that this version does not
    /// know.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException DamagedRecord(string place, object? id, Exception cause)
    {
        var what = id is null ? $"The record '{place}' cannot be read." : $"The record of the environment '{id}' cannot be read.";
        var where = id is null ? "" : $" It is in '{place}'.";
        return cause is NotSupportedException
            ? new EnvironmentException(
                ErrorCodes.EnvironmentRecordTooNew,
                what,
                Sentence.Of($"A later version wrote it: {cause.Message}") + where,
                "Update Metaflow for .NET, or resolve the environment again with this version.",
                cause)
            : new EnvironmentException(
                ErrorCodes.EnvironmentRecordUnreadable,
                what,
                Sentence.Of($"It is not what Metaflow writes: {cause.Message}") + where,
                id is null ? "Restore it from a copy, or delete it and give the name again."
                    : "Resolve the environment again with 'environment resolve --force', which replaces the record. Or restore it from a "
                        + "copy.",
                cause);
    }

    /// <summary>Returns the error of a list of environments in a format that this version does not know.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What reading it raised.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException NewerList(string path, Exception cause) => new(
        ErrorCodes.EnvironmentRecordTooNew,
        $"The list of environments '{path}' cannot be read.",
        Sentence.Of($"A later version wrote it: {cause.Message}"),
        "Update Metaflow for .NET, or move the file away: environments that are in the datastore are found there again.",
        cause);

    /// <summary>Returns the error of a list of environments that another process keeps.</summary>
    /// <param name="path">The file.</param>
    /// <param name="patience">For how long it was waited for.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Held(string path, TimeSpan patience) => new(
        ErrorCodes.EnvironmentListHeld,
        $"The list of environments '{path}' cannot be used.",
        string.Create(CultureInfo.InvariantCulture, $"Another process has kept its lock for {patience.TotalSeconds} seconds."),
        "Wait until that process ends, or end it. Then run the command again.")
    { IsTransient = true };
}
