using System.Collections.Concurrent;
using System.Globalization;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Tries faults at many places, several at the same time, and collects what failed.</summary>
internal static class FaultSweep
{
    private static readonly string? CountsFile = Environment.GetEnvironmentVariable("METAFLOW_DURABILITY_COUNTS");
    private static readonly Lock Writing = new();

    /// <summary>Gets a value indicating whether to try all places rather than some, which takes hours.</summary>
    public static bool IsComplete { get; } = Environment.GetEnvironmentVariable("METAFLOW_EVERY_FAULT") == "1";

    /// <summary>Gets a value indicating whether these are the long tests.</summary>
    public static bool IsLong { get; } = IsComplete || Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1";

    /// <summary>Skips a daily test of a cloud of which the long tests try many faults, and <see cref="CloudRunTests"/> some each
    /// day.</summary>
    /// <param name="cloud">The name of the cloud.</param>
    public static void SkipUnlessLong(string cloud)
        => Assert.SkipUnless(IsLong || cloud == "aws", "It is one of the long tests: 'eng/test.sh --all'.");

    /// <summary>Returns the places to try.</summary>
    /// <param name="count">How many there are, numbered from 1.</param>
    /// <param name="daily">How many the daily tests try.</param>
    /// <param name="some">How many the long tests try.</param>
    public static IReadOnlyList<int> Places(int count, int daily, int some)
    {
        // Another place of each part every day.
        var stride = IsComplete ? 1 : Math.Max(1, count / (IsLong ? some : daily));
        var first = 1 + (DateTime.UtcNow.DayOfYear % stride);
        return [.. Enumerable.Range(1, count).Where(place => (place - first) % stride == 0)];
    }

    /// <summary>Tries faults, several at the same time, in any order.</summary>
    /// <param name="faults">The faults, and where each is tried.</param>
    /// <param name="tryAsync">Tries one.</param>
    public static Task RunAsync(IEnumerable<(string Fault, int Place)> faults, Func<string, int, Task> tryAsync)
    {
        var items = faults.ToArray();
        new Random(items.Length).Shuffle(items);
        return RunAsync(items, tryAsync, Environment.ProcessorCount);
    }

    /// <summary>Tries a fault at places, one after the other.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="places">The places.</param>
    /// <param name="tryAsync">Tries it at one.</param>
    public static Task RunInOrderAsync(string fault, IEnumerable<int> places, Func<int, Task> tryAsync)
        => RunAsync([.. places.Select(place => (fault, place))], (_, place) => tryAsync(place), 1);

    /// <summary>Says how much was tried, in the output of the test and in the file of its progress.</summary>
    /// <param name="line">A sentence.</param>
    public static void Tell(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Report(line);
    }

    private static async Task RunAsync((string Fault, int Place)[] items, Func<string, int, Task> tryAsync, int atOnce)
    {
        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (item, _) =>
            {
                var outcome = "survived";
                try
                {
                    await tryAsync(item.Fault, item.Place);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    outcome = error.Message;
                    failures.Add($"{item.Fault} at {item.Place}: {outcome}");
                }

                Report(string.Create(CultureInfo.InvariantCulture, $"{item.Fault}\t{item.Place}\t{outcome.ReplaceLineEndings("\\n")}"));
            });
        foreach (var fault in items.CountBy(static item => item.Fault))
        {
            Tell($"{fault.Key}: {fault.Value} places");
        }

        Assert.True(failures.IsEmpty, $"{failures.Count} of {items.Length} failed\n{string.Join('\n', failures.Take(20))}");
    }

    // A sweep of all places takes an hour: its progress can be read.
    private static void Report(string line)
    {
        if (!string.IsNullOrEmpty(CountsFile))
        {
            lock (Writing)
            {
                File.AppendAllText(CountsFile, line + "\n");
            }
        }
    }
}
