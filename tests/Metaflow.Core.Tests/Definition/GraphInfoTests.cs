using System.Text.Json;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Definition;

public sealed class GraphInfoTests
{
    [Fact]
    public void A_foreach_flow_is_described_as_the_reference_does()
    {
        var definition = new FlowDefinition
        {
            FlowName = "AllFlow",
            SourceFile = "/home/user/project/all.cs",
            Graph = new FlowGraph("AllFlow",
            [
                Step("start", Next("body") with { ForeachArtifact = "items" }) with { Line = 12, Documentation = "doc of start" },
                Step("body", Next("join")) with
                {
                    ItemType = "int",
                    Decorators =
                    [
                        new DecoratorNode("catch", [new("var", "oops"), new("print_exception", true)]),
                        new DecoratorNode("retry", [new("times", 1), new("minutes_between_retries", null)], IsStatic: false),
                        new DecoratorNode("_hidden", []),
                    ],
                },
                Step("join", Next("end")) with { TakesInputs = true },
                Step("end"),
            ]),
            Parameters = [Parameter("alpha"), Parameter("inc") with { IncludeFile = new(true, "utf-8") }],
            Constants =
            [
                Constant("CONST", "x"), Constant("n", 1), Constant("f", 0.5), Constant("l", new List<int>()),
                Constant("d", new Dictionary<string, int>()), Constant("a", new double[1]), Constant("none", null), Constant("b", false),
            ],
            Decorators = [new DecoratorNode("project", [new("name", "p"), new("list", new object?[] { 1, null })])],
        };

        Assert.Equal(
            """
            {"file":"all.cs","start_step":"start","end_step":"end",
            "parameters":[{"name":"alpha","type":"Parameter"},{"name":"inc","type":"IncludeFile"}],
            "constants":[{"name":"CONST","type":"str"},{"name":"n","type":"int"},{"name":"f","type":"float"},{"name":"l","type":"list"},
            {"name":"d","type":"dict"},{"name":"a","type":"ndarray"},{"name":"none","type":"NoneType"},{"name":"b","type":"bool"}],
            "steps":{
            "start":{"name":"start","type":"split-foreach","line":12,"source_file":"all.cs","doc":"doc of start","decorators":[],
            "next":["body"],"node_info":{},"foreach_artifact":"items","matching_join":"join"},
            "body":{"name":"body","type":"linear","line":1,"source_file":"all.cs","doc":"","decorators":[
            {"name":"catch","attributes":{"var":"oops","print_exception":true},"statically_defined":true,"inserted_by":null},
            {"name":"retry","attributes":{"times":1,"minutes_between_retries":"None"},"statically_defined":false,"inserted_by":null}],
            "next":["join"],"node_info":{}},
            "join":{"name":"join","type":"join","line":1,"source_file":"all.cs","doc":"","decorators":[],"next":["end"],"node_info":{}},
            "end":{"name":"end","type":"end","line":1,"source_file":"all.cs","doc":"","decorators":[],"next":[],"node_info":{}}},
            "graph_structure":["start",[["body"]],"join","end"],
            "doc":"","decorators":[{"name":"project","attributes":{"name":"p","list":[1,"None"]},"statically_defined":true,"inserted_by":null}],
            "extensions":{"installed":{}}}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(GraphInfo.Of(definition)));
    }

    [Fact]
    public void A_branch_lists_its_branches_and_the_end_comes_last()
    {
        var graph = new FlowGraph(
            "F",
            [Step("end"), Step("start", Next("a", "b")), Step(
                "b", Next("join")), Step("a", Next("join")), Step("join", Next("end")) with { TakesInputs = true }]);

        Assert.Equal("""["start",[["a"],["b"]],"join","end"]""", JsonSerializer.Serialize(GraphInfo.Structure(graph)));
        Assert.Equal(["start", "a", "b", "join", "end"], GraphInfo.Steps(graph).Keys);
    }

    [Fact]
    public void A_switch_names_its_condition_and_its_cases()
    {
        var graph = new FlowGraph("F", [Step("start", Next("a"), Next("b")), Step("a", Next("end")), Step("b", Next("end")), Step("end")]);
        var start = JsonSerializer.Serialize(GraphInfo.Steps(graph)["start"]);

        Assert.Contains("\"type\":\"split-switch\"", start);
        Assert.EndsWith("\"condition\":\"_condition\",\"switch_cases\":{\"a\":\"a\",\"b\":\"b\"}}", start, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gang_names_its_size()
    {
        var graph = new FlowGraph("F",
        [
            Step("start", Next("train") with { IsParallel = true, ParallelCount = 4 }), Step("train", Next("join")),
            Step("join", Next("end")) with { TakesInputs = true }, Step("end"),
        ]);

        Assert.Contains("\"num_parallel\":4", JsonSerializer.Serialize(GraphInfo.Steps(graph)["start"]));
    }

    [Fact]
    public void A_gang_whose_size_is_no_constant_names_none()
    {
        var graph = new FlowGraph("F",
        [
            Step("start", Next("train") with { IsParallel = true }), Step("train", Next("join")),
            Step("join", Next("end")) with { TakesInputs = true }, Step("end"),
        ]);

        Assert.Contains("\"num_parallel\":null", JsonSerializer.Serialize(GraphInfo.Steps(graph)["start"]));
    }

    [Fact]
    public void A_flow_of_one_step_is_its_end()
    {
        var graph = new FlowGraph("F", [Step("only")]);

        Assert.Equal("""["only"]""", JsonSerializer.Serialize(GraphInfo.Structure(graph)));
        Assert.Contains("\"type\":\"end\"", JsonSerializer.Serialize(GraphInfo.Steps(graph)["only"]));
    }

    private static StepNode Step(string name, params TransitionNode[] transitions)
        => new() { Name = name, Line = 1, SourceFile = "all.cs", Transitions = new(transitions), ReturnsNothing = transitions.Length == 0 };

    private static TransitionNode Next(params string[] targets) => new(new(targets), null, false, 0, 1);

    private static ParameterDefinition Parameter(string name)
        => new() { Name = name, MemberName = name, ValueType = typeof(string), TypeName = "string" };

    private static ConstantDefinition Constant(string name, object? value) => new(name, name, "", () => value);
}
