using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Metaflow.Scenarios.Tests.Durability;
using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>All cases: compiled once, each run once and looked at by both checkers.</summary>
public sealed class MatrixCases : IDisposable
{
    /// <summary>Which cases are run, as a regular expression on <c>graph/test</c>; unset for all. For work on one test.</summary>
    private const string Choice = "METAFLOW_MATRIX";

    // Each of its 36 inner tasks fails by an exception, a kill or a limit of time, several times: that takes minutes, and the other graphs
    // show the same.
    private const string LargeGraph = "nested_foreach";
    private static readonly string[] Retrying = ["TagCatch", "CatchRetry", "TimeoutDecorator"];

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-matrix-").FullName;
    private readonly Lazy<MatrixProgram> _program;
    private readonly ConcurrentDictionary<(string Graph, string Test), Lazy<Task<MatrixRun>>> _runs = new();
    private readonly ConcurrentBag<(string Graph, string Test, string Checker)> _passed = [];
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();

    public MatrixCases()
        => _program = new Lazy<MatrixProgram>(() => MatrixProgram.Build(
            Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName, All()));

    public void Dispose()
    {
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(_start);
        if (!_passed.IsEmpty)
        {
            Console.WriteLine(
                $"Matrix: {_passed.Count} cases passed ({_passed.DistinctBy(static one => one.Graph).Count()} "
                    + $"graphs, {_passed.DistinctBy(static one => one.Test).Count()} tests, "
                + $"{_passed.DistinctBy(static one => (one.Graph, one.Test)).Count()} "
                + $"flows, {_passed.DistinctBy(static one => one.Checker).Count()} checkers) in {took.TotalSeconds:F0} s.");
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Returns every combination of the tests of some topics, or of all, with the graphs that fit.</summary>
    internal static IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> All(Type? topic = null)
    {
        var graphs = MatrixGraph.ReadAll();
        var choice = Environment.GetEnvironmentVariable(Choice) ?? "";
        return
        [
            .. from type in typeof(MatrixCases).Assembly.GetTypes()
               where !type.IsAbstract && type.IsSubclassOf(typeof(MatrixTest)) && (topic is null || type.IsSubclassOf(topic))
               orderby type.Name
               let test = (FlowPlan)Activator.CreateInstance(type)!
               from graph in graphs
               where test.Fits(graph) && Regex.IsMatch($"{graph.Name}/{test.Name}", choice)
               select (graph, test),
        ];
    }

    /// <summary>Returns a row for each graph, test and checker of a topic.</summary>
    internal static TheoryData<string, string, string> Rows(Type topic)
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (graph, plan) in All(topic))
        {
            rows.Add(graph.Name, plan.Name, "command line");
            rows.Add(graph.Name, plan.Name, "client");
        }

        return rows;
    }

    internal async Task CheckAsync(string graph, string test, string checker)
    {
        Assert.SkipUnless(
            FaultSweep.IsLong || graph != LargeGraph || !Retrying.Contains(test), "It is one of the long tests: 'eng/test.sh --all'.");
        Assert.SkipUnless(
            FaultSweep.IsLong || IsOfToday(graph, test), "Its turn is tomorrow. The long tests have all turns: 'eng/test.sh --all'.");
        var run = await _runs.GetOrAdd((graph, test), key => new Lazy<Task<MatrixRun>>(() => RunAsync(key.Graph, key.Test))).Value;
        ((MatrixTest)run.Plan).Check(checker == "client" ? new ClientCheck(run) : new CommandLineCheck(run));
        _passed.Add((graph, test, checker));
    }

    // Half of the flows each day. A choice for work on one test has them all.
    private static bool IsOfToday(string graph, string test)
        => Environment.GetEnvironmentVariable(Choice) is not null
            || ($"{graph}/{test}".Sum(static letter => letter) + DateTime.UtcNow.DayOfYear) % 2 == 0;

    private Task<MatrixRun> RunAsync(string graph, string test)
    {
        var (owner, plan) = All().Single(one => one.Graph.Name == graph && one.Plan.Name == test);
        return MatrixRun.ExecuteAsync(
            _program.Value, owner, plan, Directory.CreateDirectory(Path.Combine(_folder, $"{graph}-{test}")).FullName);
    }
}
