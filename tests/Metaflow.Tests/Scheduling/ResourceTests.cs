using System.Collections.Immutable;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

public sealed class ResourceTests
{
    private static readonly FlowGraph Graph = new("F",
    [
        Step("start", "small", "large", "free"), Step("small", "join"), Step("large", "join"), Step("free", "join"),
        Step("join", "end") with { TakesInputs = true }, new StepNode { Name = "end", ReturnsNothing = true },
    ]);

    [Fact]
    public void Tasks_run_together_as_far_as_the_machine_goes_and_those_that_ask_for_nothing_pass()
    {
        var state = Start(new TaskDemand(3, 1000), step => step switch { "small" => new(2, 0), "large" => new(2, 0), _ => default });
        Assert.Equal(["free", "small"], RunningSteps(state));
        Assert.Equal(1, state.Queued["large"]);
        (state, _) = state.Apply(Finished(state, "small", "join"));
        Assert.Equal(["free", "large"], RunningSteps(state));
    }

    [Fact]
    public void A_task_that_asks_for_more_than_there_is_runs_without_others_that_ask()
    {
        var state = Start(new TaskDemand(4, 1000), step => step switch { "small" => new(0, 10), "large" => new(0, 5000), _ => default });
        Assert.Equal(["free", "small"], RunningSteps(state));
        (state, _) = state.Apply(Finished(state, "small", "join"));
        Assert.Equal(["free", "large"], RunningSteps(state));
    }

    [Fact]
    public void A_large_task_is_not_passed_by_small_ones_that_came_later()
    {
        var graph = new FlowGraph("F",
        [
            new StepNode { Name = "start", Transitions = [new TransitionNode(["first", "large", "last"], null, false, 0, 1)] },
            Step("first", "join"), Step("large", "join"), Step("last", "join"),
            Step("join", "end") with { TakesInputs = true }, new StepNode { Name = "end", ReturnsNothing = true },
        ]);
        var state = Start(
            new TaskDemand(2, 1000), step => step switch { "first" or "last" => new(1, 0), "large" => new(2, 0), _ => default }, graph);
        Assert.Equal(["first"], RunningSteps(state));
        (state, _) = state.Apply(Finished(state, "first", "join"));
        Assert.Equal(["large"], RunningSteps(state));
        (state, _) = state.Apply(Finished(state, "large", "join"));
        Assert.Equal(["last"], RunningSteps(state));
    }

    [Fact]
    public void The_machine_is_what_the_settings_say()
    {
        Assert.Equal(
            new TaskDemand(2.5, 300),
            TaskDemand.OfMachine(new Dictionary<string, string> { ["METAFLOW_LOCAL_CPUS"] = "2.5", ["METAFLOW_LOCAL_MEMORY"] = "300" }));
        Assert.Equal(Environment.ProcessorCount, TaskDemand.OfMachine(new Dictionary<string, string>()).Cpu);
        var error = Assert.Throws<ConfigurationException>(
            () => TaskDemand.OfMachine(new Dictionary<string, string> { ["METAFLOW_LOCAL_CPUS"] = "many" }));
        Assert.Equal((ErrorCodes.LocalCapacityInvalid, ExitCodes.Usage), (error.Code, error.ExitCode));
    }

    private static SchedulerState Start(TaskDemand capacity, Func<string, TaskDemand> demandOf, FlowGraph? graph = null)
    {
        graph ??= Graph;
        var state = new SchedulerState(new SchedulerPolicy(graph, 16, static _ => default) { DemandOf = demandOf, Capacity = capacity });
        (state, _) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        (state, _) = state.Apply(Finished(state, "start", [.. graph.NextOf(graph.StartStep!)]));
        return state;
    }

    private static SchedulerEvent.TaskFinished Finished(SchedulerState state, string step, params string[] next)
        => new(state.Running.Values.Single(task => task.Step == step).TaskId, [.. next], null);

    private static IEnumerable<string> RunningSteps(SchedulerState state)
        => state.Running.Values.Select(static task => task.Step).Order(StringComparer.Ordinal);

    private static StepNode Step(string name, params string[] next)
        => new() { Name = name, Transitions = [new TransitionNode([.. next], null, false, 0, 1)] };
}
