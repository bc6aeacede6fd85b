using System.Collections.Immutable;
using Metaflow.Graph;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>How many tasks of a step run at once, where the step or the foreach says.</summary>
public sealed class MaxParallelTests
{
    private static readonly FlowGraph Graph = new("F",
    [
        Step("start", "fan", "other"), Step("fan", "train") with { Transitions = [new TransitionNode(["train"], "items", false, 0, 1)] },
        Step("train", "join"), Step("join", "after") with { TakesInputs = true }, Step("other", "after"),
        Step("after", "end") with { TakesInputs = true }, new StepNode { Name = "end", ReturnsNothing = true },
    ]);

    [Fact]
    public void A_foreach_runs_as_many_tasks_at_once_as_it_allows_and_others_pass_them()
    {
        var state = FannedOut(items: 5, ofForeach: 2);

        Assert.Equal(["other", "train", "train"], RunningSteps(state));
        Assert.Equal(3, state.Queued["train"]);
        for (var left = 4; left >= 0; left--)
        {
            var next = state.Running.Values.Where(static task => task.Step == "train").MinBy(static task => task.SplitIndex)!;
            Assert.Equal(4 - left, next.SplitIndex);
            (state, _) = state.Apply(new SchedulerEvent.TaskFinished(next.TaskId, ["join"], null));
            Assert.Equal(Math.Min(2, left), RunningSteps(state).Count(static step => step == "train"));
        }

        Assert.Contains("join", RunningSteps(state));
    }

    [Fact]
    public void The_lower_of_both_limits_counts()
    {
        Assert.Equal(2, RunningSteps(FannedOut(items: 5, ofForeach: 2, ofStep: 4)).Count(static step => step == "train"));
        Assert.Equal(1, RunningSteps(FannedOut(items: 5, ofForeach: 2, ofStep: 1)).Count(static step => step == "train"));
        Assert.Equal(5, RunningSteps(FannedOut(items: 5)).Count(static step => step == "train"));
    }

    [Fact]
    public void A_task_that_waits_for_another_attempt_leaves_its_place_to_the_next()
    {
        var state = FannedOut(items: 3, ofForeach: 1, wait: TimeSpan.FromMinutes(1));
        var first = Train(state);
        (state, _) = state.Apply(new SchedulerEvent.TaskFailed(first.TaskId, MayRetry: true));
        var second = Train(state);
        Assert.Equal(1, second.SplitIndex);

        (state, _) = state.Apply(new SchedulerEvent.RetryDue(first.TaskId));
        Assert.Equal(second, Train(state));
        (state, _) = state.Apply(new SchedulerEvent.TaskFinished(second.TaskId, ["join"], null));
        Assert.Equal(2, Train(state).SplitIndex);
        (state, _) = state.Apply(new SchedulerEvent.TaskFinished(Train(state).TaskId, ["join"], null));
        Assert.Equal((0, 1), (Train(state).SplitIndex, Train(state).Attempt));
    }

    [Fact]
    public void A_run_that_is_stopped_ends_without_the_tasks_that_wait_and_goes_on_with_them()
    {
        var state = FannedOut(items: 4, ofForeach: 2);
        (state, _) = state.Apply(new SchedulerEvent.StopRequested());
        foreach (var task in SchedulerState.InOrder(state.Running.Values))
        {
            (state, _) = state.Apply(new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true));
        }

        Assert.True(state.IsEnded);
        (state, _) = state.Apply(new SchedulerEvent.RunContinued([]));
        Assert.Equal(["other", "train", "train"], RunningSteps(state));
        Assert.Equal(2, state.Queued["train"]);
    }

    private static ScheduledTask Train(SchedulerState state) => Assert.Single(state.Running.Values, static task => task.Step == "train");

    private static StepNode Step(string name, params string[] next)
        => new() { Name = name, Transitions = [new TransitionNode([.. next], null, false, 0, 1)] };

    private static SchedulerState FannedOut(int items, int? ofForeach = null, int? ofStep = null, TimeSpan wait = default)
    {
        var state = new SchedulerState(new SchedulerPolicy(Graph, 9, _ => new Metaflow.Decorators.RetryBudget(1, 0, wait))
        {
            MaxParallelOf = step => step == "train" ? ofStep : null,
        });
        (state, _) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        (state, _) = state.Apply(new SchedulerEvent.TaskFinished("1", ["fan", "other"], null));
        var fan = state.Running.Values.Single(static task => task.Step == "fan");
        (state, _) = state.Apply(new SchedulerEvent.TaskFinished(fan.TaskId, ["train"], items) { MaxParallel = ofForeach });
        return state;
    }

    private static ImmutableArray<string> RunningSteps(SchedulerState state)
        => [.. state.Running.Values.Select(static task => task.Step).Order(StringComparer.Ordinal)];
}
