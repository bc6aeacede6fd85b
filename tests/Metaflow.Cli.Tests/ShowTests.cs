using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Tests;

/// <summary>How <c>show</c> draws graphs.</summary>
public sealed partial class ShowTests
{
    [Fact]
    public async Task A_foreach_is_drawn_with_its_decorators_parameters_and_artifacts()
    {
        var definition = SampleFlows.GenreStats with
        {
            Artifacts = [new ArtifactDefinition("genres", "Genres", "List<string>"), new ArtifactDefinition("stats", "Stats", "double[]")],
        };

        Expectation.Matches("show", await DrawAsync(definition));
    }

    [Fact]
    public async Task Nested_branches_and_foreaches_are_moved_to_the_right_up_to_their_joins()
        => await AssertDrawnAsync(
            """
              o Start
              < branch
              |-o A
              | < foreach
              | |-o Inner
              | | < foreach
              | | |-o Deepest
              | | > JoinDeepest
              | > JoinInner
              |-o B
              | o C
              |--> Join
              > Join
              o End
            """,
            [
                Step("start", "a", "b", "join"), Foreach("a", "inner"), Foreach("inner", "deepest"), Step("deepest", "join_deepest"),
                Join("join_deepest", "join_inner"), Join("join_inner", "join"), Step("b", "c"), Step("c", "join"),
                Join("join", "end"), End(),
            ]);

    [Fact]
    public async Task The_ways_of_a_switch_are_drawn_up_to_where_they_meet()
        => await AssertDrawnAsync(
            """
              o Start
              ? switch
              |-o Fast
              |-o Slow
              | o Slower
              |--> Done
              o Done
              o End
            """,
            [
                Switch("start", "fast", "slow", "done"), Step("fast", "done"), Step("slow", "slower"), Step("slower", "done"),
                Step("done", "end"), End(),
            ]);

    [Fact]
    public async Task A_loop_is_drawn_as_a_way_back()
        => await AssertDrawnAsync(
            """
              o Start
              o Train
              o Check
              ? switch
              |-^ Train
              |-^ Check
              |--> End
              o End
            """,
            [Step("start", "train"), Step("train", "check"), Switch("check", "train", "check", "end"), End()]);

    [Fact]
    public async Task A_switch_whose_ways_meet_in_the_join_around_it_ends_there()
        => await AssertDrawnAsync(
            """
              o Start
              < foreach
              |-o Body
              | ? switch
              | |-o X
              | |-o Y
              > Join
              o End
            """,
            [Foreach("start", "body"), Switch("body", "x", "y"), Step("x", "join"), Step("y", "join"), Join("join", "end"), End()]);

    [Fact]
    public async Task A_join_may_begin_another_split()
        => await AssertDrawnAsync(
            """
              o Start
              < foreach
              |-o A
              > Join
              < branch
              |-o B
              |-o C
              > Last
              o End
            """,
            [
                Foreach("start", "a"), Step("a", "join"), Join("join", "b", "c"), Step("b", "last"), Step("c", "last"), Join("last", "end"),
                End(),
            ]);

    [Fact]
    public async Task A_wrong_graph_is_drawn_as_far_as_it_goes()
        => await AssertDrawnAsync(
            """
              o Start
              -> trian (no such step)
              No way leads here:
              o Train
              o End
            """,
            [Step("start", "trian"), Step("train", "end"), End()]);

    [Fact]
    public async Task Sixty_steps_are_a_line_each()
    {
        var steps = Enumerable.Range(0, 59).Select(static i => Step(Name(i), i == 58 ? "end" : Name(i + 1))).Append(End()).ToList();

        var drawing = await DrawAsync(Flow([.. steps]), ascii: true);

        Assert.Equal(60, drawing.Split('\n').Count(static line => line.StartsWith("  o ", StringComparison.Ordinal)));

        static string Name(int i) => i == 0 ? "start" : string.Create(CultureInfo.InvariantCulture, $"step{i}");
    }

