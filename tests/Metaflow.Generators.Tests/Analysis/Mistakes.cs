using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>Compares what the analyzer and the build tell of a flow with the place that is marked in its source.</summary>
internal static class Mistakes
{
    /// <summary>Fails where a mistake is not told at its place.</summary>
    public static async Task AssertToldAtItsPlaceAsync(string code, string members, string? place)
    {
        var marked = MarkedSource.Parse($"public partial class F : FlowSpec\n{{\n    {members}\n}}\n");
        var flow = FlowCompilation.Of(marked.Text);
        var problems = await flow.AnalyzeAsync();
        AssertBuildTells(flow, code);
        var found = problems.Where(problem => problem.Id == code).ToList();
        Assert.True(found.Count > 0, string.Join('\n', problems));
        Assert.Equal(place ?? marked.Place, marked.TextAt(found[0].Location.SourceSpan));
        Assert.All(problems, problem => Assert.Matches(@"^[^.]+.*\. .+\. .+\.$", problem.GetMessage(null)));
    }

    /// <summary>A build asks no analyzer when a declaration does not compile: then the generator has told what is wrong, in its
    /// place.</summary>
    public static void AssertBuildTells(FlowCompilation flow, string code)
    {
        Assert.DoesNotContain(
            flow.Problems(), problem => problem.Severity == DiagnosticSeverity.Error && problem.Id is "CS0310" or "CS9244" or "CS0400");
        var errors = flow.Output.GetDeclarationDiagnostics(TestContext.Current.CancellationToken)
            .Where(problem => problem.Severity == DiagnosticSeverity.Error).ToList();
        Assert.All(errors, error => Assert.Equal(FlowCompilation.FilePath, error.Location.SourceTree?.FilePath));
        Assert.Equal(errors.Count > 0, flow.GeneratorProblems.Any(problem => problem.Id == code));
    }
}
