using System.Globalization;
using Metaflow.Logs;
using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Many lines of many tasks: all are kept, in order, with the time at which they were written.</summary>
internal sealed class LargeMflog : ValueMatrixTest
{
    private const int Tasks = 32;
    private const int Lines = 5000;

    public override string Members => "public partial List<int> Arr { get; set; }";

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "foreach-split-small", $"Arr = [.. Enumerable.Range(0, {Tasks})];") { Required = true },
        new(0, "foreach-inner-small", $$"""
            for (var i = 0; i < {{Lines}}; i++)
            {
                var now = DateTime.UtcNow.ToString("O");
                Console.WriteLine($"prefix {Current.TaskId} stdout {i} {now}");
                Console.Error.WriteLine($"prefix {Current.TaskId} stderr {i} {now}");
            }
            """) { Required = true },
        new(1, "all"),
    ];

    public override void Check(CaseCheck check)
    {
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            var lines = check.Log("foreach_inner", stream).Split('\n')
                .Where(static line => line.StartsWith("prefix", StringComparison.Ordinal)).Select(static line => line.Split(' ')).ToList();
            Assert.Equal(Tasks * Lines, lines.Count);
            Assert.All(lines, words => Assert.Equal(stream, words[2]));
            var tasks = lines.GroupBy(static words => words[1]).ToList();
            Assert.Equal(Tasks, tasks.Count);
            Assert.All(
                tasks,
                static task => Assert.Equal(
                    Enumerable.Range(0, Lines), task.Select(static words => int.Parse(words[3], CultureInfo.InvariantCulture))));
        }

        foreach (var task in check.Run?.Step("foreach_inner").Tasks ?? [])
        {
            Assert.All(task.LogLines(LogKind.Stdout), static line => Assert.InRange((line.At!.Value - Written(line)).TotalSeconds, -1, 60));
        }
    }

    private static DateTimeOffset Written(LogLine line) => DateTimeOffset.Parse(line.Text.Split(' ')[4], CultureInfo.InvariantCulture);
}