    [Fact]
    public async Task Lines_fit_a_narrow_terminal()
    {
        var step = Step("start", "end") with
        {
            Documentation = string.Join(' ', Enumerable.Repeat("word", 40)),
            Decorators = new(Enumerable.Range(0, 6).Select(static i => new DecoratorNode($"decorator_{i}", [new("minutes", i)]))),
            Writes = new(Enumerable.Range(0, 20).Select(static i => $"artifact{i}")),
        };
        var definition = Flow([step, End()]) with
        {
            Artifacts = [.. Enumerable.Range(0, 20).Select(static i => new ArtifactDefinition($"artifact{i}", $"Artifact{i}", "int"))],
            Parameters = [SampleFlows.Parameter("alpha", typeof(double), string.Join(' ', Enumerable.Repeat("help", 30)), 0.5)],
        };

        var drawing = await DrawAsync(definition, width: 60);

        Assert.All(drawing.Split('\n'), static line => Assert.True(line.Length <= 60, line));
        Assert.Contains("[Decorator5(Minutes = 5)]", drawing, StringComparison.Ordinal);
        Assert.Contains("Artifact19", drawing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xterm", false, '●')]
    [InlineData("xterm", true, 'o')]
    [InlineData("linux", false, 'o')]
    [InlineData("dumb", false, 'o')]
    public async Task A_terminal_of_few_characters_gets_a_drawing_of_ascii(string terminal, bool isAscii, char mark)
    {
        using var output = isAscii ? new AsciiWriter() : new StringWriter();

        await CommandLineRun.WithStreamsAsync(
            new FakeApplication(),
            streams => streams with { Out = output, Environment = new Dictionary<string, string> { ["TERM"] = terminal } }, "show");

        Assert.Contains($"  {mark} start", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(mark == 'o', output.ToString().All(char.IsAscii));
    }

    [Fact]
    public async Task Mermaid_escapes_what_would_be_its_own_and_knows_every_step()
    {
        var definition = Flow(
            [
                Foreach("start", "end_of") with { Decorators = [new DecoratorNode("catch", [new("var", "a\"#<b>&")])] },
                Step("end_of", "join") with { ItemType = "List<int>" }, Join("join", "end"), End(),
            ]) with
        { Artifacts = [new ArtifactDefinition("items", "Items", "List<int>")] };

        var mermaid = (await CommandLineRun.OfAsync(new FakeApplication { Definition = definition }, "show", "--format", "mermaid")).Out;

        Expectation.Matches("show-mermaid", mermaid);
        var lines = mermaid.TrimEnd().Split('\n');
        Assert.Equal("flowchart TD", lines[0]);
        Assert.All(lines[1..], static line => Assert.Matches(MermaidLine(), line));
        var nodes = lines.Where(static line => !line.Contains("-->", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.Equal(4, nodes.Count);
    }

    [Fact]
    public async Task Graphviz_gets_what_output_dot_writes()
        => Assert.Equal(
            (await CommandLineRun.OfAsync(new FakeApplication(), "output-dot")).Out,
            (await CommandLineRun.OfAsync(new FakeApplication(), "show", "--format", "dot")).Out);

    [Fact]
    public async Task Two_formats_are_one_too_many()
    {
        var show = await CommandLineRun.OfAsync(new FakeApplication(), "show", "--json", "--format", "dot");

        Assert.Equal((2, ""), (show.ExitCode, show.Out));
        Assert.Contains("Option '--json' cannot be used together with '--format dot'.", show.Error, StringComparison.Ordinal);
    }

    private static async Task AssertDrawnAsync(string expected, StepNode[] steps)
    {
        var drawing = await DrawAsync(Flow(steps), ascii: true);

        Assert.Equal("SampleFlow\n\n" + expected.ReplaceLineEndings("\n") + "\n", drawing);
    }

    private static async Task<string> DrawAsync(FlowDefinition definition, int width = 100, bool ascii = false)
    {
        var show = await CommandLineRun.WithStreamsAsync(
            new FakeApplication { Definition = definition },
            streams => streams with
            {
                Width = () => width,
                Environment = new Dictionary<string, string> { ["TERM"] = ascii ? "dumb" : "xterm" },
            },
            "show");
        Assert.Equal((0, ""), (show.ExitCode, show.Error));
        return show.Out;
    }

    private static FlowDefinition Flow(IReadOnlyList<StepNode> steps)
        => new() { FlowName = "SampleFlow", Graph = new FlowGraph("SampleFlow", steps) };

    private static StepNode Step(string name, params string[] next)
        => Node(name, next.Length == 0 ? [] : [new(new(next), null, false, 0, 1)]);

    private static StepNode End() => Step("end") with { ReturnsNothing = true };

    private static StepNode Join(string name, params string[] next) => Step(name, next) with { TakesInputs = true };

    private static StepNode Foreach(string name, string next) => Node(name, [new([next], "items", false, 0, 1)]);

    private static StepNode Switch(string name, params string[] next)
        => Node(name, [.. next.Select(static target => new TransitionNode([target], null, false, 0, 1))]);

    private static StepNode Node(string name, TransitionNode[] transitions) => new()
    {
        Name = name,
        MethodName = string.Concat(name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..])),
        Transitions = new(transitions),
    };

    [GeneratedRegex("""^    (s\d+(\(\[|\[\[|\{\{|\{|\[)"[^"<>]*(<br/>[^"<>]*)*"(\]\)|\]\]|\}\}|\}|\])|s\d+ -->(\|"[^"<>]*"\|)? s\d+)$""")]
    private static partial Regex MermaidLine();

    private sealed class AsciiWriter : StringWriter
    {
        public override Encoding Encoding => Encoding.ASCII;
    }
}
