using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Platform;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>A run as its journal tells it.</summary>
/// <param name="Session">The last scheduler's session.</param>
/// <param name="State">The state that it was in at the end of the journal.</param>
/// <param name="Launched">The last attempt of each task that a launcher started, by the task's id.</param>
internal sealed record RunReplay(
    SessionRecord Session, SchedulerState State, IReadOnlyDictionary<string, SchedulerEvent.TaskLaunched> Launched)
{
    /// <summary>Reads the records of a journal.</summary>
    /// <param name="home">Where the run is kept.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The records; the first has a session.</returns>
    /// <exception cref="MetadataException">There is no journal (MF5022), it is damaged (MF5020), or of a later version
    /// (MF5021).</exception>
    public static async Task<IReadOnlyList<JournalRecord>> ReadAsync(IRunHome home, string flow, string runId)
    {
        if (await home.ReadJournalAsync(flow, runId, default).ConfigureAwait(false) is not { Count: > 0 } records)
        {
            throw JournalMissing(home, flow, runId);
        }

        try
        {
            return [.. records.Select((record, index) => Read(record, isFirst: index == 0))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MetadataException(
                ErrorCodes.JournalUnknown,
                $"The journal '{home.JournalOf(flow, runId)}' cannot be read.",
                $"The file is intact, but this version of Metaflow does not know what it contains: {error.Message}",
                "Continue the run with the version of Metaflow that started it, or with a later one.",
                error);
        }
    }

    /// <summary>Replays a journal.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="runId">The run's id, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="check">Is told, before anything is replayed, the session of the last scheduler and the steps that the journal says the
    /// run moved on to; the start step, and joins of foreaches without items, it does not name.</param>
    /// <returns>The run.</returns>
    public static RunReplay Of(
        IReadOnlyList<JournalRecord> records, string runId, FlowGraph graph, Action<SessionRecord, IReadOnlySet<string>>? check = null)
    {
        var named = records.SelectMany(static record => record.Events).OfType<SchedulerEvent.TaskFinished>()
            .SelectMany(static finished => finished.NextSteps);
        check?.Invoke(LastSession(records), named.ToHashSet(StringComparer.Ordinal));
        var session = records[0].Session!;
        var state = new SchedulerState(session.Policy(graph, runId));
        var attempts = new Dictionary<string, SchedulerEvent.TaskLaunched>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record.Session is not null)
            {
                session = record.Session;
                state = state.WithPolicy(session.Policy(graph, runId));
            }

            foreach (var schedulerEvent in record.Events)
            {
                if (schedulerEvent is SchedulerEvent.TaskLaunched launched)
                {
                    attempts[launched.TaskId] = launched;
                }
                else
                {
                    (state, _) = state.Apply(schedulerEvent);
                }
            }
        }

        return new RunReplay(session, state, attempts);
    }

    /// <summary>Returns the session of the last scheduler.</summary>
    /// <param name="records">The records of a journal.</param>
    /// <returns>The session.</returns>
    public static SessionRecord LastSession(IReadOnlyList<JournalRecord> records)
        => records.Last(static record => record.Session is not null).Session!;

    /// <summary>Returns the error of a run without a journal.</summary>
    /// <param name="home">Where the run is kept.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The error (MF5022).</returns>
    public static MetadataException JournalMissing(IRunHome home, string flow, string runId) => new(
        ErrorCodes.JournalMissing,
        $"The run '{runId}' cannot be continued.",
        $"There is no journal '{home.JournalOf(flow, runId)}': the run was started by Python Metaflow, by an early version of Metaflow "
            + "for .NET, or in another datastore.",
        $"Start a new run from what it finished: 'resume --origin-run-id {runId}'.");

    private static JournalRecord Read(ReadOnlyMemory<byte> record, bool isFirst)
    {
        using var json = JsonDocument.Parse(record);
        var root = json.RootElement;
        if (isFirst && root.GetProperty("journal").GetInt32() is var version
            && version is < RunJournal.FirstVersion or > RunJournal.Version)
        {
            throw new FormatException($"Its version is {version}.");
        }

        SessionRecord? session = root.TryGetProperty(JournalFields.Session, out var found) ? SessionRecord.Read(found) : null;
        return isFirst && session is null
            ? throw new FormatException("It does not begin with a session.")
            : new JournalRecord(session, [.. root.GetProperty(JournalFields.Events).EnumerateArray().Select(SchedulerEventJson.Read)]);
    }
}

/// <summary>One record of a journal.</summary>
/// <param name="Session">The session that begins with it, or <see langword="null"/>.</param>
/// <param name="Events">What the scheduler was told.</param>
internal sealed record JournalRecord(SessionRecord? Session, IReadOnlyList<SchedulerEvent> Events);
