using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow.Core.Tests.Graph;

public sealed class GraphRulesTests
{
    [Theory]
    [InlineData("only")]
    [InlineData("start -> end; end")]
    [InlineData("start -> a, b; a -> join; b -> join; join< -> end; end")]
    [InlineData("start -> a * items; a -> join; join< -> end; end")]
    [InlineData("start -> a x 4; a! -> join; join< -> end; end")]
    [InlineData("start -> a | b; a -> c; b -> c; c -> end; end")]
    [InlineData("start -> a | end; a -> end; end")]
    [InlineData("start -> a; a -> a | b; b -> end; end")]
    [InlineData("start -> a | a; a -> end; end")]
    [InlineData("start -> a, b; a -> c * x; c -> c | d | e; d -> i; e -> i; i< -> o; b -> f | g; f -> h; g -> h; h -> o; o< -> end; end")]
    [InlineData("start -> a, b; a -> p | q; p -> j; q -> j; b -> j; j< -> end; end")]
    public void A_right_graph_has_no_problems(string text) => Assert.Empty(Codes(text));

    [Theory]
    [InlineData("start -> input; input -> end; end", RuleCodes.ReservedStepName, "input")]
    [InlineData("begin -> end; end", RuleCodes.StartStepCount, null)]
    [InlineData("", RuleCodes.StartStepCount, null)]
    [InlineData("start -> finish; finish", RuleCodes.EndStepCount, null)]
    [InlineData("start -> gone; end", RuleCodes.UnknownTarget, "start")]
    [InlineData("start -> start | end; end", RuleCodes.StartHasIncoming, "start")]
    [InlineData("start -> a; a -> start | end; end", RuleCodes.StartHasIncoming, "a")]
    [InlineData("start -> a; a -> end; end -> b; b -> end", RuleCodes.EndHasOutgoing, "end")]
    [InlineData("start -> a, b; a -> end; b -> end; end<", RuleCodes.EndIsJoin, "end")]
    [InlineData("start -> schön; schön -> end; end", RuleCodes.StepNameCharacters, "schön")]
    [InlineData("start -> _a; _a -> end; end", RuleCodes.StepNameCharacters, "_a")]
    [InlineData("start -> a; a; end", RuleCodes.MissingTransition, "a")]
    [InlineData("start -> a; a ->; end", RuleCodes.MissingTransition, "a")]
    [InlineData("start -> a; a -> b; b -> a | end; end", RuleCodes.Cycle, "b")]
    [InlineData("start -> a; a -> a; end", RuleCodes.Cycle, "a")]
    [InlineData("start -> end; lost -> end; end", RuleCodes.UnreachableStep, "lost")]
    [InlineData("start -> a, b; a -> end; b -> end; end", RuleCodes.EndBeforeJoin, "a")]
    [InlineData("start -> a * x; a -> end; end", RuleCodes.EndBeforeJoin, "a")]
    [InlineData("start -> a, b, c; a -> j; b -> j; c -> d; d -> end; j< -> end; end", RuleCodes.JoinMissesBranches, "j")]
    [InlineData("start -> j; j< -> end; end", RuleCodes.JoinWithoutSplit, "j")]
    [InlineData("start -> a, b; a -> c * x; c -> j; b -> j; j< -> end; end", RuleCodes.JoinOfUnrelatedSplits, "j")]
    [InlineData("start -> a, b; a -> c; b -> c; c -> end; end", RuleCodes.BranchesMeetWithoutJoin, "c")]
    [InlineData("start -> a | b * x; a -> end; b -> end; end", RuleCodes.MixedTransitions, "start")]
    [InlineData("start -> a * x; a -> b | j; b -> j; j< -> end; end", RuleCodes.SwitchIntoJoin, "a")]
    [InlineData("start -> j * x; j< -> end; end", RuleCodes.SplitIntoJoin, "start")]
    [InlineData("start -> a, j; a -> j; j< -> end; end", RuleCodes.SplitIntoJoin, "start")]
    [InlineData("start -> a, b; a -> j; b -> j; j< -> c, d; c -> k; d -> k; k< -> end; end", RuleCodes.JoinAndSplit, "j")]
    [InlineData("start -> a, a; a -> end; end", RuleCodes.TargetNamedTwice, "start")]
    [InlineData("start -> a x 2; a! -> b; b -> j; j< -> end; end", RuleCodes.GangNotJoined, "a")]
    [InlineData("start -> a x 2; a! -> b, c; b -> j; c -> j; j< -> k; k< -> end; end", RuleCodes.GangNotJoined, "a")]
    [InlineData("start -> a x 2; a -> j; j< -> end; end", RuleCodes.GangStepNotMarked, "start")]
    [InlineData("start -> a; a! -> end; end", RuleCodes.ParallelStepWithoutGang, "start")]
    [InlineData("start -> a * items; a! -> j; j< -> end; end", RuleCodes.ParallelStepWithoutGang, "start")]
    [InlineData("start! -> end; end", RuleCodes.ParallelStepWithoutGang, "start")]
    public void A_wrong_graph_has_the_problem_at_the_step(string text, string code, string? step)
        => Assert.Contains(
            GraphRules.Check(GraphText.Parse(text)),
            problem => problem.Code == code && problem.Step == step && problem.Severity == ProblemSeverity.Error);

