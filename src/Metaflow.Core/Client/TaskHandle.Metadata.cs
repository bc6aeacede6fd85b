using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>What is recorded about a task, and its attempts.</content>
public sealed partial class TaskHandle
{
    private const string AttemptField = "attempt";
    private const string DoneField = "attempt-done";

    /// <summary>Gets the number of the newest attempt, or of the attempt that this handle represents.</summary>
    public int CurrentAttempt => Completion.Of(() => GetCurrentAttemptAsync());

    /// <summary>Gets the numbers of the attempts that were started, in order.</summary>
    public IReadOnlyList<int> Attempts => Completion.Of(() => GetAttemptsAsync());

    /// <summary>Gets the numbers of the attempts that ended by themselves, successfully or not, in order. Killed attempts are not
    /// included.</summary>
    public IReadOnlyList<int> CompletedAttempts => Completion.Of(() => GetCompletedAttemptsAsync());

    /// <summary>Gets when the newest attempt, or the attempt that this handle represents, ended by itself; <see langword="null"/> if it
    /// has not.</summary>
    public DateTimeOffset? AttemptEndedAt => Completion.Of(() => GetAttemptEndedAtAsync());

    /// <summary>Gets when the attempt whose artifacts this handle shows ended, successfully or not; <see langword="null"/> if no attempt
    /// has ended by itself.</summary>
    /// <remarks>Use <see cref="Finished"/> to see whether it was successful. While a task is tried again, this is the time of the attempt
    /// before.</remarks>
    public DateTimeOffset? FinishedAt => Completion.Of(() => GetFinishedAtAsync());

    /// <summary>Gets the metadata of the task, oldest first. If the handle represents one attempt, only the metadata of this
    /// attempt.</summary>
    /// <remarks>For each field that it lacks, a task cloned by 'resume' has the newest value of its origin, after its own
    /// metadata.</remarks>
    public IReadOnlyList<MetadataDatum> Metadata => Completion.Of(() => GetMetadataAsync());

    /// <summary>Gets the newest value of each field as text. For fields that it lacks, a task cloned by 'resume' has those of its
    /// origin.</summary>
    public IReadOnlyDictionary<string, string> MetadataDictionary => Completion.Of(() => GetMetadataDictionaryAsync());

    private string AttemptTag => string.Create(CultureInfo.InvariantCulture, $"attempt_id:{_attempt}");

    /// <summary>Returns a handle of one attempt: its metadata, artifacts and logs.</summary>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="Errors.MetadataException">The task has no such attempt (MF5010).</exception>
    public TaskHandle Attempt(int attempt) => Completion.Of(() => GetAttemptAsync(attempt));

    /// <inheritdoc cref="CurrentAttempt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The number.</returns>
    public async Task<int> GetCurrentAttemptAsync(CancellationToken cancellationToken = default)
        => _attempt ?? (await GetAttemptsAsync(cancellationToken).ConfigureAwait(false) is [.., var newest] ? newest : 0);

    /// <inheritdoc cref="Attempts"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The numbers.</returns>
    public Task<IReadOnlyList<int>> GetAttemptsAsync(CancellationToken cancellationToken = default)
        => NumbersAsync(AttemptField, cancellationToken);

    /// <inheritdoc cref="CompletedAttempts"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The numbers.</returns>
    public Task<IReadOnlyList<int>> GetCompletedAttemptsAsync(CancellationToken cancellationToken = default)
        => NumbersAsync(DoneField, cancellationToken);

    /// <inheritdoc cref="AttemptEndedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public async Task<DateTimeOffset?> GetAttemptEndedAtAsync(CancellationToken cancellationToken = default)
    {
        var current = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
        var data = await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false);
        return data.LastOrDefault(datum => datum.Field == DoneField && Number(datum) == current)?.CreatedAt;
    }

    /// <inheritdoc cref="FinishedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public async Task<DateTimeOffset?> GetFinishedAtAsync(CancellationToken cancellationToken = default)
        => (await DoneDatumAsync(cancellationToken).ConfigureAwait(false))?.CreatedAt;

    /// <inheritdoc cref="Metadata"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The data.</returns>
    public async Task<IReadOnlyList<MetadataDatum>> GetMetadataAsync(CancellationToken cancellationToken = default)
    {
        var own = await OwnMetadataAsync(cancellationToken).ConfigureAwait(false);
        var latest = await _latest.GetAsync(cancellationToken).ConfigureAwait(false);
        var fields = own.Select(static datum => datum.Field).ToHashSet(StringComparer.Ordinal);
        return [.. own, .. latest.Values.Where(datum => !fields.Contains(datum.Field)).OrderBy(static datum => datum.CreatedAt)];
    }

    /// <inheritdoc cref="MetadataDictionary"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The texts.</returns>
    public async Task<IReadOnlyDictionary<string, string>> GetMetadataDictionaryAsync(CancellationToken cancellationToken = default)
        => (await _latest.GetAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(
            static latest => latest.Key, static latest => latest.Value.Text);

    /// <inheritdoc cref="Attempt"/>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TaskHandle> GetAttemptAsync(int attempt, CancellationToken cancellationToken = default)
    {
        var known = await GetAttemptsAsync(cancellationToken).ConfigureAwait(false);
        return known.Contains(attempt)
            ? new TaskHandle(Step, _record, attempt, _allMetadata)
            : throw ClientErrors.NoAttempt(Pathspec, attempt, known);
    }

    /// <summary>Gets a value indicating whether the newest attempt that ended has failed.</summary>
    internal bool HasFailed => Completion.Of(() => FieldAsync("attempt_ok", CancellationToken.None)) == "False";

    /// <summary>Returns the newest value of a field as text, or <see langword="null"/>.</summary>
    internal async Task<string?> FieldAsync(string field, CancellationToken cancellationToken)
        => (await _latest.GetAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(field)?.Text;

    private async Task<IReadOnlyList<int>> NumbersAsync(string field, CancellationToken cancellationToken)
    {
        var data = await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false);
        return [.. data.Where(datum => datum.Field == field).Select(Number).OfType<int>().Distinct().Order()];
    }

    private async Task<IReadOnlyList<MetadataDatum>> OwnMetadataAsync(CancellationToken cancellationToken)
    {
        var data = await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false);
        return _attempt is null ? data : [.. data.Where(datum => datum.Tags.Contains(AttemptTag))];
    }

    private async Task<MetadataDatum?> DoneDatumAsync(CancellationToken cancellationToken)
        => (await OwnMetadataAsync(cancellationToken).ConfigureAwait(false)).LastOrDefault(static datum => datum.Field == DoneField);

    private async ValueTask<IReadOnlyDictionary<string, MetadataDatum>> FindLatestAsync(CancellationToken cancellationToken)
    {
        var latest = new Dictionary<string, MetadataDatum>(StringComparer.Ordinal);
        foreach (var datum in await OwnMetadataAsync(cancellationToken).ConfigureAwait(false))
        {
            latest[datum.Field] = datum;
        }

        TaskPath? origin = OriginOf(Path, await _allMetadata.GetAsync(cancellationToken).ConfigureAwait(false));
        for (var i = 0; origin is not null && i < LongestChain; i++)
        {
            var metadata = await Context.Metadata.ListMetadataAsync(origin, cancellationToken).ConfigureAwait(false);
            foreach (var datum in metadata.Reverse())
            {
                latest.TryAdd(datum.Field, datum);
            }

            origin = OriginOf(origin, metadata);
        }

        return latest;
    }
}
