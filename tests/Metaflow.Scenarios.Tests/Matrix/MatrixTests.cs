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
    public async Task Our_analyzer_finds_no_error_in_any_flow_of_the_matrix()
    {
        var problems = await MatrixProgram.AnalyzeAsync(MatrixCases.All(), TestContext.Current.CancellationToken);
        Assert.Empty(problems.Where(static problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
    }
}
