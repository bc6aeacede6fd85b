using System.Text;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Cuts the power after each write of a run of ten tasks: rebuilds what a disk has then, which may have done nothing that it was
/// not told to.</summary>
public sealed class PowerCutTests
{
    private const int Daily = 20;
    private const int Some = 300;
    private const int DailyCompletions = 4;
    private const int SomeCompletions = 60;
    private const int CompletionStride = 8;

    [Fact]
    public async Task An_attempt_is_called_done_only_when_the_names_of_its_other_records_are_durable()
    {
        var calls = await RecordAsync();
        var unflushed = new Dictionary<string, int>(StringComparer.Ordinal);
        var done = 0;
        foreach (var call in calls)
        {
            var (folder, name) = (Path.GetDirectoryName(call.Path) ?? "", Path.GetFileName(call.Path));
            if (call.Name == "flush")
            {
                unflushed.Remove(call.Path);
            }
            else if (call.Name is "rename" or "link" && name.StartsWith("sysmeta_attempt-done_", StringComparison.Ordinal))
            {
                done++;
                Assert.Equal(0, unflushed.GetValueOrDefault(folder));
            }
            else if (call.Name is "rename" or "link" && folder.EndsWith("/_meta", StringComparison.Ordinal))
            {
                unflushed[folder] = unflushed.GetValueOrDefault(folder) + 1;
            }
        }

        // The parameters too.
        Assert.Equal(11, done);
    }

    [Theory]
    [InlineData(nameof(PowerCut.Flushed))]
    [InlineData(nameof(PowerCut.Names))]
    [InlineData(nameof(PowerCut.Chance))]
    public async Task Whenever_the_power_goes_nothing_acknowledged_is_lost_and_the_run_is_completed(string cut)
    {
        FaultProgram.SkipWhereImpossible();
        using var flow = new TenTasks();
        var calls = await RecordAsync(flow);
        await SweepAsync(flow, Enum.Parse<PowerCut>(cut), calls, calls.Count(static call => call.Name != "print"));
    }

    private static async Task<IReadOnlyList<LoggedCall>> RecordAsync()
    {
        FaultProgram.SkipWhereImpossible();
        using var flow = new TenTasks();
        return await RecordAsync(flow);
    }

    /// <summary>Runs the flow, and returns what it did to its files. What the calls make must be what the run left on the disk.</summary>
    private static async Task<IReadOnlyList<LoggedCall>> RecordAsync(TenTasks flow)
    {
        var log = Path.GetTempFileName();
        try
        {
            (await flow.RunAsync(0, "None", log)).Succeeded();
            var calls = LoggedCall.ReadAll(log);
            var image = new DiskImage(flow.Folder);
            foreach (var call in calls.Where(static call => call.Name != "print"))
            {
                image.Apply(call);
            }

            Assert.Null(image.FirstDifference());
            return calls;
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>Goes through the calls once; runs at one place must not be moved, so one place is tried at a time.</summary>
    private static async Task SweepAsync(TenTasks flow, PowerCut cut, IReadOnlyList<LoggedCall> calls, int writes)
    {
        var places = FaultSweep.Places(writes, Daily, Some);
        var completed = FaultSweep.Places(writes, DailyCompletions, SomeCompletions).Where(static place => !FaultSweep.IsComplete
            || place % CompletionStride == 0).ToHashSet();
        var image = new DiskImage(flow.Folder);
        var printed = new StringBuilder();
        var (write, next) = (0, 0);
        await FaultSweep.RunInOrderAsync($"PowerCut.{cut}", places.Union(completed).Order(), async place =>
        {
            for (; write < place || (next < calls.Count && calls[next].Name == "print"); next++)
            {
                if (calls[next].Name == "print")
                {
                    printed.Append(Encoding.UTF8.GetString(calls[next].Content));
                    continue;
                }

                image.Apply(calls[next]);
                write++;
            }

            image.Restore(cut, new Random(place));
            await flow.AssertKeptAsync(printed.ToString());
            if (completed.Contains(place))
            {
                await flow.CompleteAsync();
            }
        });
    }
}
