using System.Text.Json;
using Metaflow.Runs;

namespace Metaflow.Verification;

/// <summary>What the journal of a run says that finished. The results of a task are durable before the journal says so.</summary>
internal sealed class JournalledTasks
{
    private readonly HashSet<string> _finished = new(StringComparer.Ordinal);
    private readonly HashSet<string> _next = new(StringComparer.Ordinal);
    private string? _parameters;

    /// <summary>Gets the ids of the tasks that finished, that of the parameters included.</summary>
    public IEnumerable<string> Finished
        => _parameters is null || _finished.Count == 0 ? _finished : _finished.Prepend(_parameters);

    /// <summary>Gets the steps that finished tasks moved on to.</summary>
    public IReadOnlySet<string> NextSteps => _next;

    /// <summary>Reads a journal.</summary>
    /// <param name="records">Its records. Those of another version say nothing.</param>
    /// <returns>What it says.</returns>
    public static JournalledTasks Of(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var tasks = new JournalledTasks();
        foreach (var record in records)
        {
            try
            {
                using var json = JsonDocument.Parse(record);
                tasks.Add(json.RootElement);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Its checksum is right: a later version wrote it.
            }
        }

        return tasks;
    }

    private void Add(JsonElement record)
    {
        if (!record.TryGetProperty(JournalFields.Events, out var events))
        {
            return;
        }

        foreach (var happened in events.EnumerateArray())
        {
            var id = happened.TryGetProperty(JournalFields.Task, out var task) ? task.GetString() : null;
            var kind = happened.TryGetProperty(JournalFields.Kind, out var name) ? name.GetString() : null;
            if (kind == JournalFields.Started)
            {
                _parameters = id;
            }
            else if (kind == JournalFields.Finished && id is not null)
            {
                _finished.Add(id);
                AddNext(happened);
            }
        }
    }

    private void AddNext(JsonElement finished)
    {
        if (finished.TryGetProperty(JournalFields.Next, out var steps))
        {
            _next.UnionWith(steps.EnumerateArray().Select(static step => step.GetString()).OfType<string>());
        }
    }
}
