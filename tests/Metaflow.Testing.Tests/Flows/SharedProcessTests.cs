using System.Diagnostics;
using Metaflow.Errors;

namespace Metaflow.Testing.Tests.Flows;

/// <summary>What tasks of one process share, and what each has for itself all the same.</summary>
public sealed class SharedProcessTests
{
    [Fact]
    public async Task Variables_of_a_step_are_set_for_its_tasks_and_for_no_others()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(static _ => FlowTest.RunAsync<VariableFlow>())).WaitAsync(
            TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.All(runs, static run => Assert.Equal(["left:1", "right:2", "neither:"], run.Data.Seen));
        Assert.Null(Environment.GetEnvironmentVariable("TESTING_SIDE"));
    }

    [Fact]
    public async Task The_members_of_a_gang_meet_also_where_they_have_variables_and_secrets()
    {
        var run = await FlowTest.RunAsync<MeetingFlow>().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal([0, 1, 2], run.Data.Nodes);
        Assert.Equal("set hunter22hunter", run.Tasks("Meet")[0].Data.Seen);
        Assert.Null(Environment.GetEnvironmentVariable("TESTING_SECRET"));
        Assert.Equal("hidden ***\nhidden ***\nhidden ***\n", run.Output);
    }

    [Fact]
    public async Task A_step_that_does_not_heed_its_timeout_is_left_behind()
    {
        var run = await FlowTest.RunAsync<SleepingFlow>().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded);
        Assert.Equal("Metaflow.StepTimeout", run.Data.Late!.Type);
    }

    [Fact]
    public async Task A_flow_that_a_step_runs_cannot_have_other_variables_in_the_same_process()
    {
        var run = await FlowTest.RunAsync<OuterFlow>().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.Contains(ErrorCodes.VariablesNotShared, run.Output + run.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_between_attempts_takes_the_time_of_the_test()
    {
        var time = new ManualTimeProvider();
        var began = time.GetUtcNow();
        var running = FlowTest.RunAsync<FailingFlow>(
            new { failures = 1 }, new FlowTestOptions { Time = time, With = ["retry:times=1,minutes_between_retries=60"] });
        var plain = FlowTest.RunAsync<PatientFlow>(options: new FlowTestOptions { Time = time });

        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(plain.IsCompleted);
        for (var watch = Stopwatch.StartNew(); !plain.IsCompleted && watch.Elapsed < TimeSpan.FromMinutes(2);)
        {
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, (await plain).Attempts("start"));
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromHours(1));
        Assert.True((await running).Succeeded);
    }
}

/// <summary>Has variables in its branches.</summary>
public partial class VariableFlow : FlowSpec
{
    public partial string Side { get; set; }

    public partial List<string> Seen { get; set; }

    [Step]
    private Transition Start() => Next(Left, Right, Neither);

    [Step, EnvironmentVariables("TESTING_SIDE", "1")]
    private Transition Left()
    {
        Side = "left:" + Look();
        return Next(Join);
    }

    [Step, EnvironmentVariables("TESTING_SIDE", "2")]
    private Transition Right()
    {
        Side = "right:" + Look();
        return Next(Join);
    }

    [Step]
    private Transition Neither()
    {
        Side = "neither:" + Look();
        return Next(Join);
    }

    [Step]
    private Transition Join(Inputs<VariableFlow> inputs)
    {
        Seen = [.. inputs.Select(static input => input.Side)];
        return Next(End);
    }

    [Step]
    private void End()
    {
    }

    private static string? Look()
    {
        Thread.Sleep(50);
        return Environment.GetEnvironmentVariable("TESTING_SIDE");
    }
}

/// <summary>Its members wait for each other.</summary>
public partial class MeetingFlow : FlowSpec
{
    private static readonly Barrier Meeting = new(3);

    public partial int Node { get; set; }

    public partial string Seen { get; set; }

    public partial List<int> Nodes { get; set; }

    [Step]
    private Transition Start() => Next(Meet, numParallel: 3);

    [Step, Parallel, EnvironmentVariables("TESTING_GANG", "set"), Secrets("inline.TESTING_SECRET=hunter22hunter")]
    private Transition Meet(int node)
    {
        Node = node;
        if (!Meeting.SignalAndWait(TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException("The others did not come.");
        }

        var secret = Environment.GetEnvironmentVariable("TESTING_SECRET");
        Console.WriteLine($"hidden {secret}");
        Seen = $"{Environment.GetEnvironmentVariable("TESTING_GANG")} {secret}";
        return Next(Gather);
    }

    [Step]
    private Transition Gather(Inputs<MeetingFlow> inputs)
    {
        Nodes = [.. inputs.Select(static input => input.Node)];
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Does not heed its time.</summary>
public partial class SleepingFlow : FlowSpec
{
    public partial StepFailure? Late { get; set; }

    [Step, Timeout(Seconds = 1), Catch(Var = nameof(Late))]
    private Transition Start()
    {
        Thread.Sleep(TimeSpan.FromMinutes(2));
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Waits long before it tries again.</summary>
public partial class PatientFlow : FlowSpec
{
    [Step, Retry(Times = 1, MinutesBetweenRetries = 60)]
    private Transition Start() => Current.Attempt == 0 ? throw new InvalidOperationException("first") : Next(End);

    [Step]
    private void End()
    {
    }
}

/// <summary>Runs a flow that has variables.</summary>
public partial class OuterFlow : FlowSpec
{
    [Step]
    private async Task<Transition> Start()
    {
        await Current.RunFlowAsync<VariableFlow>();
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
