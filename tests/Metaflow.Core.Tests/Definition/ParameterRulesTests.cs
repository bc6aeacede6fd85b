using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Definition;

public sealed class ParameterRulesTests
{
    [Theory]
    [InlineData("tag", "Parameter name 'tag' is a reserved word.")]
    [InlineData("max_workers", "Parameter name 'max_workers' is a reserved word.")]
    [InlineData("run-id", "Parameter name 'run-id' is a reserved word.")]
    [InlineData("help", "Parameter name 'help' is a reserved word.")]
    [InlineData("ALPHA", "Parameter 'ALPHA' is specified twice.")]
    public void A_name_that_is_taken_is_an_error(string name, string what)
    {
        var problem = Assert.Single(ParameterRules.Check(Flow("alpha", name)));

        Assert.Equal(ErrorCodes.ParameterNameTaken, problem.Code);
        Assert.Equal(ProblemSeverity.Error, problem.Severity);
        Assert.Equal(what, problem.What);
    }

    [Fact]
    public void Other_names_are_free() => Assert.Empty(ParameterRules.Check(Flow("alpha", "environment", "Tag", "quiet")));

    private static FlowDefinition Flow(params string[] names) => new()
    {
        FlowName = "F",
        Graph = new FlowGraph("F", []),
        Parameters =
        [
            .. names.Select(
                static name => new ParameterDefinition { Name = name, MemberName = name, ValueType = typeof(int), TypeName = "int" }),
        ],
    };
}
