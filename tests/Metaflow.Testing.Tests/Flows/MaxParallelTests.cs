namespace Metaflow.Testing.Tests.Flows;

/// <summary>Limits of tasks, from the source to what runs at once.</summary>
public sealed class MaxParallelTests
{
    [Fact]
    public async Task A_foreach_and_a_step_run_no_more_tasks_at_once_than_they_allow()
    {
        var run = await FlowTest.RunAsync<LimitedFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.Error?.Message);
        Assert.InRange(run.Data.MostWide, 1, 3);
        Assert.Equal(1, run.Data.MostNarrow);
        Assert.Equal(9, run.Tasks("wide").Count);
    }

    [Fact]
    public async Task A_limit_that_turns_out_to_be_none_fails_the_step()
    {
        var run = await FlowTest.RunAsync<LimitedFlow>(new { limit = 0 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.Contains("MF1053", run.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("maxParallel: 0 for step 'wide'", run.ErrorOutput, StringComparison.Ordinal);
    }
}

/// <summary>Counts how many of its tasks are at work.</summary>
public partial class LimitedFlow : FlowSpec
{
    private static readonly int[] AtWork = new int[2];

    [Parameter(Default = 3)]
    public partial int Limit { get; }

    public partial int Seen { get; set; }

    public partial int SeenNarrow { get; set; }

    public partial int MostWide { get; set; }

    public partial int MostNarrow { get; set; }

    [Step]
    private Transition Start() => Next(Wide, forEach: Enumerable.Range(0, 9), maxParallel: Limit);

    [Step]
    private async Task<Transition> Wide(int item)
    {
        Seen = await WorkAsync(0);
        return Next(Narrow);
    }

    [Step, MaxParallel(1)]
    private async Task<Transition> Narrow()
    {
        SeenNarrow = await WorkAsync(1);
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<LimitedFlow> inputs)
    {
        MostWide = inputs.Max(static input => input.Seen);
        MostNarrow = inputs.Max(static input => input.SeenNarrow);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }

    private static async Task<int> WorkAsync(int step)
    {
        var seen = Interlocked.Increment(ref AtWork[step]);
        await Task.Delay(20);
        seen = Math.Max(seen, Volatile.Read(ref AtWork[step]));
        Interlocked.Decrement(ref AtWork[step]);
        return seen;
    }
}
