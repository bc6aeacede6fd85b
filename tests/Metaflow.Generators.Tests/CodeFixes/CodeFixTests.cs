using Metaflow.CodeFixes;
using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.Generators.Tests.CodeFixes;

/// <summary>What an editor offers makes the mistake go away.</summary>
public sealed class CodeFixTests
{
    [Fact]
    public Task A_class_is_made_partial() => AssertMends(new MakeClassPartialFix(), "MF1030",
        "/// <summary>A flow.</summary>\nclass F : FlowSpec\n{\n    [Step] void End() { }\n}\n",
        "/// <summary>A flow.</summary>\npartial class F : FlowSpec\n{\n    [Step] void End() { }\n}\n");

    [Fact]
    public Task The_type_around_a_flow_is_made_partial() => AssertMends(new MakeClassPartialFix(), "MF1030",
        "public static class Outer\n{\n    public partial class F : FlowSpec { [Step] void End() { } }\n}\n",
        "public static partial class Outer\n{\n    public partial class F : FlowSpec { [Step] void End() { } }\n}\n");

    [Theory]
    [InlineData("[Parameter] public int X { get; set; } = 5;", "[Parameter] public partial int X { get; }")]
    [InlineData("[Artifact] public int X => 1;", "[Artifact] public partial int X { get; set; }")]
    public Task A_marked_property_is_made_partial(string before, string after) => AssertMends(new MakePropertyPartialFix(), "MF1045",
        $"public partial class F : FlowSpec\n{{\n    {before}\n    [Step] void End() {{ }}\n}}\n",
        $"public partial class F : FlowSpec\n{{\n    {after}\n    [Step] void End() {{ }}\n}}\n");

    [Fact]
    public Task A_property_that_steps_share_is_made_partial() => AssertMends(new MakePropertyPartialFix(), "MF1048",
        "public partial class F : FlowSpec\n{\n    public int X { get; private set; }\n    [Step] Transition Start() { X = 1; "
            + "return Next(End); }\n    [Step] void End() => Console.WriteLine(X);\n}\n",
        "public partial class F : FlowSpec\n{\n    public partial int X { get; private set; }\n    [Step] Transition Start() { X = 1; "
            + "return Next(End); }\n    [Step] void End() => Console.WriteLine(X);\n}\n");

    [Theory]
    [InlineData("MF1004")]
    [InlineData("CS0103")]
    public Task A_missing_step_is_added_after_the_one_that_names_it(string code) => AssertMends(new AddStepFix(), code,
        "public partial class F : FlowSpec\n{\n    [Step]\n    Transition Start() => Next(Train);\n\n    [Step]\n    void End() { }\n}\n",
        "public partial class F : FlowSpec\n{\n    [Step]\n    Transition Start() => Next(Train);\n\n    [Step]\n"
            + "    Transition Train() => Next(End);\n\n    [Step]\n    void End() { }\n}\n");

    [Theory]
    [InlineData("MF1019", "Next(A, forEach: new[] { 1 })", "true ? Next(B) : Next(Join)", "true ? Next(B) : Next(BeforeJoin)")]
    public Task A_step_is_put_before_a_join(string code, string start, string before, string after)
        => AssertMends(new AddStepBeforeJoinFix(), code,
            $"public partial class F : FlowSpec\n{{\n    [Step]\n    Transition Start() => {start};\n\n    [Step]\n"
                + $"    Transition A() => {before};\n\n{Rest}",
            $"public partial class F : FlowSpec\n{{\n    [Step]\n    Transition Start() => {start};\n\n    [Step]\n"
                + $"    Transition A() => {after};\n\n    [Step]\n    Transition BeforeJoin() => Next(Join);\n\n{Rest}");

    [Fact]
    public Task The_step_in_which_branches_meet_takes_inputs() => AssertMends(new AddInputsFix(), "MF1017",
        "public partial class F : FlowSpec\n{\n    [Step] Transition Start() => Next(A, B);\n    [Step] Transition A() => Next(Meet);\n"
            + "    [Step] Transition B() => Next(Meet);\n    [Step] Transition Meet() => Next(End);\n    [Step] void End() { }\n}\n",
        "public partial class F : FlowSpec\n{\n    [Step] Transition Start() => Next(A, B);\n    [Step] Transition A() => Next(Meet);\n"
            + "    [Step] Transition B() => Next(Meet);\n    [Step] Transition Meet(Inputs<F> inputs) => Next(End);\n"
            + "    [Step] void End() { }\n}\n");

