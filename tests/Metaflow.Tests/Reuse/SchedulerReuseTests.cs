using System.Collections.Immutable;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Reuse;

public sealed class SchedulerReuseTests
{
    private static readonly FlowGraph Graph = new("Flow",
    [
        Step("start", ["left", "right"]),
        Step("left", ["join"]),
        Step("right", ["join"]),
        Step("join", ["end"]) with { TakesInputs = true },
        new StepNode { Name = "end", ReturnsNothing = true },
    ]);

    [Fact]
    public void A_ready_task_is_looked_for_in_earlier_runs_before_it_is_launched()
    {
        var (state, commands) = Begin(ReuseRule.AfterClones);
        var reuse = Assert.IsType<SchedulerCommand.Reuse>(Assert.Single(commands));
        (_, commands) = state.Apply(new SchedulerEvent.ReuseRefused(reuse.Task.TaskId));
        Assert.Equal("start", Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task.Step);
    }

    [Fact]
    public void Nothing_is_launched_while_a_clone_of_a_resume_is_still_being_made()
    {
        var (state, _) = Begin(ReuseRule.AfterClones);
        (state, var commands) = state.Apply(Clone("1", "left", "right"));
        Assert.Equal(2, commands.OfType<SchedulerCommand.Reuse>().Count());
        (state, commands) = state.Apply(new SchedulerEvent.ReuseRefused("2"));
        Assert.Empty(commands);
        (_, commands) = state.Apply(Clone("3", "join"));
        Assert.Equal("left", Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task.Step);
    }

    [Fact]
    public void A_cache_lets_other_tasks_run_while_it_looks()
    {
        var (state, _) = Begin(ReuseRule.Always);
        (state, _) = state.Apply(Clone("1", "left", "right"));
        (_, var commands) = state.Apply(new SchedulerEvent.ReuseRefused("2"));
        Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands));
    }

    [Fact]
    public void A_task_after_one_that_ran_is_not_looked_for_in_a_resume_but_in_a_cache_it_is()
    {
        foreach (var (rule, expected) in new[]
        {
            (ReuseRule.AfterClones, typeof(SchedulerCommand.Launch)), (ReuseRule.Always, typeof(SchedulerCommand.Reuse)),
        })
        {
            var (state, _) = Begin(rule);
            (state, _) = state.Apply(Clone("1", "left", "right"));
            (state, _) = state.Apply(new SchedulerEvent.ReuseRefused("2"));
            (state, _) = state.Apply(Clone("3", "join"));
            (_, var commands) = state.Apply(new SchedulerEvent.TaskFinished("2", ["join"], null));
            Assert.IsType(expected, Assert.Single(commands));
        }
    }

    [Fact]
    public void A_run_that_may_not_run_a_step_ends_partly_done()
    {
        var (state, _) = Begin(ReuseRule.AfterClones, mayRun: static _ => false);
        (state, _) = state.Apply(Clone("1", "left", "right"));
        (state, _) = state.Apply(Clone("2", "join"));
        (state, var commands) = state.Apply(new SchedulerEvent.ReuseRefused("3"));
        var end = Assert.IsType<SchedulerCommand.EndRun>(Assert.Single(commands));
        Assert.True(end.IsPartial);
        Assert.False(end.Succeeded);
        Assert.True(state.IsEnded);
    }

    [Fact]
    public void A_stop_waits_for_what_is_being_cloned_and_starts_nothing_more()
    {
        var (state, _) = Begin(ReuseRule.Always);
        (state, var commands) = state.Apply(new SchedulerEvent.StopRequested());
        Assert.Empty(commands);
        (_, commands) = state.Apply(Clone("1", "left", "right"));
        Assert.False(Assert.IsType<SchedulerCommand.EndRun>(Assert.Single(commands)).Succeeded);
    }

    [Theory]
    [InlineData("left", "start,left")]
    [InlineData("join", "start,left,right,join")]
    [InlineData("start", "start")]
    public void Only_what_leads_to_the_last_step_wanted_may_run(string until, string expected)
    {
        var mayRun = StepsToRun.Of(Graph, new RunRequest { Until = until });
        Assert.Equal(expected.Split(','), Graph.Steps.Select(static step => step.Name).Where(mayRun));
    }

    [Fact]
    public void A_key_tells_places_in_foreaches_and_passes_apart_but_not_branches()
    {
        var task = new ScheduledTask
        {
            TaskId = "9",
            Step = "work",
            Inputs = [],
            Frames = [new TaskFrame("1", true, 3, 2), new TaskFrame("2", false, 2, 1), new TaskFrame("3", true, 5, 4)],
            Iterations = [1],
        };
        Assert.Equal("work[2,4][1]", task.Key.ToString());
        Assert.Equal(new TaskKey("work", "2,4", "1"), task.Key);
    }

    private static StepNode Step(string name, string[] targets)
        => new() { Name = name, MethodName = name, Transitions = [new TransitionNode([.. targets], null, false, 0, 1)] };

    private static SchedulerEvent.TaskFinished Clone(string taskId, params ImmutableArray<string> next)
        => new(taskId, next, null) { IsClone = true };

    private static (SchedulerState State, ImmutableArray<SchedulerCommand> Commands) Begin(
        ReuseRule rule, Func<string, bool>? mayRun = null)
    {
        var policy = new SchedulerPolicy(Graph, 4, static _ => new RetryBudget(0, 0, TimeSpan.Zero))
        {
            Reuse = rule,
            MayRun = mayRun ?? (static _ => true),
        };
        return new SchedulerState(policy).Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
    }
}
