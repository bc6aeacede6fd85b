using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Scenarios.Tests;

public sealed class CacheTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Only_what_reads_a_changed_parameter_runs_and_the_rest_passes_its_new_value_on()
    {
        await _place.SucceedAsync("CacheFlow", "--scale", "2");
        var second = await _place.SucceedAsync("CacheFlow", "--scale", "3", "--cache");
        Assert.Equal(["scaled"], Executed(second));
        Assert.Equal(9, second.Data.Get<int>("result"));
        Assert.Null(second.OriginPathspec);

        // 'label' is written by start, read by nobody, and passed on by all.
        var third = await _place.SucceedAsync("CacheFlow", "--scale", "3", "--label-given", "new", "--cache");
        Assert.Equal(["labelled"], Executed(third));
        Assert.Equal("new!", third.Data.Get<string>("label"));
        Assert.Equal(9, third.Data.Get<int>("result"));

        // What was run twice before is found again.
        var fourth = await _place.SucceedAsync("CacheFlow", "--scale", "2", "--label-given", "new", "--cache");
        Assert.Empty(Executed(fourth));
        Assert.Equal(6, fourth.Data.Get<int>("result"));
        Assert.Equal("new!", fourth.Data.Get<string>("label"));
        Assert.Equal("scaling 3 by 2\n", fourth.Step("scaled").Task!.Stdout);

        // Python's client takes a run for a resumed one by the first field of any of its tasks.
        var clone = fourth.Step("scaled").Task!;
        Assert.Equal("None", clone.MetadataDictionary["origin-run-id"]);
        Assert.DoesNotContain("origin-task-id", clone.MetadataDictionary.Keys);
        Assert.StartsWith("CacheFlow/", clone.OriginPathspec, StringComparison.Ordinal);
        Assert.Equal(0, clone.CurrentAttempt);
    }

    [Fact]
    public async Task A_step_marked_so_and_one_that_asks_for_its_run_are_never_reused_and_it_is_explained()
    {
        await _place.SucceedAsync("UncachedFlow");
        var outcome = (await _place.RunAsync("UncachedFlow", "run", "--cache", "--explain", "--explain-json", "why.jsonl")).Succeeded();
        Assert.Contains("Must run: its step is marked [NoCache].", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Must run: it asks for Current.RunId, which differs from run to run.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(": its code and all that it read are as in run", outcome.Output, StringComparison.Ordinal);
        var run = _place.Client().Flow("UncachedFlow").LatestRun!;
        Assert.Equal(["named", "timed"], Executed(run));
        Assert.Equal(run.Id, run.Data.Get<string>("name_of_run"));
        var lines = await File.ReadAllLinesAsync(Path.Combine(_place.Folder, "why.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(run.Tasks.Count, lines.Length);
        Assert.Equal(2, lines.Count(static line => JsonDocument.Parse(line).RootElement.GetProperty("reused").GetBoolean()));
    }

    [Fact]
    public async Task A_new_item_runs_alone_and_so_does_what_joins_it()
    {
        await _place.SucceedAsync("CacheForeachFlow", "--count", "3");
        var second = await _place.SucceedAsync("CacheForeachFlow", "--count", "4", "--cache");
        Assert.Equal([0, 1, 4, 9], second.Data.Get<List<int>>("squares"));
        Assert.Equal(3, second.Step("work").Tasks.Count(static task => task.OriginPathspec is not null));
    }

    [Fact]
    public async Task An_item_at_another_place_is_found_by_its_value_and_a_step_deeper_in_the_foreach_never_takes_that_of_another()
    {
        await _place.SucceedAsync("CacheSweepFlow", "--rates", "0.1,0.5,1.0");
        var outcome = (await _place.RunAsync("CacheSweepFlow", "run", "--rates", "0.5,0.1,2.0", "--cache", "--explain")).Succeeded();
        var run = _place.Client().Flow("CacheSweepFlow").LatestRun!;
        Assert.Equal(["0: rate 0.5, 1", "1: rate 0.1, 0.2", "2: rate 2.0, 4"], run.Data.Get<List<string>>("all"));

        // Who asks for the place is found at the same place.
        Assert.Equal(["end", "join", "start", "tell", "train"], Executed(run));
        Assert.Contains("has no result of its item", outcome.Output, StringComparison.Ordinal);
        var moved = run.Step("train").Tasks.Single(static task => task.Index == 0);
        Assert.Equal(
            ["train:0"], moved.Metadata.Where(static datum => datum.Field == "foreach-execution-path").Select(static datum => datum.Text));
        Assert.Equal(1.0, moved.Data.Get<double>("loss"));

        var longer = await _place.SucceedAsync("CacheSweepFlow", "--rates", "3.0,0.1,0.5,2.0,0.1", "--cache");
        Assert.Equal(
            ["0: rate 3.0, 6", "1: rate 0.1, 0.2", "2: rate 0.5, 1", "3: rate 2.0, 4", "4: rate 0.1, 0.2"],
            longer.Data.Get<List<string>>("all"));
        Assert.Single(Executed(longer), "train");
        Assert.Equal(2, Executed(longer).Count(static step => step == "locate"));
    }

    [Fact]
    public async Task A_result_whose_data_were_removed_since_is_computed_again()
    {
        await _place.SucceedAsync("CacheFlow", "--scale", "2");
        foreach (var blob in Directory.GetFiles(Path.Combine(_place.Root, "CacheFlow", "data"), "*", SearchOption.AllDirectories))
        {
            File.Delete(blob);
        }

        var outcome = (await _place.RunAsync("CacheFlow", "run", "--scale", "2", "--cache", "--explain")).Succeeded();
        Assert.Contains("cloning failed", outcome.Output, StringComparison.Ordinal);
        var run = _place.Client().Flow("CacheFlow").LatestRun!;
        Assert.Equal(6, run.Data.Get<int>("result"));
        Assert.Equal("scaling 3 by 2\n", run.Step("scaled").Task!.Stdout);
    }

    [Fact]
    public async Task Runs_that_are_removed_while_another_looks_into_them_do_not_fail_it()
    {
        for (var round = 0; round < 3; round++)
        {
            // The newest run always stays: the one before it holds the results.
            await _place.SucceedAsync("CacheFlow", "--scale", $"{round}");
            await _place.SucceedAsync("CacheFlow", "--scale", "100");
            using var collecting = _place.Start("CacheFlow", "gc", "--state", "succeeded", "--delete");
            var run = await _place.SucceedAsync("CacheFlow", "--scale", $"{round}", "--cache");
            (await collecting.EndAsync()).Succeeded();
            Assert.Equal(3 * round, run.Data.Get<int>("result"));
        }
    }

    private static IEnumerable<string> Executed(RunHandle run)
        => run.Tasks.Where(static task => task.OriginPathspec is null).Select(static task => task.Step.Name).Order();
}
