using Metaflow.Errors;
using Metaflow.Running;
using Metaflow.Stores;

namespace Metaflow.Testing.Tests.Flows;

public sealed class FlowTestTests
{
    [Fact]
    public async Task A_flow_runs_in_memory_with_typed_data_steps_tasks_and_output()
    {
        var run = await FlowTest.RunAsync<ScoreFlow>(new { alpha = 10 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded);
        Assert.Equal(20, run.Data.Best);
        Assert.Equal(["start", "score", "join", "end"], run.Steps);
        Assert.Equal([10.0, 20.0], run.Tasks("Score").Select(static task => task.Data.Scored));
        Assert.Equal(["a", "b"], run.Tasks("start")[0].Data.Rows.Select(static row => row.Name));
        Assert.Equal("alpha 10, mode plain\nbest 20\n", run.Output);
        Assert.Contains("scored b\n", run.ErrorOutput, StringComparison.Ordinal);
        Assert.Equal("best 20\n", run.Tasks("end")[0].Untyped.Stdout);
        Assert.Equal("tester", run.Run.Handle.Untyped.UserName);
    }

    [Fact]
    public async Task Nothing_of_a_task_reaches_the_console_of_the_test()
    {
        var before = Console.Out;
        try
        {
            using var console = new StringWriter();
            Console.SetOut(console);
            var run = await FlowTest.RunAsync<ScoreFlow>(cancellationToken: TestContext.Current.CancellationToken);
            Console.Write("of the test");

            Assert.True(run.Succeeded);
            Assert.Equal("of the test", console.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    [Fact]
    public async Task Many_runs_at_once_keep_apart()
    {
        var runs = await Task.WhenAll(Enumerable.Range(1, 8)
            .Select(static alpha => FlowTest.RunAsync<ScoreFlow>(new { alpha, mode = $"m{alpha}" })));

        for (var i = 0; i < runs.Length; i++)
        {
            Assert.Equal(2.0 * (i + 1), runs[i].Data.Best);
            Assert.StartsWith($"alpha {i + 1}, mode m{i + 1}\n", runs[i].Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_failed_step_is_a_result_with_its_exception_as_data()
    {
        var run = await FlowTest.RunAsync<FailingFlow>(new Dictionary<string, object?> { ["failures"] = 5L });

        Assert.False(run.Succeeded);
        Assert.Equal("System.InvalidOperationException", run.Failure!.Type);
        Assert.Equal("attempt 1 failed", run.Failure.Message);
        Assert.Contains("SampleFlows.cs", run.Failure.StackTrace, StringComparison.Ordinal);
        Assert.Equal(2, run.Attempts("Start"));
        Assert.Equal(ErrorCodes.StepRaised, run.Error!.Code);
        Assert.Equal(ErrorCodes.StepRaised, Assert.Throws<StepFailedException>(() => run.Data).Code);
    }

    [Fact]
    public async Task A_step_is_tried_again()
    {
        var run = await FlowTest.RunAsync<FailingFlow>();

        Assert.True(run.Succeeded);
        Assert.Equal(1, run.Data.Attempt);
        Assert.Equal(2, run.Attempts("start"));
    }

    [Fact]
    public async Task What_cannot_be_stored_fails_in_the_test()
    {
        var run = await FlowTest.RunAsync<UnstorableFlow>();

        Assert.False(run.Succeeded);
        Assert.Contains("anything", run.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("artifact", 1)]
    [InlineData("twice", 1)]
    [InlineData("items", 1)]
    [InlineData("getter", 3)]
    public async Task What_cannot_be_stored_is_tried_again_only_where_that_may_end_otherwise(string kind, int attempts)
        => Assert.Equal(attempts, (await FlowTest.RunAsync<RefusedFlow>(new { kind })).Attempts("Refused"));

    [Fact]
    public async Task Catch_takes_what_cannot_be_stored_at_once_and_no_step_reads_the_value_before_it()
    {
        var run = await FlowTest.RunAsync<RefusedFlow>(new { kind = "caught" });

        Assert.True(run.Succeeded, run.ErrorOutput);
        Assert.Equal(1, run.Attempts("Caught"));
        Assert.Contains(
            "'Anything' cannot be stored".ToUpperInvariant(), run.Data.Failure!.Message.ToUpperInvariant(), StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.ArtifactNotSet, Assert.ThrowsAny<MetaflowException>(() => run.Data.Anything).Code);
    }

    [Theory]
    [InlineData("total", ErrorCodes.ReadBackDiffers, "'report.Total' was set to the int 3, and the next step reads the int 0")]
    [InlineData("items", ErrorCodes.ReadBackDiffers, "'forEach[1].Total' was set to the int 2")]
    [InlineData("derived", ErrorCodes.DerivedTypeWouldBeLost, "'shape' is a 'Disc' declared as 'Shape'")]
    [InlineData("derived item", ErrorCodes.DerivedTypeWouldBeLost, "'forEach[0]' is a 'LongReport' declared as 'Report'")]
    [InlineData("private", ErrorCodes.StateWouldBeLost, "'anything' is a 'Hidden', and the field '_kept' would be lost")]
    public async Task What_the_next_step_would_read_as_something_else_fails_naming_step_artifact_and_member(
        string kind, string code, string part)
    {
        var run = await FlowTest.RunAsync<LosingFlow>(new { kind });

        Assert.False(run.Succeeded);
        Assert.Contains(part, run.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(
            "step start] failed",
            run.ErrorOutput.Replace("step start>", "step start]", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains($"[{code}]", run.ErrorOutput, StringComparison.Ordinal);
        var step = await FlowTest.StepAsync<LosingFlow>(static _ => { }, "Start", new { kind });
        Assert.Contains(part, step.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_read_as_it_was_set_passes()
        => Assert.True((await FlowTest.RunAsync<LosingFlow>(new { kind = "none" })).Succeeded);

    [Theory]
    [InlineData("derived", true)]
    [InlineData("derived item", true)]
    [InlineData("private", true)]
    [InlineData("none", false)]
    public async Task A_run_says_the_same_of_what_it_refuses(string kind, bool isRefused)
    {
        var run = await FlowRunner.RunAsync<LosingFlow>(
            new FlowRunOptions { Parameters = new { kind }, Isolation = TaskIsolation.InProcess, Stores = RunStores.InMemory() },
            TestContext.Current.CancellationToken);

        Assert.Equal(isRefused ? (await FlowTest.RunAsync<LosingFlow>(new { kind })).Failure!.Message : null, run.Failure?.Message);
    }

    [Fact]
    public async Task A_wrong_parameter_is_an_exception_with_its_code()
    {
        Assert.Equal(
            ErrorCodes.UnknownParameter,
            (await Assert.ThrowsAsync<ConfigurationException>(static () => FlowTest.RunAsync<ScoreFlow>(new { beta = 1 }))).Code);
        Assert.Equal(
            ErrorCodes.InvalidValue,
            (await Assert.ThrowsAsync<ConfigurationException>(static () => FlowTest.RunAsync<ScoreFlow>(new { alpha = 1.5 }))).Code);
        Assert.Equal(
            ErrorCodes.ParametersNotNamed,
            (await Assert.ThrowsAsync<ConfigurationException>(static () => FlowTest.RunAsync<ScoreFlow>(3))).Code);
    }

    [Fact]
    public async Task Two_spellings_of_one_parameter_are_refused()
    {
        object[] twice =
        [
            new Dictionary<string, object?> { ["alpha"] = 3, ["Alpha"] = 4 },
            new Dictionary<string, string> { ["ALPHA"] = "3", ["alpha"] = "3" }, new { alpha = 3, Alpha = 3 },
        ];
        foreach (var given in twice)
        {
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => FlowTest.RunAsync<ScoreFlow>(given));
            Assert.Equal(ErrorCodes.ParameterGivenTwice, error.Code);
        }
    }

    [Fact]
    public async Task A_number_that_does_not_fit_is_named()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(static () => FlowTest.RunAsync<ScoreFlow>(new { alpha = 1.5 }));
        Assert.Contains("'1.5' (a 'Double') is not a value of the type 'int'. ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Give a value of the type 'int': ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_read_as_the_command_line_reads_it()
        => Assert.Equal(14, (await FlowTest.RunAsync<ScoreFlow>(new Dictionary<string, string> { ["alpha"] = "7" })).Data.Best);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_is_cancelled_by_its_token_whether_its_step_heeds_that_or_not(bool heeds)
    {
        using var stop = new CancellationTokenSource();
        var running = FlowTest.RunAsync<WaitingFlow>(new { heeds }, cancellationToken: stop.Token);
        stop.CancelAfter(TimeSpan.FromMilliseconds(200));
        var run = await running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.True(run.Run.WasCancelled);
        Assert.Null(run.Error);
        Assert.Throws<OperationCanceledException>(() => run.Data);
        Assert.Contains(run.Events, static happened => happened is RunEvent.RunStopping { WasInterrupted: true });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FlowTest.RunAsync<WaitingFlow>(cancellationToken: stop.Token));
    }

    [Fact]
    public async Task A_wait_between_attempts_passes_when_the_test_moves_the_time()
    {
        var time = new ManualTimeProvider();
        var running = FlowTest.RunAsync<FailingFlow>(new { failures = 1 }, new FlowTestOptions { Time = time, With = ["retry:times=1"] });
        var run = await running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded);
        Assert.Equal(time.GetUtcNow(), run.Run.Handle.Untyped.CreatedAt);
    }
}
