using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>Finds out what a resume does by letting the scheduler itself walk the graph, and keeps the answers for the run.</summary>
internal sealed class ResumePlanner(ResumeRules rules, Func<string, bool> mayRun)
{
    private readonly Dictionary<string, int> _cloned = [];
    private readonly Dictionary<string, Dictionary<string, List<string>>> _reruns = [];
    private readonly Dictionary<string, string> _gangReasons = [];
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codeChanged = new(StringComparer.Ordinal);
    private readonly Dictionary<TaskKey, ResumeDecision> _decisions = [];

    /// <summary>Gets what was decided about each task that the plan has reached. A run that follows the plan reaches the same tasks, and
    /// no others.</summary>
    public IReadOnlyDictionary<TaskKey, ResumeDecision> Decisions => _decisions;

    /// <summary>Makes the plan.</summary>
    /// <returns>The plan.</returns>
    public async Task<ResumePlan> PlanAsync()
    {
        await WalkAsync().ConfigureAwait(false);
        var following = Following();
        var certain = CertainAfterReruns();
        var steps = rules.Graph.Steps.Select(step => new PlannedStep(step.Name, _cloned.GetValueOrDefault(step.Name))
        {
            Reruns = [.. _reruns.GetValueOrDefault(step.Name, []).Select(static pair => new PlannedRerun(pair.Key, pair.Value))],
            FollowsReruns = following.Contains(step.Name),
            DependsOnSwitch = following.Contains(step.Name) && !certain.Contains(step.Name),
            IsLeftOut = _leftOut.Contains(step.Name) || (following.Contains(step.Name) && !mayRun(step.Name)),
            IsCodeChanged = _codeChanged.Contains(step.Name),
        });
        return new ResumePlan(rules.Graph.FlowName, rules.Origin.RunId)
        {
            Steps = [.. steps.Where(static step => step.Cloned > 0 || step.Reruns.Count > 0 || step.FollowsReruns)],
            ChangedParameters = rules.ChangedParameters,
        };
    }

    private async Task WalkAsync()
    {
        var state = new SchedulerState(new SchedulerPolicy(rules.Graph, int.MaxValue, static _ => new RetryBudget(0, 0, TimeSpan.Zero))
        {
            Reuse = ReuseRule.AfterClones,
        });
        var pending = new Queue<SchedulerEvent>([new SchedulerEvent.RunStarted(new TaskInput(TaskPath.ParametersStep, "0"))]);
        while (pending.TryDequeue(out var next))
        {
            (state, var commands) = state.Apply(next);
            foreach (var reuse in commands.OfType<SchedulerCommand.Reuse>())
            {
                pending.Enqueue(await AnswerAsync(reuse.Task).ConfigureAwait(false));
            }

            // A gang was asked for as its first task, and runs again as a whole.
            foreach (var launch in commands.OfType<SchedulerCommand.Launch>().Where(launch => launch.Task.Gang is not null))
            {
                AddRerun(launch.Task, _gangReasons[launch.Task.Gang!.ControlTaskId]);
            }
        }
    }

    private async Task<SchedulerEvent> AnswerAsync(ScheduledTask task)
    {
        var decision = _decisions[task.Key] = await rules.DecideAsync(task).ConfigureAwait(false);
        if (decision.Result is { } result)
        {
            if (decision.IsCodeChanged)
            {
                _codeChanged.Add(task.Step);
            }

            _cloned[task.Step] = _cloned.GetValueOrDefault(task.Step) + 1 + decision.Others.Count;
            return new SchedulerEvent.TaskFinished(task.TaskId, [.. result.NextSteps], result.NumSplits)
            {
                IsClone = true,
                GangSize = result.GangSize,
            };
        }

        if (task.Gang is not null)
        {
            _gangReasons[task.TaskId] = decision.Reason;
        }
        else
        {
            AddRerun(task, decision.Reason);
        }

        return new SchedulerEvent.ReuseRefused(task.TaskId);
    }

    private void AddRerun(ScheduledTask task, string reason)
    {
        if (!_reruns.TryGetValue(task.Step, out var reasons))
        {
            _reruns.Add(task.Step, reasons = []);
        }

        if (!reasons.TryGetValue(reason, out var tasks))
        {
            reasons.Add(reason, tasks = []);
        }

        tasks.Add(task.Key.ToString());
        if (!mayRun(task.Step))
        {
            _leftOut.Add(task.Step);
        }
    }

    private HashSet<string> CertainAfterReruns()
    {
        var known = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        return [.. _reruns.Keys.SelectMany(step => Certain(step, known))];
    }

    /// <summary>The steps that run after a step whatever switches decide: of a switch's ways, what is on all of them.</summary>
    private HashSet<string> Certain(string name, Dictionary<string, HashSet<string>> known)
    {
        if (known.TryGetValue(name, out var certain))
        {
            return certain;
        }

        // Until it is known: a step that may come back to itself is left at some time by another way.
        known[name] = [];
        var step = rules.Graph.Find(name);
        var ways = (step is null ? [] : rules.Graph.NextOf(step)).Where(next => next != name)
            .Select(next => Certain(next, known).Append(next)).ToList();
        var isSwitch = step is not null && rules.Graph.KindOf(step) == StepKind.SplitSwitch;
        return known[name] = isSwitch && ways.Count > 0
            ? [.. ways.Aggregate(static (all, way) => all.Intersect(way, StringComparer.Ordinal))]
            : [.. ways.SelectMany(static way => way)];
    }

    /// <summary>The steps that come after a task that runs again.</summary>
    private HashSet<string> Following()
    {
        var following = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(_reruns.Keys);
        while (pending.TryPop(out var name))
        {
            foreach (var next in rules.Graph.Find(name) is { } step ? rules.Graph.NextOf(step) : [])
            {
                if (following.Add(next))
                {
                    pending.Push(next);
                }
            }
        }

        return following;
    }
}
