using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>Plays a run whose scheduler may die after each record of its journal: with tasks running, committed and not told of, or never started.</summary>
/// <remarks>What a task does depends on its place in the graph alone, so that runs with and without crashes can be compared.</remarks>
internal sealed class CrashingRun
{
    private readonly FlowGraph _graph;
    private readonly int _seed;
    private readonly Random _random;
    private readonly double _crashRate;
    private readonly SchedulerPolicy _policy;
    private readonly List<byte[]> _journal = [];
    private readonly Dictionary<string, ScheduledTask> _running = [];
    private readonly Dictionary<string, string> _places = [];
    private readonly Dictionary<string, SchedulerEvent> _untold = [];
    private readonly List<string> _committed = [];
    private SchedulerState _state;
    private SchedulerCommand.EndRun? _end;

    public CrashingRun(int seed, double crashRate)
    {
        _seed = seed;
        _random = new Random(seed + (crashRate > 0 ? 1 : 0));
        _graph = RandomFlow.Make(seed);
        _crashRate = crashRate;
        _policy = new SchedulerPolicy(_graph, 1 + (seed % 4), static _ => new RetryBudget(2, 0, default));
        _state = new SchedulerState(_policy);
    }

    /// <summary>Gets the tasks committed with success, as places in the graph.</summary>
    public IReadOnlyList<string> Committed => [.. _committed.Order(StringComparer.Ordinal)];

    public int Crashes { get; private set; }

    public bool Succeeded => _end is { Succeeded: true };

    public void Run()
    {
        Record([new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0"))]);
        for (var steps = 0; _end is null && steps < 100_000; steps++)
        {
            if (_random.NextDouble() < _crashRate)
            {
                Crash();
                continue;
            }

            Assert.NotEmpty(_running.Keys.Concat(_untold.Keys));
            if (_untold.Count < _running.Count && _random.Next(3) > 0)
            {
                EndOne();
            }
            else
            {
                // Several that ended together are one record.
                var told = _untold.Values.ToList();
                _untold.Keys.ToList().ForEach(id => _running.Remove(id));
                _untold.Clear();
                Record(told);
            }
        }
    }

    /// <summary>A task commits; its scheduler is not told yet.</summary>
    private void EndOne()
    {
        var ready = _running.Values.Where(task => !_untold.ContainsKey(task.TaskId)).OrderBy(static task => task.TaskId.Length)
            .ThenBy(static task => task.TaskId, StringComparer.Ordinal).ToList();
        var task = ready[_random.Next(ready.Count)];
        var place = _places[task.TaskId];
        if (Draw(place, 5) == 0 && task.Attempt < 1)
        {
            _untold[task.TaskId] = new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true);
            return;
        }

        _committed.Add(place);
        var node = _graph.Find(task.Step)!;
        var kind = _graph.KindOf(node);
        var next = _graph.NextOf(node);
        int? count = kind == StepKind.SplitForeach ? Draw(place + "#", 4) : null;
        ImmutableArray<string> chosen = kind == StepKind.SplitSwitch ? [next[Draw(place + "?", next.Count)]] : [.. next];
        _untold[task.TaskId] = new SchedulerEvent.TaskFinished(task.TaskId, chosen, count);
    }

    /// <summary>The scheduler dies: the journal, cut somewhere in a record that was being written, and the committed tasks are all that is left.</summary>
    private void Crash()
    {
        Crashes++;
        var before = Describe(_state);
        _state = Replay();
        Assert.Equal(before, Describe(_state));

        // What runs is killed; what had committed is told now, in an order of its own.
        var adopted = _untold.Values.OrderBy(_ => _random.Next()).ToList();
        _untold.Clear();
        _running.Clear();
        Record([.. adopted, new SchedulerEvent.RunContinued([])]);
    }

    private SchedulerState Replay()
    {
        var state = new SchedulerState(_policy);
        foreach (var record in _journal)
        {
            using var json = JsonDocument.Parse(record);
            foreach (var item in json.RootElement.EnumerateArray())
            {
                (state, _) = state.Apply(SchedulerEventJson.Read(item));
            }
        }

        return state;
    }

    private void Record(IReadOnlyList<SchedulerEvent> events)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var item in events)
            {
                SchedulerEventJson.Write(json, item);
            }

            json.WriteEndArray();
        }

        _journal.Add(bytes.WrittenSpan.ToArray());
        var launches = new List<ScheduledTask>();
        foreach (var item in events)
        {
            (_state, var commands) = _state.Apply(item);

            // What follows from adopted events is not done: the continuation says anew what to start.
            if (item is SchedulerEvent.RunContinued)
            {
                launches.Clear();
                _end = null;
            }

            launches.AddRange(commands.OfType<SchedulerCommand.Launch>().Select(static launch => launch.Task));
            _end ??= commands.OfType<SchedulerCommand.EndRun>().FirstOrDefault();
        }

        foreach (var task in launches)
        {
            Assert.DoesNotContain(task.TaskId, _running.Keys);
            _running.Add(task.TaskId, task);
            var place = PlaceOf(task);
            Assert.Equal(place, _places.GetValueOrDefault(task.TaskId, place));
            _places[task.TaskId] = place;
        }

        Assert.InRange(_running.Count, 0, _policy.MaxWorkers);
    }

    /// <summary>Where a task is in the run: its step, and the places of its splits.</summary>
    private string PlaceOf(ScheduledTask task)
    {
        var splits = task.Frames.Select(frame => $"{_places[frame.SplitTaskId]}[{frame.Index}]");
        return $"{task.Step}({string.Join(';', splits)})({string.Join(',', task.Iterations)})";
    }

    private int Draw(string place, int below)
    {
        var hash = 17u + (uint)_seed;
        foreach (var character in place)
        {
            hash = (hash * 31) + character;
        }

        return (int)((hash ^ (hash >> 15)) % (uint)below);
    }

    private static string Describe(SchedulerState state) => string.Join('|',
        $"{state.IsEnded} {state.IsStopping}",
        Show(state.Running.Values),
        string.Join(',', state.Queue.Select(static task => $"{task.TaskId}:{task.Attempt}")),
        Show(state.Waiting.Values),
        Show(state.Unfinished.Values),
        string.Join(',', state.Finished.OrderBy(static pair => pair.Key, StringComparer.Ordinal)),
        string.Join(',', state.Joins.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value.Inputs.Count}")));

    private static string Show(IEnumerable<ScheduledTask> tasks)
        => string.Join(',', tasks.OrderBy(static task => task.TaskId, StringComparer.Ordinal).Select(static task => $"{task.TaskId}:{task.Step}:{task.Attempt}:{task.FirstAttempt}"));
}
