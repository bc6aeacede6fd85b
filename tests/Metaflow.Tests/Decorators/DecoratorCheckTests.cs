using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Tests.Decorators;

public sealed class DecoratorCheckTests
{
    private static readonly StepNode Start = new() { Name = "start", Transitions = [new TransitionNode(["work"], "items", false, 0, 1)] };
    private static readonly StepNode Work = new() { Name = "work", Transitions = [new TransitionNode(["join"], null, false, 0, 2)] };
    private static readonly StepNode Join = new()
    {
        Name = "join",
        TakesInputs = true,
        Transitions = [new TransitionNode(["end"], null, false, 0, 3)],
    };
    private static readonly FlowGraph Graph = new("Flow", [Start, Work, Join, new StepNode { Name = "end", ReturnsNothing = true }]);

    [Fact]
    public void More_retries_than_attempts_are_a_problem()
    {
        Assert.Equal(RuleCodes.TooManyRetries, Assert.Single(new RetryAttribute { Times = 5 }.Check(Work, Graph)).Code);
        Assert.Equal(RuleCodes.TooManyRetries, Assert.Single(new RetryAttribute { Times = -1 }.Check(Work, Graph)).Code);
        Assert.Empty(new RetryAttribute { Times = 4 }.Check(Work, Graph));
    }

    [Fact]
    public void Catch_on_a_foreach_is_a_problem()
    {
        Assert.Equal(ErrorCodes.CatchOnSplit, Assert.Single(new CatchAttribute().Check(Start, Graph)).Code);
        Assert.Empty(new CatchAttribute().Check(Work, Graph));
    }

    [Fact]
    public void A_timeout_without_time_is_a_problem()
    {
        Assert.Equal(RuleCodes.TimeoutNotPositive, Assert.Single(new TimeoutAttribute().Check(Work, Graph)).Code);
        Assert.Empty(new TimeoutAttribute { Seconds = 1 }.Check(Work, Graph));
    }
}
