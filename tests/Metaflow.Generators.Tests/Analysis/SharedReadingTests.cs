extern alias generators;

using System.Runtime.CompilerServices;
using generators::Metaflow.Generators.Analysis;
using generators::Metaflow.Generators.Extraction;
using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using FlowAnalyzer = generators::Metaflow.Generators.FlowAnalyzer;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>What the generator has read of a flow the analyzer does not read again, as long as the sources mean the same.</summary>
public sealed class SharedReadingTests
{
    private const string Flow = """
        public partial class F : FlowSpec
        {
            public partial int X { get; set; }
            [Step] Transition Start() { X = 1; return Next(A, forEach: Items.All); }
            [Step] Transition A(int item) => Next(J);
            [Step] Transition J(Inputs<F> inputs) => Next(End);
            [Step] void End() => Console.WriteLine(X);
        }
        """;

    private const string Items = "public static class Items { public static int[] All => [1]; }";

    private const string Derived = """
        public partial class Base : FlowSpec
        {
            [Step] protected Transition Start() => Next(Work);
            [Step] protected virtual Transition Work() => Next(End);
            [Step] protected void End() { }
        }
        public partial class F : Base { [Step] protected override Transition Work() => base.Work(); }
        """;

    [Theory]
    [InlineData(Flow, 0)]
    [InlineData(Derived, 3)]
    public void The_analyzer_reads_only_the_steps_of_bases_after_the_generator(string source, int read)
        => Assert.Equal(read, StepsRead(FlowCompilation.Of(source, otherFile: Items).Output));

    [Fact]
    public void A_flow_that_is_analyzed_twice_is_read_once()
    {
        var copy = Reparsed(FlowCompilation.Of(Flow, otherFile: Items).Output);
        Assert.Equal([4, 0], [StepsRead(copy), StepsRead(copy)]);
    }

    [Fact]
    public void An_edit_of_another_file_that_the_generator_has_not_seen_is_read_anew()
    {
        var flow = FlowCompilation.Of(Flow, otherFile: Items);
        var items = flow.Output.SyntaxTrees.Single(tree => tree.FilePath == FlowCompilation.OtherFilePath);
        var edited = flow.Output.ReplaceSyntaxTree(items, FlowCompilation.Parse("public static class Items { }", items.FilePath));
        Assert.Equal(4, StepsRead(edited));
    }

    [Fact]
    public void A_file_of_another_generator_is_a_reason_to_read_anew()
    {
        var flow = FlowCompilation.Of(Flow, otherFile: Items);
        Assert.Equal(4, StepsRead(flow.Output.AddSyntaxTrees(FlowCompilation.Parse("class Other { }", "/obj/Other.Generator/Other.g.cs"))));
    }

    [Fact]
    public void Another_reference_or_option_is_a_reason_to_read_anew()
    {
        var flow = FlowCompilation.Of(Flow, otherFile: Items).Output;
        Assert.Equal(4, StepsRead(flow.RemoveReferences(flow.References.Last())));
        Assert.Equal(4, StepsRead(flow.WithOptions(flow.Options.WithNullableContextOptions(NullableContextOptions.Disable))));
    }

    [Theory]
    [InlineData(Flow)]
    [InlineData(Derived)]
    [InlineData("public partial class F : FlowSpec { [Step] Transition Start() => 1 > 0 ? Next(Gone) : Next(Other, 3); void Other() { } }")]
    [InlineData(
        "public partial class F : FlowSpec { [Step] Transition Start() => Next(A, forEach: Items.All); [Step] void A(string s) { } }")]
    public async Task The_analyzer_says_what_it_says_without_the_generators_reading(string source)
    {
        var output = FlowCompilation.Of(source, otherFile: Items).Output;
        Assert.Equal(await AnalyzeAsync(Reparsed(output)), await AnalyzeAsync(output));
    }

    [Fact]
    public void A_reading_keeps_no_compilation_while_its_file_lives()
    {
        var (tree, compilations) = CompileAndForget();
        for (var i = 0; i < 10 && compilations.Any(compilation => compilation.TryGetTarget(out _)); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.All(compilations, compilation => Assert.False(compilation.TryGetTarget(out _)));
        GC.KeepAlive(tree);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (SyntaxTree Tree, WeakReference<Compilation>[] Compilations) CompileAndForget()
    {
        var flow = FlowCompilation.Of(Flow, otherFile: Items);
        Assert.Equal(0, StepsRead(flow.Output));
        return (flow.Source.SyntaxTrees[0], [new WeakReference<Compilation>(flow.Source), new WeakReference<Compilation>(flow.Output)]);
    }

    /// <summary>Counts as the analyzer does: in the compilation that whoever runs analyzers makes for them.</summary>
    private static int StepsRead(Compilation output)
    {
        var compilation = output.WithAnalyzers([new FlowAnalyzer()], new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: true)).Compilation;
        var flow = new FlowClass(
            new SemanticModels(compilation), compilation.GetTypeByMetadataName("F")!, TestContext.Current.CancellationToken);
        Assert.NotEmpty(flow.AllSteps);
        return flow.StepsRead;
    }

    private static Compilation Reparsed(Compilation compilation)
        => compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(
            compilation.SyntaxTrees.Select(tree => FlowCompilation.Parse(tree.ToString(), tree.FilePath)));

    private static async Task<IEnumerable<string>> AnalyzeAsync(Compilation compilation)
    {
        var problems = await compilation.WithAnalyzers([new FlowAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return problems.Select(problem => problem.ToString()).Order(StringComparer.Ordinal);
    }
}
