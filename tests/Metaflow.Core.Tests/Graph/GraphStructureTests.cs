using System.Text.Json;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Graph;

public sealed class GraphStructureTests
{
    [Fact]
    public void The_kinds_of_steps_follow_from_their_transitions()
    {
        var graph = GraphText.Parse(
            "start -> a; a -> b, c; b -> d * items; c -> j2; d -> j1; j1< -> j2; j2< -> s; s -> s | t; t -> end; end");
        Assert.Equal(
            "Start SplitStatic SplitForeach Linear Linear Join Join SplitSwitch Linear End",
            string.Join(' ', graph.Steps.Select(graph.KindOf)));
    }

    [Fact]
    public void The_only_step_of_a_flow_is_its_start_and_its_end()
    {
        var graph = GraphText.Parse("only");
        Assert.Same(graph.StartStep, graph.EndStep);
        Assert.Equal(StepKind.End, graph.KindOf(graph.Steps[0]));
        Assert.Equal("""["only"]""", JsonSerializer.Serialize(graph.NestedStructure));
    }

    [Fact]
    public void The_same_transition_written_twice_is_no_switch()
    {
        var graph = GraphText.Parse("start -> a | a; a -> end; end");
        Assert.Equal(StepKind.Start, graph.KindOf(graph.Steps[0]));
        Assert.Equal(["a"], graph.NextOf(graph.Steps[0]));
    }

    [Fact]
    public void Parents_are_in_the_order_of_the_source()
    {
        var graph = GraphText.Parse("start -> b, a; a -> join; b -> join; join< -> end; end");
        Assert.Equal(["a", "b"], graph.ParentsOf(graph.Find("join")!).Select(step => step.Name));
    }

    [Fact]
    public void Each_split_is_closed_by_its_own_join()
    {
        var graph = GraphText.Parse("start -> a, b; a -> c * items; c -> inner; inner< -> outer; b -> outer; outer< -> end; end");
        Assert.Equal("outer", graph.MatchingJoinOf(graph.Find("start")!));
        Assert.Equal("inner", graph.MatchingJoinOf(graph.Find("a")!));
        Assert.Equal("a", graph.SplitClosedBy(graph.Find("inner")!)!.Name);
        Assert.Equal(["start", "a"], graph.OpenSplitsOf(graph.Find("c")!).Select(step => step.Name));
        Assert.Equal(["start"], graph.OpenSplitsOf(graph.Find("inner")!).Select(step => step.Name));
        Assert.Empty(graph.OpenSplitsOf(graph.Find("outer")!));
        Assert.Null(graph.MatchingJoinOf(graph.Find("c")!));
    }

    [Theory]
    [InlineData("start -> a * items; a -> join; join< -> end; end", """["start",[["a"]],"join","end"]""")]
    [InlineData(
        "start -> a, b; a -> c, d; c -> j; d -> j; j< -> k; b -> k; k< -> end; end",
        """["start",[["a",[["c"],["d"]],"j"],["b"]],"k","end"]""")]
    [InlineData("start -> a | b; a -> c; b -> c; c -> end; end", """["start",[["a","c"],["b","c"]],"end"]""")]
    [InlineData("start -> a; a -> a | b; b -> end; end", """["start","a",[["b"]],"end"]""")]
    [InlineData("start -> a x 4; a -> join; join< -> end; end", """["start","a","join","end"]""")]
    public void The_nested_structure_is_that_of_the_reference(string text, string expected)
        => Assert.Equal(expected, JsonSerializer.Serialize(GraphText.Parse(text).NestedStructure));

    [Fact]
    public void A_wrong_graph_still_has_a_structure()
    {
        var graph = GraphText.Parse("start -> a; a -> b, gone; b -> a; j< -> end; end");
        Assert.NotEmpty(graph.NestedStructure);
        Assert.Null(graph.SplitClosedBy(graph.Find("j")!));
        Assert.Null(graph.MatchingJoinOf(graph.Find("a")!));
    }

    [Fact]
    public void Two_hundred_diamonds_in_a_row_follow_every_transition_once()
    {
        var graph = GraphText.Parse(Chains.Diamonds(200));
        Assert.Equal(graph.Steps.Sum(step => graph.NextOf(step).Count) + 1, graph.Structure.FollowedTransitions);
        Assert.Equal(801, graph.Steps.Count);
    }

    [Fact]
    public void Two_hundred_switches_in_a_row_have_a_structure_of_bounded_size()
    {
        var graph = GraphText.Parse(Chains.Switches(200));
        Assert.InRange(CountNames(graph.NestedStructure), graph.Steps.Count, (6 * graph.Steps.Count) + 256);
    }

    private static int CountNames(IEnumerable<object> items)
        => items.Sum(item => item is IEnumerable<object> inner ? CountNames(inner) : 1);
}