    [Theory]
    [InlineData(
        "MF1001", "[Step] Transition Start() => Next(Input);\n    [Step] Transition Input() => Next(End);",
        "[Step] Transition Start() => Next(Input);\n    [Step(Name = \"input_step\")] Transition Input() => Next(End);")]
    [InlineData(
        "MF1032", "[Parameter(Default = 1)] public partial int Tag { get; }\n    [Step] Transition Start() => Next(End);",
        "[Parameter(Default = 1, Name = \"tag_value\")] public partial int Tag { get; }\n    [Step] Transition Start() => Next(End);")]
    [InlineData(
        "MF1032", "public partial int Index { get; set; }\n    [Step] Transition Start() => Next(End);",
        "[Artifact(Name = \"index_value\")]\n    public partial int Index { get; set; }\n    [Step] Transition Start() => Next(End);")]
    public Task A_reserved_name_is_replaced_on_disk(string code, string before, string after) => AssertMends(new NameOnDiskFix(), code,
        $"public partial class F : FlowSpec\n{{\n    {before}\n    [Step] void End() {{ }}\n}}\n",
        $"public partial class F : FlowSpec\n{{\n    {after}\n    [Step] void End() {{ }}\n}}\n");

    [Fact]
    public Task A_step_that_returns_nothing_moves_on_to_the_last() => AssertMends(new ReturnTransitionFix(), "MF1010",
        "public partial class F : FlowSpec\n{\n    [Step] Transition Start() => Next(Work);\n\n    [Step]\n    async Task Work()\n    {\n"
            + "        await Task.Yield();\n    }\n\n    [Step] void End() { }\n}\n",
        "public partial class F : FlowSpec\n{\n    [Step] Transition Start() => Next(Work);\n\n    [Step]\n"
            + "    async Task<Transition> Work()\n    {\n        await Task.Yield();\n        return Next(End);\n    }\n\n"
            + "    [Step] void End() { }\n}\n");

    [Theory]
    [InlineData(
        "Transition Work()\n    {\n        X = 1;\n        Next(End);\n        return null!;\n    }",
        "Transition Work()\n    {\n        X = 1;\n        return Next(End);\n    }")]
    [InlineData(
        "void Work()\n    {\n        X = 1;\n        Next(End);\n    }",
        "Transition Work()\n    {\n        X = 1;\n        return Next(End);\n    }")]
    [InlineData("void Work() => Next(End);", "Transition Work() => Next(End);")]
    public Task A_transition_that_was_dropped_is_returned(string before, string after) => AssertMends(new ReturnTransitionFix(), "MF1010",
        $"public partial class F : FlowSpec\n{{\n    public partial int X {{ get; set; }}\n    [Step] Transition Start() => Next(Work);\n"
            + $"    [Step]\n    {before}\n    [Step] void End() {{ }}\n}}\n",
        $"public partial class F : FlowSpec\n{{\n    public partial int X {{ get; set; }}\n    [Step] Transition Start() => Next(Work);\n"
            + $"    [Step]\n    {after}\n    [Step] void End() {{ }}\n}}\n");

    [Fact]
    public Task A_static_field_is_made_read_only() => AssertMends(new MakeReadOnlyFix(), "MF1039",
        "public partial class F : FlowSpec\n{\n    private static int _size = 1;\n    [Step] void End() => Console.WriteLine(_size);\n}\n",
        "public partial class F : FlowSpec\n{\n    private static readonly int _size = 1;\n"
            + "    [Step] void End() => Console.WriteLine(_size);\n}\n");

    [Fact]
    public async Task A_static_field_that_is_set_stays_as_it_is()
        => Assert.Empty(await OffersAsync(
            new MakeReadOnlyFix(),
            "MF1039",
            "public partial class F : FlowSpec\n{\n    private static int _size;\n    [Step] void End() => _size++;\n}\n"));

