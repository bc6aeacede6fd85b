using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>A problem of the graph is told at the very call or name that is wrong, whatever else is on its line.</summary>
public sealed class PlaceTests
{
    private const string End = " [Step] void End() { }";
    private const string Steps = """
         [Step] Transition A() => Next(J); [Step] Transition B() => Next(J);
         [Step] Transition J(Inputs<F> inputs) => Next(End); [Step] void End() { }
        """;

    [Theory]
    [InlineData("MF1004", "[Step] Transition Start() => true ? Next([|Gone|]) : Next([|Gone|]);" + End)]
    [InlineData("MF1004", "[Step] Transition Start() => Next([|Gone|], Gone);" + End)]
    [InlineData("MF1018", "[Step] Transition Start() => true ? Next(End) : [|Next(A, B)|];" + Steps)]
    [InlineData("MF1023", "[Step] Transition Start() => true ? Next(A, [|A|]) : Next(A);" + Steps)]
    [InlineData("MF1023", "[Step] Transition Start() => Next(A, [|A|], A);" + Steps)]
    [InlineData("MF1027", "[Step] Transition Start() => true ? Next(End) : [|Next()|];" + End)]
    [InlineData("MF1006", "[Step] Transition Start() => Next(A); [Step] Transition A() => 1 > 0 ? Next([|Start|]) : Next(Start);" + End)]
    [InlineData("MF1019", "[Step] Transition Start() => true ? Next(A) : 1 > 0 ? Next([|J|]) : Next(J);" + Steps)]
    [InlineData("MF1070", "[Step] Transition Start() => true ? Next([|A|], numParallel: 2) : Next(A);" + Steps)]
    [InlineData(
        "MF1071",
        "[Step] Transition Start() => true ? Next(A, numParallel: 2) : Next([|A|]); [Step, Parallel] Transition A() => Next(End);" + End)]
    [InlineData(
        "MF1004",
        "\n#line 1 \"a.csx\"\n[Step] Transition Start() => true ?\n#line 1\nNext([|Gone|]) :"
        + "\n#line 1\nNext([|Gone|]);\n#line default\n" + End)]
    [InlineData("MF1004", "\n#line 7 \"b.csx\"\n[Step] Transition Start() => true ? Next(End) : Next([|Gone|]);\n#line 1\n" + End)]
    public async Task One_of_several_on_a_line_is_told_at_its_own_place(string code, string members)
    {
        var marked = MarkedSource.Parse($"public partial class F : FlowSpec {{ {members} }}");
        var problems = await FlowCompilation.Of(marked.Text).AnalyzeAsync();
        Assert.Equal(marked.Spans, problems.Where(problem => problem.Id == code).Select(problem => problem.Location.SourceSpan));
    }

    [Fact]
    public Task A_problem_of_a_part_of_a_class_is_told_in_the_file_of_that_part() => AssertToldAsync(
        "MF1023",
        "public partial class F : FlowSpec { [Step] Transition Start() => true ? Next(A, [|A|]) : Next(A); }",
        "public partial class F { [Step] Transition A() => true ? Next(End, [|End|]) : Next(End); [Step] void End() { } }");

    [Fact]
    public Task A_problem_of_an_inherited_step_is_told_where_the_base_writes_it() => AssertToldAsync(
        "MF1023",
        "public partial class F : Base { [Step] protected Transition A() => true ? Next(End, [|End|]) : Next(End); }",
        """
        public abstract partial class Base : FlowSpec
        {
            [Step] protected Transition Start() => true ? Next(End, [|End|]) : Next(End); [Step] protected void End() { }
        }
        """);

    [Fact]
    public async Task A_problem_of_an_inherited_step_names_the_flow_that_has_it()
    {
        var problems = await FlowCompilation.Of("""
            public abstract partial class Base : FlowSpec
            {
                [Step] protected Transition Start() => Next(Work);
                [Step] protected virtual Transition Work() => Next(Last);
                [Step] protected virtual Transition Last() => Next(End);
                [Step] protected void End() { }
            }

            public partial class Looping : Base { [Step] protected override Transition Last() => Next(Work); }
            public partial class Short : Base { [Step] protected override Transition Work() => Next(End); }
            """).AnalyzeAsync();

        Assert.Equal(
            ["In flow 'Looping': Step 'end'", "In flow 'Short': Step 'last'"],
            problems.Where(static problem => problem.Id == "MF1012")
                .Select(static problem => problem.GetMessage().Split(" can never run")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_decorator_of_one_step_is_told_there_though_another_on_its_line_has_the_same()
    {
        var marked = MarkedSource.Parse(
            "public partial class F : FlowSpec { [Step, Retry] Transition Start() => Next(End); "
            + "[Step, Retry(Times = [|9|])] void End() { } }");
        var problem = Assert.Single(await FlowCompilation.Of(marked.Text).AnalyzeAsync());
        Assert.Equal(("MF1060", marked.Spans[0]), (problem.Id, problem.Location.SourceSpan));
    }

    private static async Task AssertToldAsync(string code, string source, string otherFile)
    {
        var (here, there) = (MarkedSource.Parse(source), MarkedSource.Parse(otherFile));
        var problems = await FlowCompilation.Of(here.Text, otherFile: there.Text).AnalyzeAsync();
        Assert.Equal(
            [(FlowCompilation.FilePath, here.Spans[0]), (FlowCompilation.OtherFilePath, there.Spans[0])],
            problems.Where(problem => problem.Id == code).Select(problem => problem.Location)
                .Select(place => (place.SourceTree!.FilePath, place.SourceSpan)).Order());
    }
}
