using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

public sealed class ResumeTests
{
    private static readonly ResumePlan Plan = new("GenreStatsFlow", "6")
    {
        ChangedParameters = ["max_genres"],
        Steps =
        [
            new PlannedStep("start", 1),
            new PlannedStep("compute_statistics", 2)
            {
                IsCodeChanged = true,
                Reruns = [new PlannedRerun("it failed in run 6", ["compute_statistics[1]", "compute_statistics[3]"])],
            },
            new PlannedStep("join", 0) { FollowsReruns = true },
            new PlannedStep("publish", 0) { FollowsReruns = true, DependsOnSwitch = true },
        ],
    };

    [Fact]
    public async Task Options_reach_the_run()
    {
        var application = new FakeApplication();
        await CommandLineRun.OfAsync(
            application, "resume", "Compute", "--origin-run-id", "6", "--max-genres", "3", "--tag", "t", "--rerun-changed",
            "--clone-only");
        var request = Assert.Single(application.Runs).Request;
        Assert.Equal(
            new ResumeRequest { Step = "compute", OriginRun = "6", RerunsChanged = true, IsCloneOnly = true }, request.Resume);
        Assert.Equal("3", request.Parameters["max_genres"]);
        Assert.Equal(["t"], request.Tags);
    }

    [Fact]
    public async Task A_dry_run_prints_the_plan_and_runs_nothing()
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication { Plan = Plan }, "resume", "--dry-run");
        Assert.Equal(
            """
            Resuming GenreStatsFlow/6:
                changed parameters: max_genres
                start               1 task cloned
                compute_statistics  2 tasks cloned (code changed); 2 tasks to run (compute_statistics[1], compute_statistics[3]): they failed in run 6
                join                to run: after tasks that run again
                publish             may run: depends on a switch that runs again
                Tasks are cloned although their code changed; --rerun-changed runs them again.

            """.ReplaceLineEndings("\n"),
            run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("it failed in run 6", "they failed in run 6")]
    [InlineData("its code changed", "their code changed")]
    [InlineData("run 6 has no result of it", "run 6 has no result of them")]
    [InlineData("you asked for it", "you asked for them")]
    [InlineData("parameter 'alpha' changed", "parameter 'alpha' changed")]
    public async Task A_reason_for_several_tasks_is_in_the_plural(string ofOne, string ofMany)
    {
        var plan = new ResumePlan("GenreStatsFlow", "6")
        {
            Steps = [new("start", 0) { Reruns = [new(ofOne, ["start"])] }, new("compute", 0) { Reruns = [new(ofOne, ["a[0]", "a[1]"])] }],
        };

        var shown = await CommandLineRun.OfAsync(new FakeApplication { Plan = plan }, "resume", "--dry-run");

        Assert.Contains($"1 task to run: {ofOne}\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains($"2 tasks to run (a[0], a[1]): {ofMany}\n", shown.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "12")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "a/b")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--reentrant", "--run-id", "evil\e[31mred")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "nl\nx")]
    [InlineData(ErrorCodes.HiddenCharacter, "--namespace", "user:\e[2J", "run")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "data")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "latest_run")]
    [InlineData(ErrorCodes.RunIdRefused, "resume", "--run-id", "latest")]
    [InlineData(ErrorCodes.ResumeOptionRefused, "resume", "--reentrant")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--json")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--continue", "6", "--dry-run")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--continue", "6", "--clone-only")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--continue", "6", "--until", "start")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--continue", "6", "--origin-run-id", "5")]
    [InlineData(ErrorCodes.OptionsConflict, "resume", "--continue", "6", "--rerun-changed")]
    [InlineData(ErrorCodes.UnknownOption, "resume", "--config", "a", "b.json")]
    public async Task What_does_not_go_together_is_refused(string code, params string[] arguments)
    {
        var application = new FakeApplication();
        var run = await CommandLineRun.OfAsync(application, arguments);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Empty(application.Runs);
        Assert.Empty(application.Continuations);
    }

    [Fact]
    public async Task Options_that_a_continued_run_takes_reach_it()
    {
        var application = new FakeApplication();
        await CommandLineRun.OfAsync(
            application, "resume", "--continue", "GenreStatsFlow/6", "--max-workers", "2", "--tag", "t", "--no-clone-only", "--max-genres",
            "4");
        var request = Assert.Single(application.Continuations).Request;
        Assert.Equal("4", request.Anew.Parameters["max_genres"]);
        Assert.Equal(("6", 2, "t"), (request.RunId, request.MaxWorkers, Assert.Single(request.Tags)));
    }

    [Fact]
    public async Task The_latest_run_of_the_namespace_can_be_continued_by_that_word()
    {
        using var store = new SampleStore();
        await store.AddRunAsync("6");
        await store.AddRunAsync("7", "bob");
        var application = store.Application;
        await CommandLineRun.OfAsync(application, "resume", "--continue", "latest");
        Assert.Equal("6", Assert.Single(application.Continuations).Request.RunId);
    }

    [Fact]
    public async Task Options_of_the_cache_reach_the_run()
    {
        var application = new FakeApplication();
        await CommandLineRun.OfAsync(application, "run", "--cache", "--cache-runs", "5", "--explain", "--until", "Join");
        var request = Assert.Single(application.Runs).Request;
        Assert.True(request is { UsesCache: true, CacheRuns: 5, Explains: true, Until: "join", Resume: null });
    }
}
