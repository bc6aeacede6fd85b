using Metaflow.Artifacts;
using Metaflow.Logs;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>What a task wrote.</content>
public sealed partial class TaskHandle
{
    /// <summary>Gets the standard output of the attempt, each line with a line feed.</summary>
    public string Stdout => Completion.Of(() => GetStdoutAsync());

    /// <summary>Gets the standard error of the attempt, each line with a line feed.</summary>
    public string Stderr => Completion.Of(() => GetStderrAsync());

    /// <summary>Gets the length of the attempt's stored standard output in bytes, including the times of the lines.</summary>
    public long StdoutSize => Completion.Of(() => GetStdoutSizeAsync());

    /// <summary>Gets the length of the attempt's stored standard error in bytes, including the times of the lines.</summary>
    public long StderrSize => Completion.Of(() => GetStderrSizeAsync());

    /// <summary>Reads the lines of a stream, oldest first.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The lines with their times. No lines if there is no log.</returns>
    /// <exception cref="Errors.StorageException">A log could not be read (MF4004, MF4007).</exception>
    public IReadOnlyList<LogLine> LogLines(LogKind stream) => Completion.Of(() => GetLogLinesAsync(stream));

    /// <summary>Returns a reader of a stream that is still being written.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The reader, which begins with the first line of the attempt.</returns>
    public TaskLogCursor FollowLog(LogKind stream) => Completion.Of(() => FollowLogAsync(stream));

    /// <summary>Replaces a stored stream of the attempt by the words <c>[REDACTED source stream]</c>. You cannot undo this.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>How many files were replaced; 0 if nothing was stored.</returns>
    /// <exception cref="Errors.StorageException">A file could not be written (MF4001, MF4003, MF4004, MF4006).</exception>
    public int ScrubLog(LogKind stream) => Completion.Of(() => ScrubLogAsync(stream));

    /// <inheritdoc cref="Stdout"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The text.</returns>
    public Task<string> GetStdoutAsync(CancellationToken cancellationToken = default) => TextAsync(LogKind.Stdout, cancellationToken);

    /// <inheritdoc cref="Stderr"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The text.</returns>
    public Task<string> GetStderrAsync(CancellationToken cancellationToken = default) => TextAsync(LogKind.Stderr, cancellationToken);

    /// <inheritdoc cref="StdoutSize"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The length in bytes.</returns>
    public Task<long> GetStdoutSizeAsync(CancellationToken cancellationToken = default) => SizeAsync(LogKind.Stdout, cancellationToken);

    /// <inheritdoc cref="StderrSize"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The length in bytes.</returns>
    public Task<long> GetStderrSizeAsync(CancellationToken cancellationToken = default) => SizeAsync(LogKind.Stderr, cancellationToken);

    /// <inheritdoc cref="LogLines"/>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<LogLine>> GetLogLinesAsync(LogKind stream, CancellationToken cancellationToken = default)
    {
        var lines = await ReadLogAsync(Context.Datastore(Path.Flow), stream, cancellationToken).ConfigureAwait(false);
        return lines.Count == 0 && await ElsewhereAsync(cancellationToken).ConfigureAwait(false) is { } other
            ? await ReadLogAsync(other, stream, cancellationToken).ConfigureAwait(false)
            : lines;
    }

    /// <inheritdoc cref="FollowLog"/>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TaskLogCursor> FollowLogAsync(LogKind stream, CancellationToken cancellationToken = default)
    {
        var attempt = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
        return new TaskLogReader(Context.Datastore(Path.Flow).Blobs).Follow(Path, attempt, stream);
    }

    /// <inheritdoc cref="ScrubLog"/>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<int> ScrubLogAsync(LogKind stream, CancellationToken cancellationToken = default)
    {
        var attempt = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
        return await TaskLogScrubber.ScrubAsync(
            Context.Datastore(Path.Flow).Blobs, Path, attempt, stream, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> TextAsync(LogKind stream, CancellationToken cancellationToken)
        => TaskLogReader.Join(await GetLogLinesAsync(stream, cancellationToken).ConfigureAwait(false));

    private async Task<IReadOnlyList<LogLine>> ReadLogAsync(FlowDatastore datastore, LogKind stream, CancellationToken cancellationToken)
    {
        var attempt = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
        return await new TaskLogReader(datastore.Blobs).ReadAsync(Path, attempt, stream, cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> SizeAsync(LogKind stream, CancellationToken cancellationToken)
    {
        var size = await SizeInAsync(Context.Datastore(Path.Flow), stream, cancellationToken).ConfigureAwait(false);
        return size == 0 && await ElsewhereAsync(cancellationToken).ConfigureAwait(false) is { } other
            ? await SizeInAsync(other, stream, cancellationToken).ConfigureAwait(false)
            : size;
    }

    private async Task<long> SizeInAsync(FlowDatastore datastore, LogKind stream, CancellationToken cancellationToken)
    {
        var attempt = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
        var paths = LogFiles.Sources.Select(source => LogFiles.PathOf(Path, attempt, source, stream));
        var states = await datastore.Blobs.StateAsync(
            [.. paths, LogFiles.LegacyPathOf(Path, attempt, stream)], cancellationToken).ConfigureAwait(false);
        return states.Sum(static state => state?.Length ?? 0);
    }
}