    [Theory]
    [InlineData("start -> a, b; a -> c; b -> c; c -> end; end", RuleCodes.BranchesMeetWithoutJoin)]
    [InlineData("start -> gone; a -> end; end", RuleCodes.UnknownTarget)]
    [InlineData("start -> a; a; b -> end; end", RuleCodes.MissingTransition)]
    [InlineData("start -> a; a -> b; b -> a; end", RuleCodes.Cycle, RuleCodes.UnreachableStep)]
    [InlineData("start -> a, b; a -> end; b -> end; end<", RuleCodes.EndIsJoin)]
    [InlineData("start -> finish; finish", RuleCodes.EndStepCount)]
    [InlineData("")]
    public void One_mistake_is_told_once(string text, params string[] codes)
        => Assert.Equal(text.Length == 0 ? [RuleCodes.StartStepCount] : codes, Codes(text));

    [Fact]
    public void All_mistakes_are_told_in_the_order_of_the_source()
        => Assert.Equal(
            [RuleCodes.UnknownTarget, RuleCodes.ReservedStepName, RuleCodes.MissingTransition],
            Codes("start -> gone; input -> end; a; end"));

    [Fact]
    public void A_foreach_names_one_step()
    {
        var start = GraphText.Steps("start -> a").Single() with { Transitions = [new TransitionNode(["a", "b"], "items", false, 0, 3)] };
        var graph = new FlowGraph("F", [start, .. GraphText.Steps("a -> j; b -> j; j< -> end; end")]);
        var problem = Assert.Single(GraphRules.Check(graph));
        Assert.Equal((RuleCodes.ForeachSeveralTargets, 3), (problem.Code, problem.Line));
    }

    [Fact]
    public void A_transition_names_a_step()
    {
        var start = GraphText.Steps("start -> a").Single() with { Transitions = [new TransitionNode([], null, false, 0, 2)] };
        Assert.Contains(
            GraphRules.Check(new FlowGraph("F", [start, .. GraphText.Steps("end")])), problem => problem.Code == RuleCodes.EmptyTransition);
    }

    [Theory]
    [InlineData("start -> a; a -> end; end", 1)]
    [InlineData("start -> a * x; a -> j; j< -> end; end", 0)]
    public void An_item_needs_a_foreach(string text, int count)
    {
        var steps = GraphText.Steps(text).Select(step => step.Name == "a" ? step with { ItemType = "string" } : step).ToList();
        Assert.Equal(count, GraphRules.Check(new FlowGraph("F", steps)).Count(problem => problem.Code == RuleCodes.ItemWithoutForeach));
    }

    [Fact]
    public void Two_first_steps_are_refused()
    {
        var steps = GraphText.Steps("one -> two; two -> end; end")
            .Select(step => step with { IsMarkedStart = step.Name != "end" }).ToList();
        Assert.Contains(GraphRules.Check(new FlowGraph("F", steps)), problem => problem is { Code: RuleCodes.StartStepCount, Step: "two" });
    }

