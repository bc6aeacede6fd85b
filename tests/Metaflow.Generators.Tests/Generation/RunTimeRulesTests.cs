using Metaflow.Errors;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Graph;

namespace Metaflow.Generators.Tests.Generation;

/// <summary>Mistakes that are found when the flow is built or run.</summary>
public sealed class RunTimeRulesTests
{
    [Theory]
    [InlineData(RuleCodes.TooManyRetries, "Retry(Times = 5)", "Next(A)")]
    [InlineData(RuleCodes.TooManyRetries, "Retry(Times = -1)", "Next(A)")]
    [InlineData(RuleCodes.TimeoutNotPositive, "Timeout", "Next(A)")]
    [InlineData(ErrorCodes.CatchOnSplit, "Catch", "Next(A, forEach: new[] { 1 })")]
    [InlineData(ErrorCodes.CatchOnSplit, "Catch", "true ? Next(A) : Next(End)")]
    [InlineData(null, "Retry(Times = 4), Catch, Timeout(Seconds = 1)", "Next(A)")]
    public void A_decorator_checks_what_it_was_given(string? code, string decorators, string next)
    {
        var flow = FlowCompilation.Of($$"""
            public partial class F : FlowSpec
            {
                [Step, {{decorators}}] Transition Start() => {{next}};
                [Step] Transition A() => Next(End);
                [Step] void End() { }
            }
            """).Load("F");
        var graph = FlowGeneratorTests.Define(flow).Graph;
        var problems = flow.DecoratorsOf("start").SelectMany(decorator => decorator.Check(graph.Find("start")!, graph));
        Assert.Equal(code is null ? [] : [(code, ProblemSeverity.Error)], problems.Select(problem => (problem.Code, problem.Severity)));
    }

    [Fact]
    public async Task A_step_that_does_not_exist_cannot_be_run()
    {
        var flow = FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow");
        var error = await Assert.ThrowsAsync<FlowDefinitionException>(async () => await flow.InvokeStepAsync(
            "gone", new FixedInvocation(null)));
        Assert.Equal(ErrorCodes.NoSuchStep, error.Code);
    }

    [Fact]
    public async Task A_transition_to_something_else_than_a_step_cannot_be_made()
    {
        var flow = FlowCompilation.Of(
            "public partial class F : FlowSpec { [Step] Transition Start() => Next(Other); Transition Other() => null!; "
                + "[Step] void End() { } }").Load("F");
        var error = await Assert.ThrowsAsync<FlowDefinitionException>(async () => await flow.InvokeStepAsync(
            "start", new FixedInvocation(null)));
        Assert.Equal(ErrorCodes.NextOfNoStep, error.Code);
    }
}
