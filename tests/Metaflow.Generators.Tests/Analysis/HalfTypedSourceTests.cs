using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>An editor shows source that is not finished most of the time; neither generator nor analyzer may fail on it.</summary>
public sealed class HalfTypedSourceTests
{
    [Fact]
    public async Task Source_that_ends_anywhere_is_survived()
    {
        for (var length = 0; length < Flows.GenreStats.Length; length += 61)
        {
            await AssertSurvivesAsync(Flows.GenreStats[..length]);
        }
    }

    [Fact]
    public async Task Source_that_lacks_any_word_is_survived()
    {
        var tokens = FlowCompilation.Parse(Flows.GenreStats, FlowCompilation.FilePath)
            .GetRoot(TestContext.Current.CancellationToken).DescendantTokens().ToList();
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var span = tokens[random.Next(tokens.Count)].Span;
            await AssertSurvivesAsync(Flows.GenreStats.Remove(span.Start, span.Length));
        }
    }

    private static async Task AssertSurvivesAsync(string source)
    {
        var flow = FlowCompilation.Of(source);
        Assert.Empty(flow.GeneratorProblems.Select(problem => $"{problem}\n{source}"));
        Assert.DoesNotContain(await flow.AnalyzeAsync(), problem => problem.Id == "AD0001");
        Assert.DoesNotContain(
            flow.Problems(),
            problem => problem.Severity == DiagnosticSeverity.Error
                && problem.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true
                && SyntaxErrors.Contains(problem.Id));
    }

    /// <summary>What would say that the generated text itself is broken, rather than what it refers to.</summary>
    private static readonly HashSet<string> SyntaxErrors =
    [
        "CS1001", "CS1002", "CS1003", "CS1513", "CS1514", "CS1519", "CS1525", "CS1026", "CS8510",
    ];
}
