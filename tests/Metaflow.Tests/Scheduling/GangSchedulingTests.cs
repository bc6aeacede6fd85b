using System.Collections.Immutable;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Joins;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

public sealed class GangSchedulingTests
{
    [Fact]
    public void A_gang_is_launched_at_once_with_the_references_ids()
    {
        var run = new Run(maxWorkers: 8);
        run.Finish("1", "train", gangSize: 3);
        Assert.Equal(["start/1", "train/2", "train/2_node_1", "train/2_node_2"], run.Launched);
        Assert.Equal([0, 1, 2], run.Tasks.Skip(1).Select(static task => task.SplitIndex!.Value));
    }

    [Fact]
    public void The_join_gets_its_inputs_in_the_order_of_the_gang_whichever_ends_first()
    {
        var run = new Run(maxWorkers: 8);
        run.Finish("1", "train", gangSize: 3);
        run.Finish("2_node_2", "join");
        run.Finish("2", "join");
        Assert.Equal("train/2_node_2", run.Launched[^1]);
        run.Finish("2_node_1", "join");
        Assert.Equal(["2", "2_node_1", "2_node_2"], run.Tasks[^1].Inputs.Select(static input => input.TaskId));
        Assert.Equal(JoinKind.Foreach, run.Tasks[^1].Join);
    }

    [Fact]
    public void A_gang_waits_for_all_its_slots_and_what_is_behind_it_waits_too()
    {
        // A branch of one task, a gang of two and another task, where two may run.
        var graph = new FlowGraph("F",
        [
            Step("start", [new TransitionNode(["a", "split", "b"], null, false, 0, 1)]), Step("a", To("j")), Step("b", To("j")),
            Step("split", [new TransitionNode(["train"], null, true, 0, 1)]), Step("train", To("join")) with { IsMarkedParallel = true },
            Step("join", To("j")) with { TakesInputs = true }, Step("j", To("end")) with { TakesInputs = true }, Step("end", []),
        ]);
        var run = new Run(maxWorkers: 2, graph);
        run.FinishBranch("1", "a", "split", "b");
        Assert.Equal(["start/1", "a/2", "split/3"], run.Launched);
        run.Finish("3", "train", gangSize: 2);
        Assert.Equal("b/4", run.Launched[^1]);
        run.Finish("2", "j");
        Assert.Equal("b/4", run.Launched[^1]);
        run.Finish("4", "j");
        Assert.Equal(["train/5", "train/5_node_1"], run.Launched.TakeLast(2));
    }

    [Fact]
    public void A_gang_that_is_larger_than_the_limit_starts_when_nothing_else_runs()
    {
        var run = new Run(maxWorkers: 2);
        run.Finish("1", "train", gangSize: 5);
        Assert.Equal(6, run.Launched.Count);
    }

    [Fact]
    public void A_failure_ends_the_others_and_the_next_attempt_is_of_all()
    {
        var run = new Run(maxWorkers: 8, retries: 1);
        run.Finish("1", "train", gangSize: 3);
        run.Finish("2", "join");
        run.Fail("2_node_1");
        Assert.Equal(["2_node_2 because of 2_node_1"], run.Ended);
        Assert.Equal(4, run.Launched.Count);
        run.Fail("2_node_2");
        Assert.Equal(["train/2", "train/2_node_1", "train/2_node_2"], run.Launched.TakeLast(3));
        Assert.All(run.Tasks.TakeLast(3), static task => Assert.Equal(1, task.Attempt));
    }

    [Fact]
    public void A_failure_for_good_is_announced_for_the_task_that_failed_first()
    {
        var run = new Run(maxWorkers: 8);
        run.Finish("1", "train", gangSize: 2);
        run.Fail("2_node_1");
        Assert.Null(run.Announced);
        run.Fail("2");
        Assert.Equal("2_node_1", run.Announced);
        Assert.False(run.End!.Succeeded);
    }

    [Fact]
    public void A_failure_that_forbids_a_retry_holds_for_the_gang()
    {
        var run = new Run(maxWorkers: 8, retries: 2);
        run.Finish("1", "train", gangSize: 2);
        run.Fail("2_node_1", mayRetry: false);
        run.Fail("2");
        Assert.Equal("2_node_1", run.Announced);
    }

    [Fact]
    public void The_attempt_that_only_handles_the_failure_is_of_the_first_task_alone()
    {
        var run = new Run(maxWorkers: 8, retries: 0, fallbacks: 1);
        run.Finish("1", "train", gangSize: 2);
        run.Fail("2_node_1");
        run.Fail("2");
        Assert.Equal(4, run.Launched.Count);
        Assert.Equal(("train/2", 1), (run.Launched[^1], run.Tasks[^1].Attempt));
        run.Finish("2", "join");
        Assert.Equal(["2"], run.Tasks[^1].Inputs.Select(static input => input.TaskId));
    }

    private static StepNode Step(string name, EquatableList<TransitionNode> transitions)
        => new() { Name = name, MethodName = name, Transitions = transitions };

    private static EquatableList<TransitionNode> To(string step) => [new TransitionNode([step], null, false, 0, 1)];

    /// <summary>A run that is told what happens, and notes what it is to do.</summary>
    private sealed class Run
    {
        private SchedulerState _state;

        public Run(int maxWorkers, FlowGraph? graph = null, int retries = 0, int fallbacks = 0)
        {
            graph ??= new FlowGraph("F",
            [
                Step("start", [new TransitionNode(["train"], null, true, 0, 1)]),
                Step("train", To("join")) with { IsMarkedParallel = true }, Step("join", To("end")) with { TakesInputs = true },
                Step("end", []),
            ]);
            _state = new SchedulerState(new SchedulerPolicy(graph, maxWorkers, _ => new RetryBudget(retries, fallbacks, TimeSpan.Zero)));
            Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        }

        public List<ScheduledTask> Tasks { get; } = [];

        public List<string> Launched => [.. Tasks.Select(static task => $"{task.Step}/{task.TaskId}")];

        public List<string> Ended { get; } = [];

        public string? Announced { get; private set; }

        public SchedulerCommand.EndRun? End { get; private set; }

        public void Finish(string taskId, string next, int? gangSize = null)
            => Apply(new SchedulerEvent.TaskFinished(taskId, [next], null) { GangSize = gangSize });

        public void FinishBranch(string taskId, params ImmutableArray<string> next)
            => Apply(new SchedulerEvent.TaskFinished(taskId, next, null));

        public void Fail(string taskId, bool mayRetry = true) => Apply(new SchedulerEvent.TaskFailed(taskId, mayRetry));

        private void Apply(SchedulerEvent schedulerEvent)
        {
            (_state, var commands) = _state.Apply(schedulerEvent);
            foreach (var command in commands)
            {
                switch (command)
                {
                    case SchedulerCommand.Launch launch:
                        Tasks.Add(launch.Task);
                        break;
                    case SchedulerCommand.EndTask end:
                        Ended.Add($"{end.Task.TaskId} because of {end.FailedTaskId}");
                        break;
                    case SchedulerCommand.AnnounceFailure failure:
                        Announced = failure.Failed.TaskId;
                        break;
                    case SchedulerCommand.EndRun end:
                        End = end;
                        break;
                }
            }
        }
    }
}
