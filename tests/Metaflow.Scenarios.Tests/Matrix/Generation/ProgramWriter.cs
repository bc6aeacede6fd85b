using System.Globalization;
using System.Text;

namespace Metaflow.Scenarios.Tests.Matrix.Generation;

/// <summary>Writes the program that holds the flows of all cases.</summary>
internal static class ProgramWriter
{
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Metaflow;
        """;

    /// <summary>What the code of steps may use.</summary>
    public const string Expectations = """
        public sealed class ExpectationFailed(string message) : Exception(message);

        public sealed class TestRetry() : Exception("not an error: the task is tried again");

        public sealed class ResumeFromHere() : Exception("not an error: the run is resumed from here");

        public static class Expect
        {
            public static void Equal<T>(T expected, T actual)
            {
                if (!EqualityComparer<T>.Default.Equals(expected, actual))
                {
                    throw new ExpectationFailed($"expected {expected}, got {actual}");
                }
            }

            public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual)
            {
                if (!expected.SequenceEqual(actual))
                {
                    throw new ExpectationFailed($"expected {string.Join(", ", expected)}, got {string.Join(", ", actual)}");
                }
            }

            public static void True(bool condition, string what)
            {
                if (!condition)
                {
                    throw new ExpectationFailed(what);
                }
            }

            public static void Code(string code, Action action)
            {
                try
                {
                    action();
                }
                catch (Metaflow.Errors.MetaflowException error) when (error.Code == code)
                {
                    return;
                }

                throw new ExpectationFailed($"expected {code}");
            }
        }
        """;

    /// <summary>One method for each graph and each case, so that a task's process compiles three small ones.</summary>
    public static string Write(IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> cases)
    {
        var text = new StringBuilder("""
            public static class Program
            {
                public static async Task<int> Main(string[] arguments)
                {
                    if (arguments is not ["batch", var file])
                    {
                        return await RunAsync(arguments);
                    }

                    foreach (var line in File.ReadLines(file))
                    {
                        var code = await RunAsync(line.Split('\t'));
                        Console.WriteLine($"\u001e{code}");
                    }

                    return 0;
                }

                static Task<int> RunAsync(string[] arguments)
                {
                    var parts = Environment.GetEnvironmentVariable("MATRIX_CASE")!.Split('/');
                    switch (parts[0])
                    {

            """);
        var graphs = cases.GroupBy(static item => item.Graph.Name).ToList();
        foreach (var graph in graphs)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"case \"{graph.Key}\": return {FlowWriter.Pascal(graph.Key)}Async(parts[1], arguments);");
        }

        text.AppendLine("default: throw new ArgumentException(parts[0]); } }");
        foreach (var graph in graphs)
        {
            WriteGraph(text, graph.Key, [.. graph]);
        }

        return text.AppendLine("}").ToString();
    }

    private static void WriteGraph(StringBuilder text, string graph, IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> cases)
    {
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"static Task<int> {FlowWriter.Pascal(graph)}Async(string test, string[] arguments) {{ switch (test) {{");
        foreach (var (_, plan) in cases)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"case \"{plan.Name}\": return {FlowWriter.Pascal(graph)}{plan.Name}Async(arguments);");
        }

        text.AppendLine("default: throw new ArgumentException(test); } }");
        foreach (var (owner, plan) in cases)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"static Task<int> {FlowWriter.Pascal(graph)}{plan.Name}Async(string[] arguments) => "
                    + $"FlowProgram.RunAsync<{FlowWriter.ClassOf(owner, plan)}>(arguments);");
        }
    }
}
