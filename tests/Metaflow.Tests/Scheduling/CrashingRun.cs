using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>Plays a run whose scheduler may die after each record of its journal: with tasks running, committed and not told of, or never
/// started.</summary>
/// <remarks>What a task does depends on its place in the graph alone, so that runs with and without crashes can be compared.</remarks>
internal sealed class CrashingRun
{
    private readonly FlowGraph _graph;
    private readonly int _seed;
    private readonly Random _random;
    private readonly double _crashRate;
    private readonly List<(byte[]? Session, byte[] Events)> _journal = [];
    private readonly Dictionary<string, ScheduledTask> _running = [];
    private readonly Dictionary<string, string> _places = [];
    private readonly Dictionary<string, SchedulerEvent> _untold = [];
    private readonly HashSet<string> _killed = [];
    private readonly HashSet<(string TaskId, int Attempt)> _attempts = [];
    private readonly Dictionary<string, int> _finished = [];
    private readonly List<string> _committed = [];
    private SchedulerPolicy _policy;
    private SchedulerState _state;
    private SchedulerCommand.EndRun? _end;
    private int _mostAttached;

    public CrashingRun(int seed, double crashRate)
    {
        _seed = seed;
        _random = new Random(seed + (crashRate > 0 ? 1 : 0));
        _graph = RandomFlow.Make(seed);
        _crashRate = crashRate;
        _policy = PolicyOf(1 + (seed % 4), 2 + (seed % 3));
        _state = new SchedulerState(_policy);
        _journal.Add((SessionOf(_policy), Encode([])));
    }

    /// <summary>Gets the tasks committed with success, as places in the graph.</summary>
    public IReadOnlyList<string> Committed => [.. _committed.Order(StringComparer.Ordinal)];

    public int Crashes { get; private set; }

    /// <summary>Gets how many tasks went on without their scheduler.</summary>
    public int Attached { get; private set; }

    /// <summary>Gets how many attempts never had a process.</summary>
    public int LaunchFailures { get; private set; }

    public bool Succeeded => _end is { Succeeded: true };

    public void Run()
    {
        if (_random.NextDouble() < _crashRate)
        {
            Crash();
        }
        else
        {
            Record([Start]);
        }

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
                _killed.Clear();
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
        if (Draw(place + "!", 5) == task.Attempt && task.Attempt < 2)
        {
            // Its process could not be started: the attempt left nothing, and has its number all the same.
            LaunchFailures++;
            _untold[task.TaskId] = new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true);
            return;
        }

