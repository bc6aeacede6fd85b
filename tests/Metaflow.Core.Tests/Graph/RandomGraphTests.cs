using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow.Core.Tests.Graph;

/// <summary>Graphs that are right by construction pass; what a random change breaks is found, and nothing crashes.</summary>
public sealed class RandomGraphTests
{
    [Fact]
    public void Graphs_made_of_splits_and_their_joins_are_right()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var steps = new GraphMaker(seed).Make();
            Assert.Empty(GraphRules.Check(new FlowGraph("F", steps)).Select(problem => $"{seed}: {problem.Message}"));
        }
    }

    [Fact]
    public void Every_split_of_such_a_graph_has_the_join_that_was_made_for_it()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var maker = new GraphMaker(seed);
            var graph = new FlowGraph("F", maker.Make());
            Assert.All(maker.Joins, pair => Assert.Equal(pair.Value, graph.MatchingJoinOf(graph.Find(pair.Key)!)));
            Assert.All(maker.Joins, pair => Assert.Equal(pair.Key, graph.SplitClosedBy(graph.Find(pair.Value)!)!.Name));
        }
    }

    [Fact]
    public void A_transition_that_is_removed_is_found()
        => ForEachMutation((steps, random) =>
        {
            var index = random.Next(steps.Count - 1);
            steps[index] = steps[index] with { Transitions = [] };
        }, problems => Assert.Contains(problems, problem => problem.Code == RuleCodes.MissingTransition));

    [Fact]
    public void A_join_that_loses_its_inputs_is_found()
        => ForEachMutation((steps, _) =>
        {
            var index = steps.FindIndex(step => step.TakesInputs);
            steps[index] = steps[index] with { TakesInputs = false };
        }, Assert.NotEmpty);

    [Fact]
    public void A_step_that_moves_on_to_the_end_from_within_a_split_is_found()
        => ForEachMutation((steps, random) =>
        {
            var graph = new FlowGraph("F", steps);
            var inside = steps.Where(step => graph.OpenSplitsOf(step).Count > 0).ToList();
            var chosen = inside[random.Next(inside.Count)];
            steps[steps.IndexOf(chosen)] = chosen with { Transitions = [new TransitionNode(["end"], null, false, 0, 1)] };
        }, Assert.NotEmpty);

    [Fact]
    public void A_random_change_never_crashes_the_rules()
        => ForEachMutation((steps, random) =>
        {
            var index = random.Next(steps.Count);
            var target = steps[random.Next(steps.Count)].Name;
            steps[index] = random.Next(3) switch
            {
                0 => steps[index] with { Transitions = [.. steps[index].Transitions, new TransitionNode([target], null, false, 0, 1)] },
                1 => steps[index] with { Transitions = [new TransitionNode([target, "end"], null, false, 0, 1)] },
                _ =>
                    steps[index] with
                    {
                        TakesInputs = !steps[index].TakesInputs,
                        Transitions = [new TransitionNode([target], "x", false, 0, 1)],
                    },
            };
            Assert.NotEmpty(new FlowGraph("F", steps).NestedStructure);
        }, problems => Assert.All(problems, problem => Assert.Matches("^MF10[0-2][0-9]$", problem.Code)));

    private static void ForEachMutation(Action<List<StepNode>, Random> mutate, Action<IReadOnlyList<GraphProblem>> check)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var maker = new GraphMaker(seed);
            var steps = maker.Make();
            if (maker.Joins.Count > 0)
            {
                mutate(steps, new Random(seed));
                check(GraphRules.Check(new FlowGraph("F", steps)));
            }
        }
    }
}
