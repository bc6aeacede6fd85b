using System.Collections.Concurrent;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Scenarios.Tests.Durability;

namespace Metaflow.Scenarios.Tests;

public sealed class ResumeTests : IDisposable
{
    private const string Flow = "PatchworkFlow";

    // What a run without a failure ends with: several tests compare with the same.
    private static readonly ConcurrentDictionary<string, Task<List<string>>> Expected = new(StringComparer.Ordinal);

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>Gets the tasks that fail, and their steps: each kind of step in the long tests, and others of them each day.</summary>
    public static TheoryData<string, string> Failing
    {
        get
        {
            (string Task, string Step)[] all =
            [
                ("start", "start"), ("body[1]", "body"), ("again[0][1]", "again"), ("fan[1]", "fan"), ("part[0,0]", "part"),
                ("parts_joined[2]", "parts_joined"), ("right[1]", "right"), ("gathered", "gathered"), ("end", "end"),
            ];
            return [.. all.Where(static (_, index) => FaultSweep.IsLong || (index - DateTime.UtcNow.DayOfYear) % 3 == 0)];
        }
    }

    /// <summary>Appendix C 6: each kind of step fails once.</summary>
    [Theory]
    [MemberData(nameof(Failing))]
    public async Task A_resume_after_any_step_failed_ends_as_an_unbroken_run_does(string failing, string step)
    {
        var failed = await FailAsync(failing, "--seed", "2");
        var resumed = await ResumeAsync();
        Assert.Equal(await ExpectedAsync("--seed", "2"), resumed.Data.Get<List<string>>("seen"));
        Assert.Equal(failed.Pathspec, resumed.OriginPathspec);
        Assert.Equal(failed.Id, resumed.Data.Get<string?>("origin"));
        Assert.Contains(resumed.Step(step).Tasks, task => task.OriginPathspec is null);

        // Whatever succeeded is there once, as a clone, and nothing ran that had succeeded, with its logs.
        foreach (var done in failed.Tasks.Where(static task => task.Finished))
        {
            var clone = Assert.Single(resumed.Step(done.Step.Name).Tasks, task => task.OriginPathspec == done.Pathspec);
            Assert.True(clone.Successful);
            Assert.Equal(done.Stdout, clone.Stdout);
            Assert.NotEmpty(clone.Stdout);
            Assert.Equal(done.Data.Names, clone.Data.Names);
            Assert.All(done.AllArtifacts, artifact => Assert.Equal(artifact.Sha, clone.Artifact(artifact.Name).Sha));
            Assert.Equal(done.Index, clone.Index);
            Assert.Equal(done.MetadataDictionary["read-artifacts"], clone.MetadataDictionary["read-artifacts"]);
        }

        Assert.All(
            resumed.Tasks.Where(static task => task.OriginPathspec is null),
            task => Assert.Equal(failed.Id, task.MetadataDictionary["origin-run-id"]));
    }

