using System.Collections.Immutable;
using System.Text.Json;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>Events as a run's journal keeps them. A new event, or a new part of one, needs a line in both methods; a test looks at all of
/// them.</summary>
/// <remarks>What is written stays readable: names are never given another meaning, and a part that was added later may be missing in old
/// journals.</remarks>
internal static class SchedulerEventJson
{
    private const string Kind = JournalFields.Kind;
    private const string Task = JournalFields.Task;

    /// <summary>Writes an event.</summary>
    /// <param name="json">Receives an object.</param>
    /// <param name="schedulerEvent">The event.</param>
    public static void Write(Utf8JsonWriter json, SchedulerEvent schedulerEvent)
    {
        json.WriteStartObject();
        switch (schedulerEvent)
        {
            case SchedulerEvent.RunStarted started:
                json.WriteString(Kind, JournalFields.Started);
                json.WriteString("step", started.Parameters.Step);
                json.WriteString(Task, started.Parameters.TaskId);
                break;
            case SchedulerEvent.RunContinued continued:
                json.WriteString(Kind, "continued");
                WriteTexts(json, "committed", continued.Committed);
                WriteTexts(json, "attached", continued.Attached);
                break;
            case SchedulerEvent.TaskLaunched launched:
                json.WriteString(Kind, JournalFields.Launched);
                json.WriteString(Task, launched.TaskId);
                json.WriteNumber("attempt", launched.Attempt);
                json.WriteString(JournalFields.Handle, launched.Handle.ToString());
                break;
            case SchedulerEvent.TaskFinished finished:
                json.WriteString(Kind, JournalFields.Finished);
                json.WriteString(Task, finished.TaskId);
                WriteTexts(json, JournalFields.Next, finished.NextSteps);
                WriteNumber(json, "splits", finished.NumSplits);
                WriteNumber(json, "gang", finished.GangSize);
                WriteNumber(json, "parallel", finished.MaxParallel);
                WriteIfTrue(json, "clone", finished.IsClone);
                WriteIfTrue(json, "caught", finished.IsCaught);

                break;
            case SchedulerEvent.ReuseRefused refused:
                json.WriteString(Kind, "not-cloned");
                json.WriteString(Task, refused.TaskId);
                break;
            case SchedulerEvent.TaskFailed failed:
                json.WriteString(Kind, "failed");
                json.WriteString(Task, failed.TaskId);
                json.WriteBoolean("retry", failed.MayRetry);
                break;
            case SchedulerEvent.RetryDue due:
                json.WriteString(Kind, "due");
                json.WriteString(Task, due.TaskId);
                break;
            case SchedulerEvent.StopRequested:
                json.WriteString(Kind, "stop");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(schedulerEvent), schedulerEvent, "The journal does not know this event.");
        }

        json.WriteEndObject();
    }

    /// <summary>Reads an event.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The event.</returns>
    /// <exception cref="JsonException">This program does not know the event.</exception>
    public static SchedulerEvent Read(JsonElement json) => Text(json, Kind) switch
    {
        JournalFields.Started => new SchedulerEvent.RunStarted(new TaskInput(Text(json, "step"), Text(json, Task))),
        "continued" => new SchedulerEvent.RunContinued(Texts(json, "committed")) { Attached = Texts(json, "attached") },
        JournalFields.Launched => new SchedulerEvent.TaskLaunched(Text(json, Task), json.GetProperty("attempt").GetInt32(), Handle(json)),
        JournalFields.Finished => new SchedulerEvent.TaskFinished(Text(json, Task), Texts(json, JournalFields.Next), Number(json, "splits"))
        {
            GangSize = Number(json, "gang"),
            MaxParallel = Number(json, "parallel"),
            IsClone = Flag(json, "clone"),
            IsCaught = Flag(json, "caught"),
        },
        "not-cloned" => new SchedulerEvent.ReuseRefused(Text(json, Task)),
        "failed" => new SchedulerEvent.TaskFailed(Text(json, Task), json.GetProperty("retry").GetBoolean()),
        "due" => new SchedulerEvent.RetryDue(Text(json, Task)),
        "stop" => new SchedulerEvent.StopRequested(),
        var other => throw new JsonException($"The event '{other}' is not known."),
    };

    /// <summary>Journals of the first version know processes of their machine only.</summary>
    private static LaunchHandle Handle(JsonElement json) => json.TryGetProperty(JournalFields.Handle, out var handle)
        ? LaunchHandle.Parse(handle.GetString() ?? "")
        : LaunchHandle.OfProcess(json.GetProperty("pid").GetInt32(), json.GetProperty("process").GetString());

    private static string Text(JsonElement json, string name)
        => json.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is not a string.");

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();

    private static ImmutableArray<string> Texts(JsonElement json, string name)
        => json.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(static value => value.GetString()!)] : [];

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteIfTrue(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