        Assert.True(_attempts.Add((task.TaskId, task.Attempt)), $"attempt {task.Attempt} of task {task.TaskId} was complete already");
        if (Draw(place, 5) == 0 && task.Attempt < 1)
        {
            _untold[task.TaskId] = new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true);
            return;
        }

        // A gang is tried again as a whole, also what of it was complete.
        _finished[task.TaskId] = task.Attempt;
        if (task.Gang is null || !_committed.Contains(place))
        {
            _committed.Add(place);
        }

        var node = _graph.Find(task.Step)!;
        var kind = _graph.KindOf(node);
        var next = _graph.NextOf(node);
        int? count = kind == StepKind.SplitForeach ? Draw(place + "#", 4) : null;
        int? gang = kind == StepKind.SplitParallel ? 1 + Draw(place + "&", 4) : null;
        ImmutableArray<string> chosen = kind == StepKind.SplitSwitch ? [next[Draw(place + "?", next.Count)]] : [.. next];
        _untold[task.TaskId] = new SchedulerEvent.TaskFinished(task.TaskId, chosen, count)
        {
            GangSize = gang,
            MaxParallel = count > 0 && Draw(place + "%", 2) == 0 ? 2 : null,
        };
    }

    /// <summary>The scheduler dies: the journal, cut somewhere in a record that was being written, and the committed tasks are all that is
    /// left.</summary>
    private void Crash()
    {
        Crashes++;
        var before = Describe(_state);
        _state = Replay();
        Assert.Equal(before, Describe(_state));

        // What runs is killed, or goes on and is followed again; what had committed is told now, in an order of its own. It goes on on
        // another machine.
        var adopted = _untold.Where(end => !_killed.Contains(end.Key)).Select(static end => end.Value)
            .OrderBy(_ => _random.Next()).ToList();
        _untold.Clear();
        _killed.Clear();
        var attached = _running.Values
            .Where(task => task.Gang is null && !adopted.Exists(end => TaskOf(end) == task.TaskId) && _random.Next(2) == 0)
            .ToDictionary(static task => task.TaskId, StringComparer.Ordinal);
        Attached += attached.Count;
        _mostAttached = attached.Count;
        _running.Clear();
        attached.Values.ToList().ForEach(task => _running.Add(task.TaskId, task));
        _policy = PolicyOf(1 + _random.Next(4), 2 + _random.Next(3));
        _state = _state.WithPolicy(_policy);
        var state = adopted.Aggregate(_state, static (state, item) => state.Apply(item).State);
        Record(
            [.. adopted, state.HasBegun
                ? new SchedulerEvent.RunContinued(CommittedIn(state, attached.Keys)) { Attached = [.. attached.Keys] }
                : Start],
            SessionOf(_policy));
    }

    /// <summary>What is found on disk of the tasks that run again.</summary>
    private ImmutableArray<string> CommittedIn(SchedulerState state, IReadOnlyCollection<string> attached)
    {
        var committed = ImmutableArray.CreateBuilder<string>();
        foreach (var task in state.Running.Values.Where(task => !attached.Contains(task.TaskId)).Concat(state.Unfinished.Values))
        {
            var ids = task.Gang is { } seat
                ? Enumerable.Range(0, seat.Size).Select(index => GangMember.IdOf(seat.ControlTaskId, index))
                : [task.TaskId];
            committed.AddRange(ids.Where(id => _attempts.Contains((id, task.Attempt))));
        }

        return committed.ToImmutable();
    }

    private SchedulerPolicy PolicyOf(int maxWorkers, int processors) => new(_graph, maxWorkers, static _ => new RetryBudget(2, 0, default))
    {
        MaxParallelOf = step => Draw(step + "|", 6) is var limit and > 0 and < 3 ? limit : null,
        DemandOf = step => new TaskDemand(Draw(step, 4) is var drawn and > 1 ? drawn : 0, 0),
        Capacity = new TaskDemand(processors, 1000),
    };

    private static byte[] SessionOf(SchedulerPolicy policy)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            new SessionRecord(1, "host", new RunRequest { MaxWorkers = policy.MaxWorkers }, ReuseRule.Never, StepIdentity.Of(policy))
            {
                Capacity = policy.Capacity,
            }.Write(json);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private SchedulerState Replay()
    {
        SchedulerState? state = null;
        foreach (var (session, events) in _journal)
        {
            if (session is not null)
            {
                using var header = JsonDocument.Parse(session);
                var policy = SessionRecord.Read(header.RootElement).Policy(_graph, "");
                state = state?.WithPolicy(policy) ?? new SchedulerState(policy);
            }

            using var json = JsonDocument.Parse(events);
            foreach (var item in json.RootElement.EnumerateArray())
            {
                (state, _) = state!.Apply(SchedulerEventJson.Read(item));
            }
        }

        return state!;
    }

    private static byte[] Encode(IReadOnlyList<SchedulerEvent> events)
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

        return bytes.WrittenSpan.ToArray();
    }

    private void Record(IReadOnlyList<SchedulerEvent> events, byte[]? session = null)
    {
        _journal.Add((session, Encode(events)));
        var launches = new List<ScheduledTask>();
        var ends = new List<string>();
        foreach (var item in events)
        {
            (_state, var commands) = _state.Apply(item);

            // What follows from adopted events is not done: the continuation says anew what to start.
            if (item is SchedulerEvent.RunContinued)
            {
                launches.Clear();
                ends.Clear();
                _end = null;
            }

            ends.AddRange(commands.OfType<SchedulerCommand.EndTask>().Select(static end => end.Task.TaskId));
            launches.AddRange(commands.OfType<SchedulerCommand.Launch>().Select(static launch => launch.Task));
            _end ??= commands.OfType<SchedulerCommand.EndRun>().FirstOrDefault();
        }

        // A task that is ended because of another one may have ended by itself.
        foreach (var id in ends.Where(id => _running.ContainsKey(id)))
        {
            if (_untold.TryAdd(id, new SchedulerEvent.TaskFailed(id, MayRetry: true)))
            {
                _killed.Add(id);
            }
        }

        Launch(launches);
    }

    private void Launch(List<ScheduledTask> launches)
    {
        foreach (var task in launches)
        {
            Assert.DoesNotContain(task.TaskId, _running.Keys);
            Assert.Single(task.Inputs.Where(input => input.Step.StartsWith("gang", StringComparison.Ordinal))
                .Select(input => _finished[input.TaskId]).DefaultIfEmpty().Distinct());
            _running.Add(task.TaskId, task);
            var place = PlaceOf(task);
            Assert.Equal(place, _places.GetValueOrDefault(task.TaskId, place));
            _places[task.TaskId] = place;
        }

        var isOneGang = _running.Values.Select(static task => task.Gang?.ControlTaskId).Distinct().ToList() is [not null];
        Assert.True(isOneGang || _running.Count <= Math.Max(_policy.MaxWorkers, _mostAttached), $"{_running.Count} tasks at once");
        Limits.Check(_running.Values, _policy.MaxParallelOf);
    }

    private static SchedulerEvent.RunStarted Start => new(new TaskInput("_parameters", "0"));

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

    private static string TaskOf(SchedulerEvent end)
        => end is SchedulerEvent.TaskFinished finished ? finished.TaskId : ((SchedulerEvent.TaskFailed)end).TaskId;

    private static string Describe(SchedulerState state) => string.Join('|',
        $"{state.IsEnded} {state.IsStopping}",
        Show(state.Running.Values),
        string.Join(',', state.Queue.Select(static task => $"{task.TaskId}:{task.Attempt}")),
        string.Join(',', state.Blocked.Select(static task => $"{task.TaskId}:{task.Attempt}")),
        string.Join(
            ',', state.Limited.Select(static limit => $"{limit.Key}={string.Join('+', limit.Value.Select(static task => task.TaskId))}")),
        Show(state.Waiting.Values),
        Show(state.Unfinished.Values),
        string.Join(',', state.Finished.OrderBy(static pair => pair.Key, StringComparer.Ordinal)),
        string.Join(
            ',',
            state.Joins.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal)
                .Select(static pair => $"{pair.Key}={pair.Value.Inputs.Count}")));

    private static string Show(IEnumerable<ScheduledTask> tasks)
        => string.Join(
            ',',
            tasks.OrderBy(static task => task.TaskId, StringComparer.Ordinal)
                .Select(static task => $"{task.TaskId}:{task.Step}:{task.Attempt}:{task.FirstAttempt}"));
}
