using FsCheck;
using FsCheck.Fluent;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Metaflow.Joins;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

public sealed class SchedulerStateTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void Random_graphs_are_right_by_the_rules()
        => Check(seed => Assert.DoesNotContain(
            GraphRules.Check(RandomFlow.Make(seed)), static problem => problem.Severity == ProblemSeverity.Error));

    [Fact]
    public void A_run_without_failures_ends_successfully_and_launches_every_task_once()
        => Check(static seed =>
        {
            var run = new Simulation(seed, failureRate: 0);
            run.Run();
            Assert.True(run.End!.Succeeded, run.End.Reason);
            Assert.Equal(run.Launched.Count, run.Launched.Select(static task => task.TaskId).Distinct().Count());
        });

    [Fact]
    public void Every_split_yields_its_tasks_and_every_join_gets_them_in_the_order_of_the_split()
        => Check(static seed =>
        {
            var run = new Simulation(seed, failureRate: 0);
            run.Run();
            foreach (var (splitId, count) in run.Splits)
            {
                AssertSplitAndJoin(run, splitId, count);
            }
        });

    [Fact]
    public void Retries_have_the_same_task_id_and_rising_attempts()
        => Check(static seed =>
        {
            var run = new Simulation(seed, failureRate: 0.3, wait: TimeSpan.FromSeconds(seed % 2));
            run.Run();
            foreach (var attempts in run.Launched.GroupBy(static task => task.TaskId))
            {
                Assert.Equal(Enumerable.Range(0, attempts.Count()), attempts.Select(static task => task.Attempt));
            }
        });

    [Fact]
    public void After_a_failure_for_good_nothing_is_launched_and_the_run_fails()
        => Check(static seed =>
        {
            var run = new Simulation(seed, failureRate: 0.3);
            run.Run();
            Assert.Equal(run.Failures.Count == 0, run.End!.Succeeded);
            Assert.False(run.LaunchedAfterFailure);
        });

    [Fact]
    public void A_stop_ends_the_run_when_the_last_running_task_ended()
    {
        var (state, commands) = Started("start", "end");
        var task = Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task;
        (state, commands) = state.Apply(new SchedulerEvent.StopRequested());
        Assert.Empty(commands);
        (state, commands) = state.Apply(new SchedulerEvent.TaskFinished(task.TaskId, ["end"], null));
        Assert.False(Assert.IsType<SchedulerCommand.EndRun>(Assert.Single(commands)).Succeeded);
        Assert.True(state.IsEnded);
    }

    [Fact]
    public void A_step_that_loops_on_itself_counts_its_passes_and_leaves_them_behind()
    {
        EquatableList<TransitionNode> again = [To("loop"), To("end")];
        var graph = new FlowGraph("Loop",
        [
            new StepNode { Name = "start", Transitions = [To("loop")] },
            new StepNode { Name = "loop", Transitions = again },
            new StepNode { Name = "end", ReturnsNothing = true },
        ]);
        var state = new SchedulerState(new SchedulerPolicy(graph, 4, static _ => default));
        var passes = new List<string>();
        (state, var commands) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        foreach (var next in new[] { "loop", "loop", "loop", "end" })
        {
            var task = Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task;
            passes.Add($"{task.Step}[{string.Join(',', task.Iterations)}]");
            (state, commands) = state.Apply(new SchedulerEvent.TaskFinished(task.TaskId, [next], null));
        }

        passes.Add($"end[{string.Join(',', Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task.Iterations)}]");
        Assert.Equal(["start[]", "loop[0]", "loop[1]", "loop[2]", "end[]"], passes);
    }

    [Fact]
    public void One_task_is_expected_after_each_of_a_line_and_none_after_the_last()
    {
        var (state, commands) = Started("start", "middle", "end");
        var expected = new List<int> { state.CountExpected() };
        foreach (var next in new[] { "middle", "end" })
        {
            var task = Assert.IsType<SchedulerCommand.Launch>(Assert.Single(commands)).Task;
            (state, commands) = state.Apply(new SchedulerEvent.TaskFinished(task.TaskId, [next], null));
            expected.Add(state.CountExpected());
        }

        Assert.Equal([1, 1, 0], expected);
    }

    private static void Check(Action<int> property) => Prop.ForAll<int>(seed => property(Math.Abs(seed % 1_000_000))).Check(Many);

    private static TransitionNode To(string step) => new([step], null, false, 0, 1);

    private static (SchedulerState State, System.Collections.Immutable.ImmutableArray<SchedulerCommand> Commands) Started(
        params string[] steps)
    {
        var nodes = steps.Select((name, i) => new StepNode
        {
            Name = name,
            ReturnsNothing = i == steps.Length - 1,
            Transitions = i < steps.Length - 1 ? [To(steps[i + 1])] : [],
        });
        var state = new SchedulerState(new SchedulerPolicy(new FlowGraph("Line", [.. nodes]), 4, static _ => default));
        return state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
    }

    private static void AssertSplitAndJoin(Simulation run, string splitId, int count)
    {
        var children = run.Launched
            .Where(task => task.Frames.Count > 0 && task.Frames[^1].SplitTaskId == splitId && task.Inputs[0].TaskId == splitId).ToList();
        Assert.Equal(count, children.Count);
        var indexOf = run.Launched.Where(task => task.Frames.Any(frame => frame.SplitTaskId == splitId))
            .ToDictionary(static task => task.TaskId, task => task.Frames.First(frame => frame.SplitTaskId == splitId).Index);
        var split = run.Launched.First(task => task.TaskId == splitId);
        var joinStep = run.Graph.MatchingJoinOf(run.Graph.Find(split.Step)!);
        var join = Assert.Single(run.Launched, task => task.Step == joinStep
            && (task.Join == JoinKind.EmptyForeach ? task.Inputs[0].TaskId == splitId : indexOf.ContainsKey(task.Inputs[0].TaskId)));
        if (count == 0)
        {
            Assert.Equal(JoinKind.EmptyForeach, join.Join);
            return;
        }

        Assert.Equal(Enumerable.Range(0, count), join.Inputs.Select(input => indexOf[input.TaskId]));
    }
}