    [Theory]
    [InlineData(
        "Transition Join(Inputs<F> inputs) => Next(End);",
        "Transition Join(Inputs<F> inputs)\n    {\n        MergeArtifacts(inputs, exclude: [nameof(Y)]);\n        return Next(End);\n"
            + "    }")]
    [InlineData(
        "Transition Join(Inputs<F> all)\n    {\n        Y = all[0].Y;\n        return Next(End);\n    }",
        "Transition Join(Inputs<F> all)\n    {\n        Y = all[0].Y;\n        MergeArtifacts(all);\n        return Next(End);\n    }")]
    public Task A_join_that_loses_artifacts_merges_them(string before, string after) => AssertMends(new MergeArtifactsFix(), "MF1080",
        $"{Foreach}    [Step]\n    {before}\n    [Step] void End() => Console.WriteLine(X);\n}}\n",
        $"{Foreach}    [Step]\n    {after}\n    [Step] void End() => Console.WriteLine(X);\n}}\n");

    [Fact]
    public async Task A_join_that_loses_only_what_differs_has_no_merge_to_offer()
        => Assert.Empty(await OffersAsync(new MergeArtifactsFix(), "MF1080",
            $"{Foreach}    [Step] Transition Join(Inputs<F> inputs) => Next(End);\n    [Step] void End() => Console.WriteLine(Y);\n}}\n"));

    [Theory]
    [InlineData("MergeArtifacts(inputs)", "MergeArtifacts(inputs, exclude: [nameof(Y)])")]
    [InlineData("MergeArtifacts(inputs, exclude: [nameof(X)])", "MergeArtifacts(inputs, exclude: [nameof(X), nameof(Y)])")]
    [InlineData("MergeArtifacts(inputs, [])", "MergeArtifacts(inputs, [nameof(Y)])")]
    public Task A_merge_leaves_out_what_differs(string before, string after) => AssertMends(new MergeExcludeFix(), "MF1081",
        $"{Foreach}    [Step]\n    Transition Join(Inputs<F> inputs)\n    {{\n        {before};\n        return Next(End);\n    }}\n"
            + $"    [Step] void End() {{ }}\n}}\n",
        $"{Foreach}    [Step]\n    Transition Join(Inputs<F> inputs)\n    {{\n        {after};\n        return Next(End);\n    }}\n"
            + $"    [Step] void End() {{ }}\n}}\n");

    private const string Foreach = """
        public partial class F : FlowSpec
        {
            public partial int X { get; set; }
            public partial int Y { get; set; }
            [Step] Transition Start() { X = 1; return Next(A, forEach: new[] { 1 }); }
            [Step] Transition A(int i) { Y = i; return Next(Join); }

        """;

    private const string Rest =
        "    [Step] Transition B() => Next(Join);\n    [Step] Transition Join(Inputs<F> inputs) => Next(End);\n    [Step] void End() { }\n"
            + "}\n";

    private static async Task AssertMends(CodeFixProvider fix, string code, string before, string after)
    {
        var offers = await OffersAsync(fix, code, before);
        var operations = await Assert.Single(offers).Action.GetOperationsAsync(TestContext.Current.CancellationToken);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(offers[0].Document.Id)!;
        var text = (await changed.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.Equal(after, text.ReplaceLineEndings("\n"));
        Assert.DoesNotContain(await ProblemsAsync(text), problem => problem.Id == code);
    }

    private static async Task<IReadOnlyList<(CodeAction Action, Document Document)>> OffersAsync(
        CodeFixProvider fix, string code, string source)
    {
        var problem = (await ProblemsAsync(source)).First(problem => problem.Id == code);
        Assert.Contains(code, fix.FixableDiagnosticIds);
        var workspace = new AdhocWorkspace();
        var document = workspace.AddProject("flows", LanguageNames.CSharp).AddDocument("flow.cs", source);
        var offers = new List<(CodeAction, Document)>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(
            document, problem, (action, _) => offers.Add((action, document)), TestContext.Current.CancellationToken));
        return offers;
    }

    private static async Task<IEnumerable<Diagnostic>> ProblemsAsync(string source)
    {
        var flow = FlowCompilation.Of(source);
        return (await flow.AnalyzeAsync()).Concat(flow.Problems());
    }
}
