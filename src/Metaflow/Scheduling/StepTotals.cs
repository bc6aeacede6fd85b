using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>How many tasks each step of a run will have, as far as the graph and the run so far say it.</summary>
/// <remarks>A step has as many tasks as the steps before it, a join as many as its split. After a foreach, a gang or a switch the tasks
/// that were made count: their number is exact once all tasks before them have decided.</remarks>
internal sealed class StepTotals
{
    private readonly Dictionary<string, StepTotal> _known = new(StringComparer.Ordinal);
    private readonly FlowGraph _graph;
    private readonly SchedulerState _state;

    /// <summary>Initializes the totals of a moment.</summary>
    /// <param name="graph">The flow's graph.</param>
    /// <param name="state">The scheduler's state.</param>
    public StepTotals(FlowGraph graph, SchedulerState state)
    {
        _graph = graph;
        _state = state;
    }

    /// <summary>Returns the total of a step.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The total.</returns>
    public StepTotal Of(StepNode step)
    {
        if (_known.TryGetValue(step.Name, out var known))
        {
            return known;
        }

        // What a loop comes back to cannot be known before: this is what it finds of itself.
        var made = _state.Made.GetValueOrDefault(step.Name);
        _known[step.Name] = new StepTotal(made, IsExact: false);
        var total = Compute(step, made);
        _known[step.Name] = total with { Tasks = Math.Max(total.Tasks, made) };
        return _known[step.Name];
    }

    private StepTotal Compute(StepNode step, int made)
    {
        if (step.Name == _graph.StartStep?.Name)
        {
            return new StepTotal(1, IsExact: true);
        }

        if (step.TakesInputs && _graph.SplitClosedBy(step) is { } split)
        {
            return Of(split);
        }

        var parents = _graph.ParentsOf(step);
        var (tasks, isSure, haveDecided) = (0, true, true);
        foreach (var parent in parents)
        {
            var total = Of(parent);
            tasks += total.Tasks;
            isSure &= MovesOnOnce(parent);
            haveDecided &= total.IsExact && (isSure || _state.Finished.GetValueOrDefault(parent.Name) == total.Tasks);
        }

        return isSure ? new StepTotal(tasks, haveDecided) : new StepTotal(made, haveDecided);
    }

    /// <summary>Returns whether each task of a step moves on to one task of each step after it.</summary>
    private bool MovesOnOnce(StepNode step)
        => _graph.KindOf(step) is not (StepKind.SplitForeach or StepKind.SplitParallel or StepKind.SplitSwitch);
}

/// <summary>How many tasks a step will have.</summary>
/// <param name="Tasks">How many are known of.</param>
/// <param name="IsExact">Whether there will be no more.</param>
internal readonly record struct StepTotal(int Tasks, bool IsExact);
