using System.Collections.Immutable;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>Plays a run against the scheduler: tasks end in random order, some fail, foreaches have random numbers of items.</summary>
internal sealed class Simulation
{
    private readonly FlowGraph _graph;
    private readonly Random _random;
    private readonly double _failureRate;
    private readonly int _maxWorkers;
    private readonly RetryBudget _budget;
    private readonly Dictionary<string, int> _limits;
    private readonly List<ScheduledTask> _running = [];
    private readonly List<string> _waiting = [];
    private readonly Dictionary<string, int> _splits = [];
    private readonly HashSet<string> _ended = [];
    private SchedulerState _state;

    public Simulation(int seed, double failureRate, TimeSpan wait = default)
    {
        _random = new Random(seed);
        _graph = RandomFlow.Make(seed);
        _failureRate = failureRate;
        _maxWorkers = _random.Next(1, 6);
        _budget = new RetryBudget(_random.Next(0, 3), 0, wait);
        _limits = _graph.Steps.Where(_ => _random.Next(3) == 0).ToDictionary(
            static step => step.Name, _ => _random.Next(1, 4), StringComparer.Ordinal);
        _state = new SchedulerState(new SchedulerPolicy(_graph, _maxWorkers, _ => _budget)
        {
            MaxParallelOf = step => _limits.TryGetValue(step, out var limit) ? limit : null,
        });
    }

    public List<ScheduledTask> Launched { get; } = [];

    public List<SchedulerCommand.AnnounceFailure> Failures { get; } = [];

    public SchedulerCommand.EndRun? End { get; private set; }

    public int MostAtOnce { get; private set; }

    public bool LaunchedAfterFailure { get; private set; }

    public FlowGraph Graph => _graph;

    /// <summary>Gets what looks at each state.</summary>
    public Action<SchedulerState> Observe { get; init; } = static _ => { };

    public IReadOnlyDictionary<string, int> Splits => _splits;

    public void Run()
    {
        Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        for (var steps = 0; End is null && steps < 100_000; steps++)
        {
            if (_waiting.Count > 0 && (_running.Count == 0 || _random.Next(2) == 0))
            {
                var due = Take(_waiting);
                Apply(new SchedulerEvent.RetryDue(due));
                continue;
            }

            Assert.NotEmpty(_running);
            EndTask(Take(_running));
        }
    }

    private void EndTask(ScheduledTask task)
    {
        // A task that was told to end may have ended by itself just before.
        if (_ended.Remove(task.TaskId) ? _random.Next(4) > 0 : _random.NextDouble() < _failureRate)
        {
            Apply(new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true));
            return;
        }

        var node = _graph.Find(task.Step)!;
        var kind = _graph.KindOf(node);
        var next = _graph.NextOf(node);
        int? count = kind == StepKind.SplitForeach ? _random.Next(0, 5) : null;
        int? gang = kind == StepKind.SplitParallel ? _random.Next(1, 8) : null;
        if (kind is StepKind.SplitForeach or StepKind.SplitStatic or StepKind.SplitParallel)
        {
            _splits[task.TaskId] = gang ?? count ?? next.Count;
        }

        ImmutableArray<string> chosen = kind == StepKind.SplitSwitch ? [next[_random.Next(next.Count)]] : [.. next];
        Apply(new SchedulerEvent.TaskFinished(task.TaskId, chosen, count)
        {
            GangSize = gang,
            MaxParallel = count > 0 && _random.Next(2) == 0 ? _random.Next(1, 4) : null,
        });
    }

    private T Take<T>(List<T> items)
    {
        var index = _random.Next(items.Count);
        var item = items[index];
        items.RemoveAt(index);
        return item;
    }

    private void Apply(SchedulerEvent schedulerEvent)
    {
        var expected = _state.CountExpected();
        (_state, var commands) = _state.Apply(schedulerEvent);
        Observe(_state);

        // What fails is started again without having been expected: a task, or a whole gang when its last task has ended.
        var launches = commands.Count(static command => command is SchedulerCommand.Launch { Task.Gang: null });
        Assert.True(
            schedulerEvent is not SchedulerEvent.TaskFinished || launches <= expected, $"{launches} tasks where {expected} were expected");
        foreach (var command in commands)
        {
            switch (command)
            {
                case SchedulerCommand.Launch launch:
                    Launched.Add(launch.Task);
                    _running.Add(launch.Task);
                    LaunchedAfterFailure |= Failures.Count > 0;
                    break;
                case SchedulerCommand.EndTask end:
                    Assert.Contains(_running, task => task.TaskId == end.Task.TaskId);
                    _ended.Add(end.Task.TaskId);
                    break;
                case SchedulerCommand.WaitForRetry wait:
                    _waiting.Add(wait.TaskId);
                    break;
                case SchedulerCommand.AnnounceFailure failure:
                    Failures.Add(failure);
                    _waiting.Clear();
                    break;
                case SchedulerCommand.EndRun end:
                    Assert.Null(End);
                    End = end;
                    break;
            }
        }

        MostAtOnce = Math.Max(MostAtOnce, _running.Count);
        var isOneGang = _running.Count > 0
            && _running.TrueForAll(task => task.Gang is { } seat && seat.ControlTaskId == _running[0].Gang?.ControlTaskId);
        Assert.True(isOneGang || _running.Count <= _maxWorkers, $"{_running.Count} tasks at once");
        Limits.Check(_running, step => _limits.TryGetValue(step, out var limit) ? limit : null);
    }
}
