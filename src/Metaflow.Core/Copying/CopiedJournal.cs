using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Errors;
using Metaflow.Runs;

namespace Metaflow.Copying;

/// <summary>Copies the journal of a run, so that the run can be continued in the target. Which processes ran its tasks is left out: whoever
/// continues a run ends them, and those of the source are none of the copy's.</summary>
/// <param name="source">The home of the source's runs.</param>
/// <param name="target">The home of the target's runs.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="runId">The run's id.</param>
internal sealed class CopiedJournal(IRunHome source, IRunHome target, string flow, string runId)
{
    private ReadOnlyMemory<byte>[] _records = [];
    private ReadOnlyMemory<byte>[] _existing = [];

    /// <summary>Gets a value indicating whether the target's journal says more than the source's: the run was continued there after an
    /// earlier copy, and that counts.</summary>
    public bool IsAheadInTarget { get; private set; }

    /// <summary>Reads both journals.</summary>
    /// <param name="tally">Notes a damaged one of the source.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are read.</returns>
    public async Task ReadAsync(CopyTally tally, CancellationToken cancellationToken)
    {
        try
        {
            _records = WithoutProcesses(await source.ReadJournalAsync(flow, runId, cancellationToken).ConfigureAwait(false));
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.JournalDamaged)
        {
            tally.AddProblem($"{flow}/{runId}/_meta/journal", error);
        }

        // The target may be where the run was copied from.
        _existing = WithoutProcesses(await target.ReadJournalAsync(flow, runId, cancellationToken).ConfigureAwait(false));
        IsAheadInTarget = _existing.Length > _records.Length && IsBeginning(_records, _existing);
    }

    /// <summary>Writes the journal in the target, if it says more than the one there.</summary>
    /// <param name="lease">Holds the run in the target.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the journal is durable.</returns>
    public async Task WriteAsync(IRunLease lease, CancellationToken cancellationToken)
    {
        if (IsAheadInTarget || _records.Length == 0 || (_existing.Length == _records.Length && IsBeginning(_existing, _records)))
        {
            return;
        }

        var journal = await lease.BeginJournalAsync(_records[0], cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            await journal.AppendAllAsync(_records[1..], cancellationToken).ConfigureAwait(false);
        }
    }

    private static ReadOnlyMemory<byte>[] WithoutProcesses(IReadOnlyList<ReadOnlyMemory<byte>>? records)
        => [.. (records ?? []).Select(WithoutProcesses)];

    private static ReadOnlyMemory<byte> WithoutProcesses(ReadOnlyMemory<byte> record)
    {
        try
        {
            if (JsonNode.Parse(record.Span) is not JsonObject json)
            {
                return record;
            }

            (json[JournalFields.Session] as JsonObject)?.Remove(JournalFields.Mark);
            (json[JournalFields.Events] as JsonArray)?.RemoveAll(static happened
                => happened?[JournalFields.Kind]?.GetValue<string>() == JournalFields.Launched);
            return Encoding.UTF8.GetBytes(json.ToJsonString());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // It is no record that this version knows: whoever continues the copy says so.
            return record;
        }
    }

    private static bool IsBeginning(ReadOnlyMemory<byte>[] some, ReadOnlyMemory<byte>[] all)
        => some.Zip(all).All(static pair => pair.First.Span.SequenceEqual(pair.Second.Span));
}