    [Fact]
    public async Task A_resumed_run_can_be_resumed()
    {
        await FailAsync("again[0][1]", "--seed", "4");
        var second = await FailAsync("gathered", "--seed", "4", resume: true);
        var third = await ResumeAsync();
        Assert.Equal(await ExpectedAsync("--seed", "4"), third.Data.Get<List<string>>("seen"));
        Assert.Equal(second.Pathspec, third.OriginPathspec);

        // A clone of a clone tells the task that it was cloned from, and its merged metadata reach the first.
        var body = third.Step("body").Tasks[0];
        Assert.StartsWith($"{second.Pathspec}/body/", body.OriginPathspec, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_succeeded_runs_again_with_what_follows_it_when_it_is_named()
    {
        var first = await _place.SucceedAsync(Flow, "--seed", "1");
        var resumed = await ResumeAsync("Pay", "--origin-run-id", first.Pathspec, "--tag", "again", "--run-id-file", "id.txt");
        Assert.Equal(["end", "pay"], Executed(resumed));
        Assert.Equal(["again"], resumed.UserTags);
        Assert.Equal(resumed.Id, await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_resume_of_a_successful_run_clones_everything()
    {
        var first = await _place.SucceedAsync(Flow, "--seed", "1");
        var resumed = await ResumeAsync();
        Assert.Empty(Executed(resumed));
        Assert.True(resumed.Successful);
        Assert.Equal(first.Tasks.Count, resumed.Tasks.Count);
        Assert.Null(resumed.Data.Get<string?>("origin"));
    }

    [Fact]
    public async Task The_newest_run_is_resumed_be_it_a_resumed_one()
    {
        await _place.SucceedAsync(Flow, "--seed", "1");
        var second = await ResumeAsync();
        Assert.Equal(second.Pathspec, (await ResumeAsync("--origin-run-id", "latest")).OriginPathspec);
    }

    [Fact]
    public async Task A_resume_that_ends_before_all_is_cloned_is_passed_over_by_the_next()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no file that is always full");
        var first = await FailAsync("gathered", "--seed", "1");

        var broken = await _place.RunAsync(Flow, "resume", "--run-id-file", "/dev/full");

        Assert.True(
            broken.ExitCode == ExitCodes.Failure && broken.Errors.Contains(ErrorCodes.RunIdFileNotWritten, StringComparison.Ordinal),
            broken.All);
        Assert.Equal(RunState.Failed, _place.Client().Flow(Flow).LatestRun!.State);
        Assert.Equal(first.Pathspec, (await ResumeAsync()).OriginPathspec);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("resume")]
    public async Task A_file_for_the_id_that_cannot_be_is_refused_before_there_is_a_run(string command)
    {
        var run = await _place.SucceedAsync(Flow);
        var refused = await _place.RunAsync(Flow, command, "--run-id-file", "no/such/folder/id");
        Assert.Contains(ErrorCodes.RunIdFileNotWritten, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(run.Id, Assert.Single(_place.Client().Flow(Flow).Runs()).Id);
    }

    [Fact]
    public async Task A_clone_only_resume_runs_nothing()
    {
        await FailAsync("gathered", "--seed", "1");
        var outcome = (await _place.RunAsync(Flow, "resume", "--clone-only")).Succeeded();
        var resumed = _place.Client().Flow(Flow).LatestRun!;
        Assert.Contains("Stopped as requested", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(Executed(resumed));
        Assert.False(resumed.Finished);
        Assert.Equal(RunState.Cancelled, resumed.Status!.State);
        Assert.True((await ResumeAsync()).Successful);
    }

    [Fact]
    public async Task Only_what_leads_to_the_last_step_wanted_runs()
    {
        (await _place.RunAsync(Flow, "run", "--seed", "1", "--until", "left")).Succeeded();
        var run = _place.Client().Flow(Flow).LatestRun!;
        var steps = run.Steps.Select(static step => step.Name).ToList();
        Assert.Contains("left", steps);
        Assert.DoesNotContain("right", steps);
        Assert.DoesNotContain("meet", steps);
        Assert.True((await ResumeAsync()).Successful);
    }

    [Fact]
    public async Task A_changed_parameter_runs_again_what_read_it()
    {
        var first = await _place.SucceedAsync(Flow, "--seed", "1");
        var plan = (await _place.RunAsync(Flow, "resume", "--bonus", "20", "--dry-run")).Succeeded().Output;
        Assert.Contains("changed parameters: bonus", plan, StringComparison.Ordinal);
        Assert.Contains("1 task to run: it reads parameter 'bonus', which changed", plan, StringComparison.Ordinal);
        var resumed = await ResumeAsync("--bonus", "20");
        Assert.Equal(["end", "pay"], Executed(resumed));
        Assert.Equal(21, resumed.Data.Get<int>("paid_bonus"));
        Assert.Equal(20, resumed.Step("start").Task!.Data.Get<int>("bonus"));
        Assert.Equal(10, first.Step("start").Task!.Data.Get<int>("bonus"));
        Assert.Equal(20L, resumed.Parameters["bonus"]);
    }

    [Fact]
    public async Task A_parameter_that_nothing_read_or_that_has_its_old_value_runs_nothing_again()
    {
        await _place.SucceedAsync(Flow, "--seed", "1", "--bonus", "11");
        var resumed = await ResumeAsync("--unread", "y", "--bonus", "11");
        Assert.Empty(Executed(resumed));
        Assert.Equal("y", resumed.Data.Get<string>("unread"));
        Assert.Equal(11, resumed.Data.Get<int>("bonus"));
    }

    [Fact]
    public async Task Tasks_whose_code_changed_are_named_in_the_plan_and_run_again_only_when_that_is_asked_for()
    {
        await _place.SucceedAsync("LinearFlow");
        Assert.DoesNotContain(
            "code changed", (await _place.RunAsync("LinearFlow", "resume", "--dry-run")).Succeeded().Output, StringComparison.Ordinal);

        // A decorator that may change a result is a part of what a step runs.
        var plan = (await _place.RunAsync("LinearFlow", "resume", "--with", "catch")).Succeeded().Output;
        Assert.Contains("1 task cloned (code changed)", plan, StringComparison.Ordinal);
        Assert.Empty(Executed(_place.Client().Flow("LinearFlow").LatestRun!));

        // A clone still knows the code that its origin ran.
        var rerun = (await _place.RunAsync("LinearFlow", "resume", "--with", "catch", "--rerun-changed")).Succeeded().Output;
        Assert.Contains("1 task to run: its code changed", rerun, StringComparison.Ordinal);
        Assert.Equal(["end", "middle", "start"], Executed(_place.Client().Flow("LinearFlow").LatestRun!));
    }

    [Fact]
    public async Task A_plan_is_printed_as_JSON_and_is_what_happens()
    {
        await FailAsync("fan[1]", "--seed", "2");
        using var plan = JsonDocument.Parse((await _place.RunAsync(Flow, "--quiet", "resume", "--dry-run", "--json")).Succeeded().Output);
        var runs = _place.Client().Flow(Flow).Runs().Count;
        var resumed = await ResumeAsync();
        Assert.Equal(runs + 1, _place.Client().Flow(Flow).Runs().Count);
        foreach (var step in plan.RootElement.GetProperty("steps").EnumerateArray())
        {
            var name = step.GetProperty("step").GetString()!;
            var clones = resumed.Step(name).Tasks.Count(static task => task.OriginPathspec is not null);
            Assert.Equal(step.GetProperty("cloned").GetInt32(), clones);
            var (ran, planned) = (resumed.Step(name).Tasks.Count > clones, step.GetProperty("reruns").GetArrayLength() > 0);

            // What follows a task that runs again is up to that task: its foreach may have no items.
            Assert.True(ran ? planned || step.GetProperty("follows_reruns").GetBoolean() : !planned, name);
        }
    }

    [Fact]
    public async Task Three_processes_resume_into_one_run_together()
    {
        await FailAsync("gathered", "--seed", "2");
        var processes = Enumerable.Range(0, 3)
            .Select(i => _place.Start(Flow, "resume", "--reentrant", "--run-id", "nightly-1", "--resume-identifier", $"gathered-{i}"))
            .ToList();
        var outcomes = await Task.WhenAll(processes.Select(static process => process.EndAsync()));
        processes.ForEach(static process => process.Dispose());
        Assert.All(outcomes, static outcome => outcome.Succeeded());
        Assert.Equal(2, outcomes.Count(static outcome => outcome.Output.Contains("Not the leader", StringComparison.Ordinal)));
        var resumed = _place.Client().Run($"{Flow}/nightly-1");
        Assert.True(resumed.Successful);
        Assert.Single(resumed.Step("gathered").Tasks);

        // Who comes late finds it done.
        var late = (await _place.RunAsync(
            Flow, "resume", "--reentrant", "--run-id", "nightly-1", "--origin-run-id", resumed.OriginPathspec!)).Succeeded();
        Assert.Contains("The leader has finished", late.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resume_that_is_taken_over_goes_on_from_the_run_that_it_began_with()
    {
        var failed = await FailAsync("gathered", "--seed", "2");
        string[] arguments = ["resume", "--reentrant", "--run-id", "nightly-3", "--resume-identifier", "leader"];
        (await _place.RunAsync(Flow, arguments)).Succeeded();

        // As if the leader had died before it said that it is done.
        File.Delete(Path.Combine(_place.Root, Flow, "nightly-3", "_parameters", "0", "_resume_done"));
        (await _place.RunAsync(Flow, arguments)).Succeeded();

        var resumed = _place.Client().Run($"{Flow}/nightly-3");
        Assert.Equal(failed.Pathspec, resumed.OriginPathspec);
        Assert.StartsWith(failed.Pathspec + "/", resumed.Step("start").Task!.OriginPathspec, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--reentrant")]
    [InlineData("--dry-run")]
    public async Task A_run_that_exists_is_not_resumed_into(params string[] options)
    {
        await _place.SucceedAsync(Flow, "--seed", "1");
        (await _place.RunAsync(Flow, "resume", "--run-id", "mine", "--tag", "first")).Succeeded();
        var refused = await _place.RunAsync(Flow, ["resume", "start", "--run-id", "mine", "--tag", "second", .. options]);
        Assert.True(
            refused.ExitCode == ExitCodes.Failure && refused.Errors.Contains(ErrorCodes.RunIdRefused, StringComparison.Ordinal),
            refused.All);
        Assert.Equal(["first"], _place.Client().Run($"{Flow}/mine").UserTags);
        Assert.Empty(Executed(_place.Client().Run($"{Flow}/mine")));
    }

    [Fact]
    public async Task A_follower_says_that_its_leader_is_gone()
    {
        await FailAsync("gathered", "--seed", "1");
        var folder = Path.Combine(_place.Root, Flow, "nightly-2");
        Directory.CreateDirectory(Path.Combine(folder, "_parameters", "0"));
        Directory.CreateDirectory(Path.Combine(folder, "_meta"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "_parameters", "0", "_resume_leader"), "\"other-1\"", TestContext.Current.CancellationToken);
        await using (var status = File.Create(Path.Combine(folder, "_meta", "status.json")))
        {
            new RunStatus(RunState.Running, int.MaxValue - 1, Environment.MachineName, DateTimeOffset.UtcNow).Write(status);
        }

        var follower = await _place.RunAsync(Flow, "resume", "--reentrant", "--run-id", "nightly-2");
        Assert.Equal(ExitCodes.Failure, follower.ExitCode);
        Assert.Contains(ErrorCodes.ResumeLeaderLost, follower.Errors, StringComparison.Ordinal);
        (await _place.RunAsync(Flow, "resume", "--reentrant", "--run-id", "nightly-2", "--resume-identifier", "other-1")).Succeeded();
    }

    [Theory]
    [InlineData(RunState.Failed, "elsewhere", "The leader's run did not succeed: its disk was full")]
    [InlineData(RunState.Running, "elsewhere", ErrorCodes.ResumeLeaderLost)]
    public async Task A_follower_does_not_wait_for_a_leader_that_failed_or_died_on_another_machine(RunState state, string host, string text)
    {
        await FailAsync("gathered", "--seed", "1");
        var folder = Path.Combine(_place.Root, Flow, "nightly-4");
        Directory.CreateDirectory(Path.Combine(folder, "_parameters", "0"));
        Directory.CreateDirectory(Path.Combine(folder, "_meta"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "_parameters", "0", "_resume_leader"), "\"other-1\"", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "_meta", "lock"), "", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "_meta", "lock"), DateTime.UtcNow.AddHours(-1));
        await using (var status = File.Create(Path.Combine(folder, "_meta", "status.json")))
        {
            new RunStatus(state, 1, host, DateTimeOffset.UtcNow.AddHours(-1), state == RunState.Failed ? "its disk was full" : null)
                .Write(status);
        }

        var follower = await _place.RunAsync(Flow, "resume", "--reentrant", "--run-id", "nightly-4");
        Assert.Equal(ExitCodes.Failure, follower.ExitCode);
        Assert.Contains(text, follower.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_another_user_is_resumed_when_it_is_named()
    {
        var first = await _place.SucceedAsync(Flow, "--seed", "1");
        _place.Environment["METAFLOW_USER"] = "colleague";
        Assert.Equal(first.Pathspec, (await ResumeAsync("--origin-run-id", first.Id)).OriginPathspec);
    }

    [Theory]
    [InlineData(ErrorCodes.NoPreviousRun, 1, "resume")]
    [InlineData(ErrorCodes.OriginRunNotFound, 1, "resume", "--origin-run-id", "123")]
    [InlineData(ErrorCodes.OriginRunNotFound, 1, "resume", "--origin-run-id", "OtherFlow/123")]
    [InlineData(ErrorCodes.ResumedStepUnknown, 2, "resume", "gatherd")]
    [InlineData(ErrorCodes.ResumedStepUnknown, 2, "run", "--until", "gatherd")]
    [InlineData(ErrorCodes.UnknownOption, 2, "resume", "--config-value", "a", "b")]
    [InlineData(ErrorCodes.ResumeOptionRefused, 2, "resume", "--reentrant")]
    [InlineData(ErrorCodes.RunIdRefused, 2, "resume", "--run-id", "17")]
    public async Task What_cannot_be_resumed_is_an_error_with_a_code(string code, int exitCode, params string[] arguments)
    {
        var outcome = await _place.RunAsync(Flow, arguments);
        Assert.True(outcome.ExitCode == exitCode && outcome.Errors.Contains(code, StringComparison.Ordinal), outcome.All);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, Flow)), "a refused resume leaves nothing behind");
    }

    private static IEnumerable<string> Executed(RunHandle run)
        => run.Tasks.Where(static task => task.OriginPathspec is null).Select(static task => task.Step.Name).Distinct().Order();

    private static Task<List<string>> ExpectedAsync(string parameter, string value)
        => Expected.GetOrAdd($"{parameter} {value}", _ => RunUnbrokenAsync(parameter, value));

    private static async Task<List<string>> RunUnbrokenAsync(string parameter, string value)
    {
        using var other = new Workplace();
        return (await other.SucceedAsync(Flow, parameter, value)).Data.Get<List<string>>("seen");
    }

    private async Task<RunHandle> FailAsync(string failing, string parameter, string value, bool resume = false)
    {
        _place.Environment["SCENARIO_FAIL"] = failing;
        var outcome = await _place.RunAsync(Flow, resume ? ["resume"] : ["run", parameter, value]);
        _place.Environment.Remove("SCENARIO_FAIL");
        Assert.True(outcome.ExitCode == ExitCodes.Failure, outcome.All);
        return _place.Client().Flow(Flow).LatestRun!;
    }

    private async Task<RunHandle> ResumeAsync(params string[] arguments)
    {
        (await _place.RunAsync(Flow, ["resume", .. arguments])).Succeeded();
        return _place.Client().WithNamespace(null).Flow(Flow).LatestRun!;
    }
}
