using System.Buffers;
using System.Text.Json;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>Writes down what a scheduler is told, so that another can continue where it ended.</summary>
internal sealed class RunJournal : IAsyncDisposable
{
    /// <summary>The version of the records; a program that does not know it leaves the run alone. The second knows handles of launchers
    /// instead of processes.</summary>
    public const int Version = 2;

    /// <summary>The first version of which this program reads all records.</summary>
    public const int FirstVersion = 1;

    private readonly IRunJournal? _file;
    private readonly List<SchedulerEvent> _events = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _json;
    private SessionRecord? _session;

    /// <summary>Initializes a journal.</summary>
    /// <param name="file">Where to write; <see langword="null"/> for nowhere.</param>
    public RunJournal(IRunJournal? file)
    {
        _file = file;
        _json = new Utf8JsonWriter(_bytes);
    }

    /// <summary>Returns the first record of a run.</summary>
    /// <param name="session">The session that starts it.</param>
    /// <param name="at">When.</param>
    /// <returns>The record.</returns>
    public static byte[] Header(SessionRecord session, DateTimeOffset at)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("journal", Version);
            WriteParts(json, session, [], new RunProgress(0, 0, 0, 0), at);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Begins the session of a scheduler that continues the run; it is written with the next events.</summary>
    /// <param name="session">The session.</param>
    /// <param name="adopted">What happened while no scheduler was there to be told.</param>
    public void Begin(SessionRecord session, IReadOnlyList<SchedulerEvent> adopted)
    {
        _session = session;
        _events.AddRange(adopted);
    }

    /// <summary>Notes an event for the next record.</summary>
    /// <param name="schedulerEvent">The event.</param>
    public void Add(SchedulerEvent schedulerEvent)
    {
        if (_file is not null)
        {
            _events.Add(schedulerEvent);
        }
    }

    /// <summary>Writes the events noted since the last time as one record: all of them are found again, or none.</summary>
    /// <param name="progress">The numbers of tasks after them.</param>
    /// <param name="at">When.</param>
    /// <param name="isDurable">Whether they must survive a power cut.</param>
    /// <returns>A task that ends when readers see them.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    /// <exception cref="Errors.MetadataException">Another process has taken the run (MF5025).</exception>
    public async ValueTask WriteAsync(RunProgress progress, DateTimeOffset at, bool isDurable)
    {
        if (_file is null || _events.Count == 0)
        {
            return;
        }

        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        WriteParts(_json, _session, _events, progress, at);
        _json.WriteEndObject();
        _json.Flush();
        await _file.AppendAsync(_bytes.WrittenMemory, isDurable, default).ConfigureAwait(false);
        _session = null;
        _events.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync().ConfigureAwait(false);
        if (_file is not null)
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void WriteParts(
        Utf8JsonWriter json, SessionRecord? session, IReadOnlyList<SchedulerEvent> events, RunProgress progress, DateTimeOffset at)
    {
        json.WriteNumber("at", at.ToUnixTimeMilliseconds());
        progress.Write(json);
        if (session is not null)
        {
            json.WritePropertyName(JournalFields.Session);
            session.Write(json);
        }

        json.WriteStartArray(JournalFields.Events);
        foreach (var schedulerEvent in events)
        {
            SchedulerEventJson.Write(json, schedulerEvent);
        }

        json.WriteEndArray();
    }
}
