using FsCheck;
using FsCheck.Fluent;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

public sealed class StepTotalTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void A_total_never_falls_and_an_exact_one_is_the_number_of_tasks_that_there_are_in_the_end()
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
        {
            var history = new List<IReadOnlyList<StepCount>>();
            Simulation? run = null;
            run = new Simulation(seed, failureRate: 0) { Observe = state => history.Add(ProgressCounts.Of(run!.Graph, state)) };
            run.Run();

            var last = history[^1];
            for (var step = 0; step < last.Count; step++)
            {
                var totals = history.Select(counts => counts[step]).ToList();
                Assert.Equal(last[step].Done, last[step].Total);
                Assert.True(last[step].IsTotalExact, last[step].Step);
                Assert.All(totals.Where(static count => count.IsTotalExact), count => Assert.Equal(last[step].Done, count.Total));
                Assert.All(totals.Zip(totals.Skip(1)), static pair => Assert.True(pair.First.Total <= pair.Second.Total));
                Assert.All(totals, static count => Assert.True(count.Running + count.Queued + count.Done <= count.Total));
            }
        }).Check(Many);

    [Fact]
    public void What_follows_a_foreach_is_known_when_the_foreach_is()
    {
        // start splits into 'body', which goes on with 'more' and 'join'.
        var graph = GraphOf("start>>body", "body>more", "more>join", "join<end", "end");
        var state = new SchedulerState(new SchedulerPolicy(graph, 2, static _ => new(0, 0, TimeSpan.Zero)));
        (state, _) = state.Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        Assert.Equal([(1, true), (0, false), (0, false), (1, true), (1, true)], Totals());

        (state, _) = state.Apply(new SchedulerEvent.TaskFinished("1", ["body"], 30));
        Assert.Equal([(1, true), (30, true), (30, true), (1, true), (1, true)], Totals());

        List<(int, bool)> Totals() => [.. ProgressCounts.Of(graph, state).Select(static count => (count.Total, count.IsTotalExact))];
    }

    [Fact]
    public void Clones_count_as_done_and_retries_failures_and_caught_ones_are_told_apart()
    {
        var graph = GraphOf("start>>body", "body>join", "join<end", "end");
        var state = new SchedulerState(
            new SchedulerPolicy(graph, 9, static _ => new(1, 0, TimeSpan.FromMinutes(1))) { Reuse = ReuseRule.AfterClones });
        Apply(new SchedulerEvent.RunStarted(new TaskInput("_parameters", "0")));
        Apply(new SchedulerEvent.TaskFinished("1", ["body"], 4) { IsClone = true });
        Apply(new SchedulerEvent.TaskFinished("2", ["join"], null) { IsClone = true });
        Apply(new SchedulerEvent.ReuseRefused("3"));
        Apply(new SchedulerEvent.ReuseRefused("4"));
        Apply(new SchedulerEvent.ReuseRefused("5"));
        Apply(new SchedulerEvent.TaskFinished("3", ["join"], null) { IsCaught = true });
        Apply(new SchedulerEvent.TaskFailed("4", MayRetry: true));
        Apply(new SchedulerEvent.TaskFailed("5", MayRetry: false));

        var body = ProgressCounts.Of(graph, state)[1];
        Assert.Equal(
            new StepCount("body", 0, 2, 0) { Cloned = 1, Caught = 1, Failed = 1, Total = 4, IsTotalExact = true }, body);

        void Apply(SchedulerEvent happened) => (state, _) = state.Apply(happened);
    }

    private static Graph.FlowGraph GraphOf(params string[] steps) => new("F", [.. steps.Select(static text =>
    {
        var isJoin = text.Contains('<', StringComparison.Ordinal);
        var isForeach = text.Contains(">>", StringComparison.Ordinal);
        var words = text.Split(['<', '>'], StringSplitOptions.RemoveEmptyEntries);
        return new Graph.StepNode
        {
            Name = words[0],
            MethodName = words[0],
            TakesInputs = isJoin,
            ReturnsNothing = words.Length == 1,
            Transitions = words.Length == 1 ? [] : [new Graph.TransitionNode([words[1]], isForeach ? "items" : null, false, 0, 1)],
        };
    })]);
}
