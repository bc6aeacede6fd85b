using Metaflow.Scenarios.Tests.Matrix.Cases;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix;

// A class for each topic: the runner takes two classes at a time.
public sealed class ValueMatrixTests(MatrixCases cases)
{
    public static TheoryData<string, string, string> Rows => MatrixCases.Rows(typeof(ValueMatrixTest));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rows))]
    public Task The_flow_runs_as_its_test_says(string graph, string test, string checker) => cases.CheckAsync(graph, test, checker);
}

public sealed class ShapeMatrixTests(MatrixCases cases)
{
    public static TheoryData<string, string, string> Rows => MatrixCases.Rows(typeof(ShapeMatrixTest));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rows))]
    public Task The_flow_runs_as_its_test_says(string graph, string test, string checker) => cases.CheckAsync(graph, test, checker);
}

public sealed class FailureMatrixTests(MatrixCases cases)
{
    public static TheoryData<string, string, string> Rows => MatrixCases.Rows(typeof(FailureMatrixTest));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rows))]
    public Task The_flow_runs_as_its_test_says(string graph, string test, string checker) => cases.CheckAsync(graph, test, checker);
}

public sealed class ResumeMatrixTests(MatrixCases cases)
{
    public static TheoryData<string, string, string> Rows => MatrixCases.Rows(typeof(ResumeMatrixTest));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rows))]
    public Task The_flow_runs_as_its_test_says(string graph, string test, string checker) => cases.CheckAsync(graph, test, checker);
}

public sealed class MatrixGraphTests
{
    [Fact]
    public async Task Our_analyzer_finds_no_error_in_a_flow_of_the_matrix_but_the_one_that_is_meant()
    {
        var problems = await MatrixProgram.AnalyzeAsync(MatrixCases.All(), TestContext.Current.CancellationToken);
        var errors = problems.Where(static problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).ToList();

        // That merge gives both lists on purpose: what happens at run time is what it is for.
        Assert.NotEmpty(errors);
        Assert.All(
            errors,
            static error => Assert.Equal(("MF1083", "MergeArtifacts"), (error.Id, error.Location.SourceTree!.FilePath.Split('.')[^2])));
    }
}
