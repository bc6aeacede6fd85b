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

    /// <summary>Gets the length of what is kept of the attempt's standard output, in bytes, the times of the lines included.</summary>
    public long StdoutSize => SizeOf(LogKind.Stdout);

    /// <summary>Gets the length of what is kept of the attempt's standard error, in bytes, the times of the lines included.</summary>
    public long StderrSize => SizeOf(LogKind.Stderr);

    /// <summary>Gets the indices of the task in the foreaches around it, outermost first; empty outside of one.</summary>
    public IReadOnlyList<int> ForeachIndices
        => [.. ForeachPath.Select(static part => int.TryParse(part.AsSpan(part.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : -1)];

    /// <summary>Returns a reader of a stream that is still being written.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The reader, which begins with the first line of the attempt.</returns>
    public TaskLogCursor FollowLog(LogKind stream) => new TaskLogReader(Context.Datastore(Path.Flow).Blobs).Follow(Path, CurrentAttempt, stream);

    /// <summary>Replaces what is kept of a stream of the attempt by the words <c>[REDACTED source stream]</c>. It cannot be undone.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>How many files were replaced; 0 when nothing was kept.</returns>
    /// <exception cref="Errors.StorageException">A file could not be written (MF4001, MF4003, MF4004, MF4006).</exception>
    public int ScrubLog(LogKind stream)
        => Completion.Of(TaskLogScrubber.ScrubAsync(Context.Datastore(Path.Flow).Blobs, Path, CurrentAttempt, stream));

    private long SizeOf(LogKind stream)
    {
        var size = SizeIn(Context.Datastore(Path.Flow), stream);
        return size == 0 && Elsewhere() is { } other ? SizeIn(other, stream) : size;
    }

    private long SizeIn(Artifacts.FlowDatastore datastore, LogKind stream)
    {
        string[] paths = [.. LogFiles.Sources.Select(source => LogFiles.PathOf(Path, CurrentAttempt, source, stream)), LogFiles.LegacyPathOf(Path, CurrentAttempt, stream)];
        return paths.Sum(path => Completion.Of(datastore.Blobs.SizeAsync(path, CancellationToken.None)) ?? 0);
    }
}
