extern alias generators;

using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using FlowGenerator = generators::Metaflow.Generators.FlowGenerator;

namespace Metaflow.Generators.Tests.Generation;

public sealed class CachingTests
{
    private const string Flow = """
        public partial class F : FlowSpec
        {
            public partial int X { get; set; }
            [Step] Transition Start() { X = 1; return Next(End); }
            [Step] void End() => Console.WriteLine(X);
        }
        """;

    [Fact]
    public void An_edit_in_another_file_writes_nothing_anew()
        => Assert.Equal(
            [IncrementalStepRunReason.Cached],
            ReasonsAfter(flow => flow.Source.AddSyntaxTrees(FlowCompilation.Parse("class Unrelated { int _x; }", "/flows/other.cs"))));

    [Fact]
    public void An_edit_within_a_step_that_changes_no_fact_writes_nothing_anew()
        => Assert.Equal(
            [IncrementalStepRunReason.Cached],
            ReasonsAfter(flow => Replace(flow, Flow.Replace("X = 1;", "X = 2;", StringComparison.Ordinal))));

    [Fact]
    public void A_new_transition_writes_the_flow_anew()
        => Assert.Equal(
            [IncrementalStepRunReason.Modified],
            ReasonsAfter(flow => Replace(flow, Flow.Replace("Next(End)", "Next(Start)", StringComparison.Ordinal))));

    [Theory]
    [InlineData(Flow)]
    [InlineData("public class F : FlowSpec { public partial int X { get; set; } [Step] void End() { } }")]
    public void The_pipeline_keeps_no_symbols_and_no_syntax(string source)
    {
        var outputs = FlowCompilation.Of(source).Driver.GetRunResult().Results[0].TrackedSteps[FlowGenerator.FlowsStep]
            .SelectMany(step => step.Outputs).Select(output => output.Value);
        Assert.All(outputs, output => AssertIsPlain(output, []));
    }

    private static IEnumerable<IncrementalStepRunReason> ReasonsAfter(Func<FlowCompilation, Compilation> edit)
    {
        var flow = FlowCompilation.Of(Flow);
        var result = flow.Driver.RunGenerators(edit(flow), TestContext.Current.CancellationToken).GetRunResult().Results[0];
        return result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);
    }

    private static Microsoft.CodeAnalysis.CSharp.CSharpCompilation Replace(FlowCompilation flow, string text)
        => flow.Source.ReplaceSyntaxTree(flow.Source.SyntaxTrees[0], FlowCompilation.Parse(text, FlowCompilation.FilePath));

    private static void AssertIsPlain(object? value, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is ISymbol or SyntaxNode or SyntaxTree or Compilation or SemanticModel or Location { IsInSource: true },
            value.GetType().FullName);
        if (value is System.Collections.IEnumerable items)
        {
            foreach (var item in items)
            {
                AssertIsPlain(item, seen);
            }
        }

        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            AssertIsPlain(property.GetValue(value), seen);
        }
    }
}
