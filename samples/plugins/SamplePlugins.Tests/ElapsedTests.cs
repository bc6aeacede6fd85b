using System.Globalization;
using Metaflow;
using Metaflow.Testing;

namespace SamplePlugins.Tests;

/// <summary>The decorator in flows that run in memory.</summary>
public sealed class ElapsedTests
{
    [Fact]
    public async Task A_step_is_measured_and_its_time_is_kept_with_the_task()
    {
        var run = await FlowTest.RunAsync<PausingFlow>();

        Assert.True(run.Succeeded);
        var seconds = double.Parse(run.Tasks("start")[0].Untyped.MetadataDictionary["elapsed-seconds"], CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 0.05, 30);
        Assert.DoesNotContain("elapsed-seconds", run.Tasks("end")[0].Untyped.MetadataDictionary.Keys);
    }

    [Fact]
    public async Task A_step_that_fails_is_measured_too()
    {
        var run = await FlowTest.RunAsync<PausingFlow>(new { fails = true });

        Assert.Equal("as the test wants", run.Failure?.Message);
        Assert.Contains("elapsed-seconds", run.Tasks("start")[0].Untyped.MetadataDictionary.Keys);
    }

    [Fact]
    public async Task It_is_attached_by_its_name_and_tells_of_a_step_that_takes_long()
    {
        var run = await FlowTest.RunAsync<PausingFlow>(new { pause = 1.1 }, new FlowTestOptions { With = ["elapsed:limit=1"] });

        // The value on the step counts before the command line.
        Assert.Contains("elapsed-seconds", run.Tasks("end")[0].Untyped.MetadataDictionary.Keys);
        Assert.Contains("Step 'end' took 1.1 seconds, more than 1.", run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("Step 'start'", run.ErrorOutput, StringComparison.Ordinal);
    }
}

/// <summary>Takes a given time.</summary>
public sealed partial class PausingFlow : FlowSpec
{
    [Parameter(Default = 0.06)]
    public partial double Pause { get; }

    [Parameter(Default = false)]
    public partial bool Fails { get; }

    [Step, Elapsed(Limit = 100)]
    private async Task<Transition> Start()
    {
        await Task.Delay(TimeSpan.FromSeconds(Pause));
        return Fails ? throw new InvalidOperationException("as the test wants") : Next(End);
    }

    [Step]
    private async Task End() => await Task.Delay(TimeSpan.FromSeconds(Pause));
}
