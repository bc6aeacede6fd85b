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
internal sealed record RunReplay(SessionRecord Session, SchedulerState State, IReadOnlyDictionary<string, SchedulerEvent.TaskLaunched> Launched)
{
    /// <summary>Reads the session of the last scheduler.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="runId">The run's id, for messages.</param>
    /// <returns>The session.</returns>
    /// <exception cref="MetadataException">There is no journal (MF5022), it is damaged (MF5020), or of a later version (MF5021).</exception>
    public static SessionRecord LastSession(RunFolder folder, string runId) => Records(folder, runId).Last(static record => record.Session is not null).Session!;

    /// <summary>Replays the journal.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="runId">The run's id, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="check">Is told, before anything is replayed, the session of the last scheduler and the steps that the journal says the run moved on to; the start
    /// step, and joins of foreaches without items, it does not name.</param>
    /// <returns>The run.</returns>
    /// <exception cref="MetadataException">There is no journal (MF5022), it is damaged (MF5020), or of a later version (MF5021).</exception>
    public static RunReplay Of(RunFolder folder, string runId, FlowGraph graph, Action<SessionRecord, IReadOnlySet<string>>? check = null)
    {
        var records = Records(folder, runId);
        var named = records.SelectMany(static record => record.Events).OfType<SchedulerEvent.TaskFinished>().SelectMany(static finished => finished.NextSteps);
        check?.Invoke(records.Last(static record => record.Session is not null).Session!, named.ToHashSet(StringComparer.Ordinal));
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

    /// <summary>Refuses a run without a journal.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="runId">The run's id, for messages.</param>
    /// <exception cref="MetadataException">There is no journal (MF5022).</exception>
    public static void RequireJournal(RunFolder folder, string runId)
    {
        if (!File.Exists(folder.Journal))
        {
            throw JournalMissing(folder, runId);
        }
    }

    private static MetadataException JournalMissing(RunFolder folder, string runId) => new(
        ErrorCodes.JournalMissing,
        $"The run '{runId}' cannot be continued.",
        $"There is no journal '{folder.Journal}': the run was started by the reference, by an early version, or not on this datastore.",
        $"Start a new run from what it finished: 'resume --origin-run-id {runId}'.");

    private static List<(SessionRecord? Session, IReadOnlyList<SchedulerEvent> Events)> Records(RunFolder folder, string runId)
    {
        if (JournalFile.Read(folder.Journal) is not { Count: > 0 } records)
        {
            throw JournalMissing(folder, runId);
        }

        try
        {
            return [.. records.Select((record, index) => Read(record, isFirst: index == 0))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MetadataException(
                ErrorCodes.JournalUnknown,
                $"The journal '{folder.Journal}' cannot be understood.",
                $"Its checksums are right, but this program does not know all that it says: {error.Message}",
                "Continue the run with the version of Metaflow that it was started with, or with a later one.",
                error);
        }
    }

    private static (SessionRecord? Session, IReadOnlyList<SchedulerEvent> Events) Read(ReadOnlyMemory<byte> record, bool isFirst)
    {
        using var json = JsonDocument.Parse(record);
        var root = json.RootElement;
        if (isFirst && root.GetProperty("journal").GetInt32() is var version && version is < RunJournal.FirstVersion or > RunJournal.Version)
        {
            throw new FormatException($"Its version is {version}.");
        }

        SessionRecord? session = root.TryGetProperty("session", out var found) ? SessionRecord.Read(found) : null;
        return isFirst && session is null
            ? throw new FormatException("It begins without a session.")
            : (session, [.. root.GetProperty("events").EnumerateArray().Select(SchedulerEventJson.Read)]);
    }
}
