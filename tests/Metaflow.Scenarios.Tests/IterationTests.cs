using System.Globalization;
using Metaflow.Client;
using Metaflow.Serialization;

namespace Metaflow.Scenarios.Tests;

public sealed class IterationTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_foreach_takes_items_that_come_one_after_the_other_and_tries_again_when_they_fail()
    {
        var run = await _place.SucceedAsync("AsyncForeachFlow", "--fail-at", "1");
        Assert.Equal(["LINE 0", "LINE 1", "LINE 2"], run.Data.Get<List<string>>("all"));
        var start = run.Step("start").Task!;
        Assert.Equal([0, 1], start.Attempts);
        Assert.Equal("line 1 is unreadable", start.Attempt(0).Exception!.Message);
        Assert.Equal(["line 0", "line 1", "line 2"], start.Data.Get<List<string>>("_foreach_items"));
    }

    [Fact]
    public async Task No_items_at_all_go_on_with_the_join()
    {
        var run = await _place.SucceedAsync("AsyncForeachFlow", "--count", "0");
        Assert.Empty(run.Data.Get<List<string>>("all"));
    }

    [Fact]
    public async Task Items_that_never_end_are_told_when_the_run_stops()
    {
        using var process = _place.Start("AsyncForeachFlow", "run", "--forever", "true");
        await process.LinesWithAsync("waiting");
        System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        var outcome = await process.EndAsync();
        Assert.Equal(143, outcome.ExitCode);
        Assert.Contains("no longer waiting", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_of_lazy_items_is_the_steps_and_they_are_enumerated_once_in_each_attempt()
    {
        var run = await _place.SucceedAsync("LazyForeachFlow", "--failing-attempts", "1");
        Assert.Equal([1, 2], run.Data.Get<List<int>>("all"));
        var start = run.Step("start").Task!;
        Assert.Equal("no second item", start.Attempt(0).Exception!.Message);
        Assert.Equal(["enumeration 1\n", "enumeration 1\n"], new[] { 0, 1 }.Select(attempt => start.Attempt(attempt).Stdout));
    }

    [Fact]
    public async Task Lazy_items_are_enumerated_once_also_when_an_artifact_is_refused()
    {
        var outcome = await _place.RunAsync("LazyForeachFlow", "run", "--set-refused", "true");
        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("enumeration 2", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("'refused' cannot be stored", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("small", "small choose even item 0 even item 1 odd item 2 even", "small")]
    [InlineData("large", "large huge choose odd item 0 even item 1 odd item 2 even", "large")]
    [InlineData("?", "other choose even item 0 even item 1 odd item 2 even", "other")]
    public async Task Switches_nest_in_switches_branches_and_foreaches(string size, string trail, string condition)
    {
        var run = await _place.SucceedAsync("SwitchesFlow", "--size", size);
        Assert.Equal(trail, string.Join(' ', run.Data.Get<List<string>>("all")));
        Assert.Equal(condition, run.Step("start").Task!.Data.Get<string>("_condition"));
        Assert.Equal(
            ["even_item", "odd_item", "even_item"],
            run.Step("each").Tasks.OrderBy(static task => task.Index).Select(static task => task.Data.Get<string>("_condition")));
        Assert.False(run.Step("branch").Task!.Data.Contains("_condition"));
    }

    [Fact]
    public async Task Loops_count_their_passes_outside_and_inside_of_a_foreach()
    {
        var run = await _place.SucceedAsync("LoopsFlow");
        Assert.Equal([1, 2, 3], run.Data.Get<List<int>>("all"));
        Assert.Equal(["0", "1", "2"], PassesOf(run, "grow"));
        Assert.Equal(["0", "0", "1", "0", "1", "2"], PassesOf(run, "work"));
        Assert.Equal(["", "", ""], PassesOf(run, "done"));
        Assert.Equal(
            ["done", "done", "done", "work", "work", "work"],
            run.Step("work").Tasks.Select(static task => task.Data.Get<string>("_condition")).Order());
    }

    private static IEnumerable<string> PassesOf(RunHandle run, string step) => run.Step(step).Tasks
        .OrderBy(static task => task.Index).ThenBy(static task => task.Id.Length).ThenBy(static task => task.Id, StringComparer.Ordinal)
        .Select(static task => string.Join(',', task.Data.Get<List<int>>("_iteration_stack")));
}
