namespace Metaflow.Testing.Tests.Flows;

public sealed class StepTestTests
{
    [Fact]
    public async Task A_step_runs_on_given_artifacts()
    {
        var step = await FlowTest.StepAsync<ScoreFlow>(static flow => flow.Best = 4.5, "End");

        Assert.True(step.Succeeded);
        Assert.Equal("best 4.5\n", step.Output);
        Assert.Equal(4.5, step.Data.Best);
        Assert.Empty(step.Next);
    }

    [Fact]
    public async Task A_split_says_where_it_moves_on_to_and_for_how_many()
    {
        var step = await FlowTest.StepAsync<ScoreFlow>(static _ => { }, "start", new { alpha = 2 });

        Assert.Equal(["score"], step.Next);
        Assert.Equal(2, step.ItemCount);
        Assert.Equal(2, step.Data.Rows.Count);
    }

    [Fact]
    public async Task The_step_of_a_foreach_runs_for_one_item()
    {
        var step = await FlowTest.ItemAsync<ScoreFlow, Row>(static _ => { }, "Score", new Row("z", 5), new { alpha = 4 });

        Assert.Equal(20, step.Data.Scored);
        Assert.Equal(0, step.Data.Position);
        Assert.Equal("scored z\n", step.ErrorOutput);
        Assert.Equal(["join"], step.Next);
    }

    [Fact]
    public async Task A_join_runs_on_given_inputs()
    {
        var step = await FlowTest.JoinAsync<BranchFlow>(
            [("Left", static flow => flow.Side = "l"), ("Right", static flow => flow.Side = "r")], "Join");

        Assert.Equal("l+r", step.Data.Both);
    }

    [Fact]
    public async Task A_join_runs_without_inputs()
        => Assert.Equal(-1, (await FlowTest.JoinAsync<ScoreFlow>([], "join")).Data.Best);

    [Fact]
    public async Task A_failure_of_the_step_is_a_result()
    {
        var step = await FlowTest.StepAsync<FailingFlow>(static _ => { }, "Start");

        Assert.False(step.Succeeded);
        Assert.Equal("attempt 0 failed", step.Failure!.Message);
        Assert.Contains("attempt 0 failed", step.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_attempt_can_be_chosen()
        => Assert.True(
            (await FlowTest.StepAsync<FailingFlow>(static _ => { }, "Start", options: new FlowTestOptions { Attempt = 1 })).Succeeded);

    [Fact]
    public async Task What_the_test_gives_must_be_storable()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            static () => FlowTest.StepAsync<UnstorableFlow>(static flow => flow.Anything = new Func<int>(static () => 1), "End"));

        Assert.Contains("anything", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wrong_way_to_run_a_step_names_the_right_one()
    {
        Assert.Contains(
            "JoinAsync",
            (await Assert.ThrowsAsync<ArgumentException>(static () => FlowTest.StepAsync<ScoreFlow>(static _ => { }, "Join"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "ItemAsync",
            (await Assert.ThrowsAsync<ArgumentException>(static () => FlowTest.StepAsync<ScoreFlow>(static _ => { }, "Score"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "StepAsync",
            (await Assert.ThrowsAsync<ArgumentException>(static () => FlowTest.JoinAsync<ScoreFlow>([], "End"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "score",
            (await Assert.ThrowsAsync<ArgumentException>(static () => FlowTest.StepAsync<ScoreFlow>(static _ => { }, "Train"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_of_a_step_that_failed_is_its_failure()
    {
        var step = await FlowTest.ItemAsync<ScoreFlow, string>(static _ => { }, "Score", "no row", new { alpha = 4 });

        Assert.False(step.Succeeded);
        var error = Assert.Throws<Metaflow.Errors.StepFailedException>(() => step.Data);
        Assert.Contains("failed, so its artifacts are not stored. It threw ", error.Message, StringComparison.Ordinal);
        Assert.Contains(step.Failure!.Message, error.Message, StringComparison.Ordinal);
    }
}
