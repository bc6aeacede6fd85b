namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Does something to each write of a run of ten tasks in turn, of the scheduler and of the tasks: whatever happens, what was
/// acknowledged stays, no reader sees a half task, and the run can be completed.</summary>
public sealed class WriteFaultTests
{
    private const int Daily = 5;
    private const int Some = 120;

    private static readonly string[] Faults = ["Kill", "Full", "StaysFull", "Fails", "Short"];

    [Fact]
    public async Task Whatever_happens_to_a_write_nothing_acknowledged_is_lost_and_the_run_is_completed()
    {
        FaultProgram.SkipWhereImpossible();
        var places = FaultSweep.Places(await CountAsync(), Daily, Some);
        await FaultSweep.RunAsync(Faults.SelectMany(fault => places.Select(place => (fault, place))), async (fault, place) =>
        {
            using var flow = new TenTasks();
            var outcome = await flow.RunAsync(place, fault);
            if (fault == "Kill")
            {
                // A killed process says nothing.
                TenTasks.AssertExpected(outcome);
            }
            else
            {
                TenTasks.AssertClear(outcome);
            }

            await flow.AssertKeptAsync(outcome.Output);
            await flow.CompleteAsync();
        });
    }

    [Fact]
    public async Task A_run_whose_first_record_was_written_in_part_is_whole_and_is_completed()
    {
        FaultProgram.SkipWhereImpossible();
        var first = (await RecordAsync())
            .First(static call => call.Name == "write" && call.Path.EndsWith("/_meta/journal", StringComparison.Ordinal));
        using var flow = new TenTasks();
        var outcome = await flow.RunAsync(first.Number, "Short");
        TenTasks.AssertClear(outcome);
        Assert.Contains("_meta/journal' could not be written", outcome.All, StringComparison.Ordinal);
        await flow.AssertKeptAsync(outcome.Output);
        await flow.CompleteAsync();
    }

    /// <summary>Counts the writes of a run to which nothing happens.</summary>
    private static async Task<int> CountAsync() => (await RecordAsync()).Count(static call => call.Name != "print");

    /// <summary>Returns the calls of a run to which nothing happens.</summary>
    private static async Task<IReadOnlyList<LoggedCall>> RecordAsync()
    {
        using var flow = new TenTasks();
        var log = Path.GetTempFileName();
        try
        {
            var outcome = (await flow.RunAsync(0, "None", log)).Succeeded();
            await flow.AssertKeptAsync(outcome.Output);
            return [.. LoggedCall.ReadAll(log)];
        }
        finally
        {
            File.Delete(log);
        }
    }
}
