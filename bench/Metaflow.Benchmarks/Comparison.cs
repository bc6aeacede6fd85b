using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks;

/// <summary>Measures in turn what is compared, so that the drift of a busy machine touches all alike, and prints medians.</summary>
internal static class Comparison
{
    /// <summary>How often each action runs before it is measured, so that it is compiled for speed.</summary>
    public static int WarmUps(int rounds) => Math.Max(2, rounds / 2);

    public static void PrintHeader(string baseline)
        => Console.WriteLine($"{"",-44} {"ms",10} {baseline + ", ms",22} {"ratio",8}");

    /// <summary>Prints one line: the median of an action, that of its baseline, and the ratio of the two.</summary>
    public static void Print(string name, int rounds, Action action, Action baseline)
    {
        var medians = Medians(rounds, [action, baseline]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-44} {medians[0],10:F2} {medians[1],22:F2} {medians[0] / medians[1],8:F2}"));
    }

    /// <summary>Returns the median of each action in milliseconds.</summary>
    public static double[] Medians(int rounds, IReadOnlyList<Action> actions) => Medians(rounds, WarmUps(rounds), actions);

    /// <summary>Returns the median of each action in milliseconds.</summary>
    public static double[] Medians(int rounds, int warmUps, IReadOnlyList<Action> actions)
    {
        var times = actions.Select(_ => new double[rounds]).ToArray();
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var i = 0; i < actions.Count; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                var start = Stopwatch.GetTimestamp();
                actions[i]();
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return times.Select(Median).ToArray();
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
