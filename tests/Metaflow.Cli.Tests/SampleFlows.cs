using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Tests;

/// <summary>Flows as the source generator would describe them.</summary>
public static class SampleFlows
{
    public enum Level
    {
        Low,
        VeryHigh,
    }

    public static FlowDefinition GenreStats { get; } = new()
    {
        FlowName = "GenreStatsFlow",
        SourceFile = "/home/ada/flow.cs",
        Documentation = "Box-office quartiles of every movie genre.",
        Graph = new FlowGraph("GenreStatsFlow",
        [
            Step("start", 10, "Reads the movies.") with { Transitions = [new(["compute"], "genres", false, 0, 14)] },
            Step("compute", 18) with
            {
                ItemType = "string",
                Transitions = [new(["join"], null, false, 0, 22)],
                Decorators = [new DecoratorNode("retry", [new("times", 1), new("minutes_between_retries", null)])],
            },
            Step("join", 26) with { TakesInputs = true, Transitions = [new(["end"], null, false, 0, 29)] },
            Step("end", 32, "Prints the number of genres.\nNothing else.") with { ReturnsNothing = true },
        ]),
        Parameters =
        [
            Parameter("max_genres", typeof(int), "The most genres to report.", 5),
            Parameter("alpha", typeof(double), "How much to smooth.", 0.5),
            Parameter("level", typeof(Level), "How hard to try."),
            Parameter("verbose", typeof(bool), "Say more.", false),
        ],
        Constants = [new ConstantDefinition("limit", "Limit", "int", static () => 3)],
    };

    public static FlowDefinition Empty { get; } = new()
    {
        FlowName = "EmptyFlow",
        SourceFile = "/home/ada/empty.cs",
        Graph = new FlowGraph("EmptyFlow", [Step("only", 3) with { ReturnsNothing = true }]),
    };

    public static FlowDefinition With(params ParameterDefinition[] parameters) => Empty with { Parameters = parameters };

    public static ParameterDefinition Parameter(
        string name, Type type, string help = "", object? defaultValue = null, bool required = false) => new()
        {
            Name = name,
            MemberName = name,
            ValueType = type,
            TypeName = type.Name,
            Help = help,
            HasDefault = defaultValue is not null,
            Default = defaultValue,
            IsRequired = required,
        };

    private static StepNode Step(string name, int line, string documentation = "") => new()
    {
        Name = name,
        MethodName = name,
        Line = line,
        SourceFile = "/home/ada/flow.cs",
        Documentation = documentation,
    };
}
