using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>Plays runs whose scheduler dies after any event, and is replayed from its journal by another.</summary>
public sealed class CrashTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void A_run_whose_scheduler_dies_at_any_event_ends_like_one_that_went_through()
        => Prop.ForAll<int>(static seed =>
        {
            var number = Math.Abs(seed % 1_000_000);
            var unbroken = new CrashingRun(number, crashRate: 0);
            unbroken.Run();
            var broken = new CrashingRun(number, crashRate: 0.2);
            broken.Run();
            Assert.Equal(unbroken.Committed, broken.Committed);
            Assert.True(unbroken.Succeeded);
            Assert.True(broken.Succeeded);
        }).Check(Many);

    [Fact]
    public void Crashes_and_launches_that_fail_happen_in_the_simulation()
    {
        var runs = Enumerable.Range(0, 50).Select(static seed =>
        {
            var run = new CrashingRun(seed, crashRate: 0.2);
            run.Run();
            return (run.Crashes, run.LaunchFailures);
        }).ToList();
        Assert.True(runs.Sum(static run => run.Crashes) > 100, $"only {runs.Sum(static run => run.Crashes)} crashes");
        Assert.True(runs.Sum(static run => run.LaunchFailures) > 100, $"only {runs.Sum(static run => run.LaunchFailures)} launches failed");
    }

    [Fact]
    public void A_failed_task_is_continued_with_attempts_of_its_own()
    {
        var state = Start(retries: 1, out var launched);
        var launches = new List<ScheduledTask> { launched };
        for (var i = 0; i < 2; i++)
        {
            (state, var commands) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: true));
            launches.AddRange(commands.OfType<SchedulerCommand.Launch>().Select(static launch => launch.Task));
        }

        Assert.True(state.IsEnded);
        Assert.Equal(1, state.FailedTasks);
        (state, var continued) = state.Apply(new SchedulerEvent.RunContinued([]));
        launches.Add(Assert.IsType<SchedulerCommand.Launch>(Assert.Single(continued)).Task);
        Assert.Equal([(0, 0), (1, 0), (2, 2)], launches.Select(static task => (task.Attempt, task.FirstAttempt)));
        Assert.Equal(0, state.FailedTasks);

        // Its retry is still to come, and then it fails for good once more.
        (state, continued) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: true));
        Assert.Equal(3, Assert.IsType<SchedulerCommand.Launch>(Assert.Single(continued)).Task.Attempt);
        (state, _) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: true));
        Assert.True(state.IsEnded);
    }

    [Fact]
    public void A_task_that_was_stopped_is_continued_as_it_was()
    {
        var state = Start(retries: 0, out _);
        (state, _) = state.Apply(new SchedulerEvent.StopRequested());
        (state, _) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: false));
        Assert.True(state.IsEnded);
        Assert.Equal(0, state.FailedTasks);
        (_, var continued) = state.Apply(new SchedulerEvent.RunContinued([]));
        Assert.Equal((0, 0), Numbers(continued));
    }

    [Fact]
    public void A_task_that_was_stopped_and_committed_its_failure_goes_on_with_the_next_number()
    {
        var state = Start(retries: 0, out _);
        (state, _) = state.Apply(new SchedulerEvent.StopRequested());
        (state, _) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: false));
        (_, var continued) = state.Apply(new SchedulerEvent.RunContinued(["1"]));
        Assert.Equal((1, 1), Numbers(continued));
    }

    [Fact]
    public void A_task_that_waits_for_its_next_attempt_is_not_forgotten_when_the_run_stops()
    {
        var state = Start(retries: 1, out _, TimeSpan.FromMinutes(2));
        (state, _) = state.Apply(new SchedulerEvent.TaskFailed("1", MayRetry: true));
        Assert.Single(state.Waiting);
        (state, _) = state.Apply(new SchedulerEvent.StopRequested());
        Assert.True(state.IsEnded);
        (_, var continued) = state.Apply(new SchedulerEvent.RunContinued([]));
        Assert.Equal((1, 0), Numbers(continued));
    }

    [Fact]
    public void A_step_that_the_run_came_to_and_that_changed_is_named()
    {
        var policy = new SchedulerPolicy(Line("start", "middle", "end"), 2, static _ => default);
        var changed = new SchedulerPolicy(Line("start", "other", "end"), 2, static _ => default);
        var before = StepIdentity.Of(policy);
        Assert.Empty(StepIdentity.Changed(before, StepIdentity.Of(policy), new HashSet<string> { "start", "middle" }));
        Assert.Equal(
            ["middle", "start"], StepIdentity.Changed(before, StepIdentity.Of(changed), new HashSet<string> { "start", "middle" }));
        Assert.Empty(StepIdentity.Changed(before, StepIdentity.Of(changed), new HashSet<string> { "end" }));
    }

    private static (int Attempt, int FirstAttempt) Numbers(ImmutableArray<SchedulerCommand> commands)
    {
        var task = Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task;
        return (task.Attempt, task.FirstAttempt);
    }

    private static SchedulerState Start(int retries, out ScheduledTask launched, TimeSpan wait = default)
    {
        var state = new SchedulerState(new SchedulerPolicy(Line("start", "end"), 2, _ => new RetryBudget(retries, 0, wait)));
        (state, var commands) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        launched = Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task;
        return state;
    }

    private static FlowGraph Line(params string[] steps) => new("Line",
    [
        .. steps.Select((name, i) => new StepNode
        {
            Name = name,
            ReturnsNothing = i == steps.Length - 1,
            Transitions = i < steps.Length - 1 ? [new([steps[i + 1]], null, false, 0, 1)] : [],
        }),
    ]);
}