    [Fact]
    public void A_step_named_start_that_is_not_the_first_is_refused()
    {
        var steps = GraphText.Steps("one -> start; start -> end; end")
            .Select(step => step with { IsMarkedStart = step.Name == "one" }).ToList();
        Assert.Equal(RuleCodes.AmbiguousStartOrEnd, Assert.Single(GraphRules.Check(new FlowGraph("F", steps))).Code);
    }

    [Theory]
    [InlineData("start -> a; a -> end; end", "start:x", "end:x")]
    [InlineData("start -> a; a -> end; end", "a:x", "end:x")]
    [InlineData("start -> a | b; a -> end; b -> end; end", "a:x", "end:x", "end")]
    [InlineData("start -> a | b; a -> end; b -> end; end", "a:x b:x", "end:x")]
    [InlineData("start -> a * i; a -> j; j< -> end; end", "start:x a:x", "j:x", "j")]
    [InlineData("start -> a * i; a -> j; j< -> end; end", "start:x j:x", "end:x")]
    [InlineData("start -> a; a -> a | end; end", "a:x", "a:x", "a")]
    [InlineData("start -> end; end", "", "start:x", "start")]
    public void An_artifact_is_set_on_every_path_before_it_is_read(string text, string writes, string reads, params string[] warned)
    {
        var steps = GraphText.Steps(text).Select(step => step with
        {
            Writes = [.. Names(writes, step.Name)],
            Reads = [.. Names(reads, step.Name).Select(name => new KeyValuePair<string, int>(name, 7))],
        }).ToList();
        var problems = GraphRules.Check(new FlowGraph("F", steps));
        Assert.Equal(warned, problems.Select(problem => problem.Step));
        Assert.All(
            problems,
            problem => Assert.Equal(
                (RuleCodes.ReadBeforeSet, ProblemSeverity.Warning, 7, "x"),
                (problem.Code, problem.Severity, problem.Line, problem.Artifact)));
    }

    [Fact]
    public void A_message_says_what_why_and_how_to_fix_it()
    {
        var problem = Assert.Single(GraphRules.Check(GraphText.Parse("start -> trian; train -> end; end")));
        Assert.Equal("Step 'start' of flow 'TestFlow' moves on to 'trian'. 'trian' is not a step; the steps are 'start', 'train', 'end'. "
            + "Did you mean 'train'? If not, add a method marked [Step] for 'trian'.", problem.Message);
        Assert.Equal("trian", problem.Target);
        Assert.EndsWith(
            "Add a method marked [Step] for 'evaluate', or correct the name in 'start'.",
            Assert.Single(GraphRules.Check(GraphText.Parse("start -> evaluate; end"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Long_chains_are_checked_by_following_each_transition_once()
    {
        var graph = GraphText.Parse(Chains.Diamonds(200));
        Assert.Empty(GraphRules.Check(graph));
        Assert.Empty(GraphRules.Check(GraphText.Parse(Chains.Switches(200))));
        Assert.Equal(graph.Steps.Sum(step => graph.NextOf(step).Count) + 1, graph.Structure.FollowedTransitions);
    }

    [Fact]
    public void A_chain_of_ten_thousand_steps_does_not_exhaust_the_stack()
    {
        const int Count = 10_000;
        var steps = Enumerable.Range(0, Count).Select(i => new StepNode
        {
            Name = i == 0 ? "start" : i == Count - 1 ? "end" : $"s{i}",
            ReturnsNothing = i == Count - 1,
            Transitions = i == Count - 1 ? [] : [new TransitionNode([i == Count - 2 ? "end" : $"s{i + 1}"], null, false, 0, i)],
        }).ToList();
        Assert.Empty(GraphRules.Check(new FlowGraph("F", steps)));
    }

    private static IEnumerable<string> Codes(string text) => GraphRules.Check(GraphText.Parse(text)).Select(problem => problem.Code);

    private static IEnumerable<string> Names(string accesses, string step)
        => accesses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(access => access.Split(':'))
            .Where(parts => parts[0] == step).Select(parts => parts[1]);
}
