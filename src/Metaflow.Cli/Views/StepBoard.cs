using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>What is known of the steps that have or had work.</summary>
internal sealed class StepBoard
{
    private readonly Dictionary<string, StepState> _steps = new(StringComparer.Ordinal);
    private readonly List<StepState> _order = [];

    /// <summary>Gets the columns of the longest name of a step.</summary>
    public int NameWidth { get; private set; }

    /// <summary>Gets the steps that have work, or may get more, in the order in which they began.</summary>
    public IEnumerable<StepState> Active => _order.Where(static step => !step.IsOver);

    /// <summary>Takes an event.</summary>
    /// <param name="runEvent">The event.</param>
    /// <param name="now">The time.</param>
    /// <returns>The steps that finished with it.</returns>
    public IReadOnlyList<StepState> Take(RunEvent runEvent, DateTimeOffset now)
    {
        switch (runEvent)
        {
            case RunEvent.Progress progress:
                return Update(progress.Counts, now);
            case RunEvent.TaskProgress progress when Find(progress) is { } step:
                step.Progress[progress.Task] = progress;
                step.Latest = progress;
                break;
            case RunEvent.TaskStarting starting when Find(starting) is { } step:
                step.Progress.Remove(starting.Task);
                break;
            case RunEvent.TaskSucceeded succeeded when Find(succeeded) is { } step:
                step.Forget(succeeded.Task);
                break;
            case RunEvent.TaskFailed failed when Find(failed) is { } step:
                step.Forget(failed.Task);
                if (failed.RetryIn is not null)
                {
                    step.Retried.Add(failed.Task);
                }

                break;
        }

        return [];
    }

    /// <summary>Ends all steps, as the run has ended.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Those that had not finished.</returns>
    public IReadOnlyList<StepState> End(DateTimeOffset now)
    {
        var left = Active.ToList();
        left.ForEach(step => step.Ended = now);
        return left;
    }

    private StepState? Find(RunEvent.OfTask runEvent) => _steps.GetValueOrDefault(runEvent.Task.Step);

    private List<StepState> Update(IReadOnlyList<StepCount> counts, DateTimeOffset now)
    {
        var finished = new List<StepState>();
        foreach (var count in counts)
        {
            if (!_steps.TryGetValue(count.Step, out var step))
            {
                step = new StepState(count.Step);
                _steps.Add(count.Step, step);
                NameWidth = Math.Max(NameWidth, count.Step.Length);
            }

            var hadWork = step.HasWork;
            step.Count = count;
            if (!hadWork && step.HasWork)
            {
                _order.Add(step);
            }

            if (count.Running > 0)
            {
                step.Started ??= now;
            }

            if (!step.IsOver && step.IsFinished)
            {
                step.Ended = now;
                finished.Add(step);
            }
        }

        return finished;
    }
}

/// <summary>What is known of a step.</summary>
/// <param name="name">Its name on disk.</param>
internal sealed class StepState(string name)
{
    /// <summary>Gets the name on disk.</summary>
    public string Name => name;

    /// <summary>Gets or sets the numbers of its tasks.</summary>
    public StepCount Count { get; set; } = new(name, 0, 0, 0);

    /// <summary>Gets or sets when its first task started; <see langword="null"/> before, and where all are clones.</summary>
    public DateTimeOffset? Started { get; set; }

    /// <summary>Gets or sets when it was over.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>Gets how far running tasks say that they are.</summary>
    public Dictionary<TaskPath, RunEvent.TaskProgress> Progress { get; } = [];

    /// <summary>Gets the tasks that were tried again.</summary>
    public HashSet<TaskPath> Retried { get; } = [];

    /// <summary>Gets or sets what a running task of it said last.</summary>
    public RunEvent.TaskProgress? Latest { get; set; }

    /// <summary>Gets a value indicating whether nothing of it follows any more.</summary>
    public bool IsOver => Ended is not null;

    /// <summary>Gets a value indicating whether it has or had a task.</summary>
    public bool HasWork => Count.Running + Count.Done + Count.Queued + Count.Retrying + Count.Failed > 0;

    /// <summary>Gets a value indicating whether all of its tasks succeeded.</summary>
    public bool IsFinished => Count is { IsTotalExact: true, Done: > 0 } && Count.Done >= Count.Total;

    /// <summary>Gets the part of it that is done, from 0 to 1, with what running tasks say of themselves.</summary>
    public double Fraction => Count.Total == 0
        ? 0
        : Math.Min(1, (Count.Done + Progress.Values.Sum(static progress => progress.Fraction ?? 0)) / Count.Total);

    /// <summary>Forgets how far a task was.</summary>
    public void Forget(TaskPath task)
    {
        Progress.Remove(task);
        if (Latest?.Task == task)
        {
            Latest = null;
        }
    }
}
