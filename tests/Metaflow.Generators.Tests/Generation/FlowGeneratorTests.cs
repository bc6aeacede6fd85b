using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Generation;

public sealed class FlowGeneratorTests
{
    [Fact]
    public void A_flow_compiles_without_a_warning()
    {
        var flow = FlowCompilation.Of(Flows.GenreStats);
        Assert.Empty(flow.GeneratorProblems);
        Assert.DoesNotContain(flow.CompilerProblems(), problem => !problem.StartsWith("CS1591", StringComparison.Ordinal));
    }

    [Fact]
    public void Generated_members_need_no_documentation()
        => Assert.DoesNotContain(
            FlowCompilation.Of(Flows.GenreStats).Problems(),
            problem => problem.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true);

    [Theory]
    [InlineData(DocumentationMode.None)]
    [InlineData(DocumentationMode.Diagnose)]
    public void Summaries_are_read_whether_or_not_the_compiler_parses_them(DocumentationMode mode)
    {
        var flow = Define(FlowCompilation.Of(Flows.GenreStats, mode).Load("GenreStatsFlow"));
        Assert.Equal("Box-office quartiles of every String genre.", flow.Documentation);
        Assert.Equal("Reads the genres.", flow.Graph.Find("start")!.Documentation);
        Assert.Equal("The movie file.", flow.Parameters.Single(parameter => parameter.Name == "movie_data").Help);
    }

    [Fact]
    public void The_description_names_everything_as_it_is_on_disk()
    {
        var flow = Define(FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow"));
        Assert.Equal("GenreStatsFlow", flow.FlowName);
        Assert.Equal(FlowCompilation.FilePath, flow.SourceFile);
        Assert.Equal(["movie_data", "max_genres", "rate", "day", "names"], flow.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(["genres", "genre", "compute_failed", "stats"], flow.Artifacts.Select(artifact => artifact.Name));
        Assert.Equal(["version", "bins"], flow.Constants.Select(constant => constant.Name));
        Assert.Equal(
            ["1", "2"],
            [(string)flow.Constants[0].GetValue()!, ((int[])flow.Constants[1].GetValue()!)[1]
                .ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(["retry"], flow.Decorators.Select(decorator => decorator.Name));
    }

    [Theory]
    [InlineData("[Parameter] public partial int X { get; }", true)]
    [InlineData("[Parameter] public partial string X { get; }", true)]
    [InlineData("[IncludeFile] public partial byte[] X { get; }", true)]
    [InlineData("[Parameter(Required = true)] public partial string? X { get; }", true)]
    [InlineData("[Parameter] public partial int? X { get; }", false)]
    [InlineData("[Parameter] public partial string? X { get; }", false)]
    [InlineData("[IncludeFile] public partial string? X { get; }", false)]
    [InlineData("[Parameter(Default = 1)] public partial int X { get; }", false)]
    [InlineData("[Parameter(DefaultFrom = nameof(One))] public partial int X { get; }", false)]
    [InlineData("#nullable disable\n[Parameter] public partial string X { get; }\n#nullable restore\n", false)]
    public void A_parameter_that_cannot_be_null_and_has_no_default_must_be_given(string parameter, bool isRequired)
    {
        var flow = FlowCompilation.Of($"public partial class F : FlowSpec {{\n{parameter} int One() => 1; [Step] void End() {{ }} }}");
        Assert.Equal(isRequired, Define(flow.Load("F")).Parameters.Single().IsRequired);
    }

    [Theory]
    [InlineData("${training.rate}", true)]
    [InlineData("${trainin.rate}", true)]
    [InlineData("${other.rate} ${trainin}", false)]
    public void A_text_is_filled_where_it_begins_with_a_configuration_or_what_is_nearly_one(string text, bool isFilled)
    {
        var flow = FlowCompilation.Of($$"""
            public partial class F : FlowSpec
            {
                [Config] public partial string Training { get; }
                [Step, EnvironmentVariables("A", "{{text}}")] Transition Start() => Next(End);
                [Step] void End() { }
            }
            """);
        Assert.Equal(
            isFilled, flow.GeneratedTexts.Any(generated => generated.Contains($"ConfigText(\"{text}\")", StringComparison.Ordinal)));
    }

    [Fact]
    public void Parameters_have_their_defaults_in_their_own_type()
    {
        var parameters = Define(FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow")).Parameters
            .ToDictionary(parameter => parameter.Name);
        Assert.Equal(5, parameters["max_genres"].Default);
        Assert.Equal(1.0, parameters["rate"].Default);
        Assert.Equal("2026-01-01", parameters["day"].ComputeDefault!());
        Assert.Equal(typeof(string), parameters["day"].ValueType);
        Assert.Equal(",", parameters["names"].Separator);
        Assert.True(parameters["names"].IsRequired);
        Assert.False(parameters["names"].HasDefault);
        Assert.Equal(new IncludeFileDefinition(true, "utf-8"), parameters["movie_data"].IncludeFile);
        Assert.Equal("data/movies.csv", parameters["movie_data"].Default);
    }

    [Fact]
    public void The_graph_has_the_transitions_of_the_source()
    {
        var graph = Define(FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow")).Graph;
        Assert.Equal(StepKind.SplitForeach, graph.KindOf(graph.Find("start")!));
        Assert.Equal("genres", graph.Find("start")!.Transitions[0].ForeachArtifact);
        Assert.Equal("string", graph.Find("compute_statistics")!.ItemType);
        Assert.Equal("join", graph.MatchingJoinOf(graph.Find("start")!));
        Assert.Equal(["many", "few"], graph.NextOf(graph.Find("choose")!));
        Assert.Equal(["retry", "catch"], graph.Find("compute_statistics")!.Decorators.Select(decorator => decorator.Name));
        Assert.Equal(["stats"], graph.Find("join")!.Writes);
        Assert.Empty(graph.Find("join")!.Reads);
        Assert.Equal("stats", graph.Find("end")!.Reads[0].Key);
    }

    [Fact]
    public async Task Steps_run_by_their_name_on_disk()
    {
        var flow = FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow");
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        var invocation = new FixedInvocation("drama");
        var transition = await flow.InvokeStepAsync("compute_statistics", invocation);
        Assert.Equal(["join"], transition!.Steps);
        Assert.Equal("drama", cells.Single(cell => cell.Name == "genre").Peek);
        Assert.Equal("compute_statistics", flow.StepNameOf("ComputeStatistics"));
        cells.Single(cell => cell.Name == "stats").Put(new (int, string?)[2]);
        Assert.Null(await flow.InvokeStepAsync("end", invocation));
    }

    [Fact]
    public void Decorators_are_made_again_as_they_are_written()
    {
        var decorators = FlowCompilation.Of(Flows.GenreStats).Load("GenreStatsFlow").DecoratorsOf("compute_statistics");
        var retry = Assert.IsType<RetryAttribute>(decorators[0]);
        Assert.Equal((1, 0.5), (retry.Times, retry.SecondsBetweenRetries));
        Assert.False(Assert.IsType<CatchAttribute>(decorators[1]).PrintException);
    }

    internal static FlowDefinition Define(FlowSpec flow)
    {
        var builder = new FlowDefinitionBuilder();
        flow.Describe(builder);
        return builder.Build();
    }
}
