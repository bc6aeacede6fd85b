using Metaflow.Logs;
using Metaflow.Storage;

namespace Metaflow.Client;

public sealed partial class TaskHandle
{
    /// <summary>Gets the numbers of the attempts that ended by themselves, well or not, in order; one that was killed did not.</summary>
    public IReadOnlyList<int> CompletedAttempts
        => [.. _allMetadata.Value.Where(static datum => datum.Field == "attempt-done").Select(Number).OfType<int>().Distinct().Order()];

    /// <summary>Gets when the newest attempt, or the one that this handle was asked for, ended by itself; <see langword="null"/> when it has not.</summary>
    public DateTimeOffset? AttemptEndedAt
        => _allMetadata.Value.LastOrDefault(datum => datum.Field == "attempt-done" && Number(datum) == CurrentAttempt)?.CreatedAt;

    /// <summary>Gets the indices of the task in the foreaches around it, outermost first; empty outside of one.</summary>
    public IReadOnlyList<int> ForeachIndices
        => [.. ForeachPath.Select(static part => int.TryParse(part.AsSpan(part.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : -1)];

    /// <summary>Returns a reader of a stream that is still being written.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The reader, which begins with the first line of the attempt.</returns>
    public TaskLogCursor FollowLog(TaskOutput stream) => new(Context.Datastore(Path.Flow).Blobs, Path, CurrentAttempt, stream);

    /// <summary>Replaces what is kept of a stream of the attempt by the words <c>[REDACTED source stream]</c>. It cannot be undone.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>How many files were replaced; 0 when nothing was kept.</returns>
    /// <exception cref="Errors.StorageException">A file could not be written (MF4001, MF4003, MF4004, MF4006).</exception>
    public int ScrubLog(TaskOutput stream)
        => Completion.Of(TaskLogScrubber.ScrubAsync(Context.Datastore(Path.Flow).Blobs, Path, CurrentAttempt, stream));
}
