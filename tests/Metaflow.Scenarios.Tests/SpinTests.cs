using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Scenarios.Tests;

/// <summary>One step on the inputs of an earlier task.</summary>
public sealed class SpinTests : IDisposable
{
    private readonly Workplace _place = new();

    private string SpinRoot => Path.Combine(_place.Folder, ".metaflow_spin");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_step_runs_on_the_newest_task_s_inputs_and_leaves_no_trace()
    {
        var run = await _place.SucceedAsync("LinearFlow");

        var spin = (await _place.RunAsync("LinearFlow", "spin", "latest/middle")).Succeeded();

        Assert.Contains("hello 2", spin.Output, StringComparison.Ordinal);
        Assert.Contains("number = 2\n", spin.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(SpinRoot));
        Assert.Equal(
            run.Id,
            await File.ReadAllTextAsync(Path.Combine(_place.Root, "LinearFlow", "latest_run"), TestContext.Current.CancellationToken));
        Assert.Single(_place.Client().Flow("LinearFlow").Runs());
    }

    [Fact]
    public async Task Results_that_are_kept_are_read_by_the_client_without_the_earlier_run()
    {
        var run = await _place.SucceedAsync("LinearFlow");
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "given.json"), """{"Number": 30}""", TestContext.Current.CancellationToken);

        (await _place.RunAsync(
            "LinearFlow", "spin", $"LinearFlow/{run.Id}/middle", "--artifact", "number=10", "--persist", "--run-id-file",
            "id")).Succeeded();
        (await _place.RunAsync("LinearFlow", "spin", $"{run.Id}/middle/2", "--artifacts-file", "given.json", "--persist")).Succeeded();

        Directory.Delete(_place.Root, recursive: true);
        var flow = SpinClient().Flow("LinearFlow");
        Assert.Equal([31L, 11L], flow.Runs().Select(static spin => spin.Step("middle").Task!.Data["number"]));
        var first = flow.Run(await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken));
        Assert.Equal("hello", first.Step("middle").Task!.Data["greeting"]);
        Assert.Equal("hello 11\n", first.Step("middle").Task!.Stdout);
    }

    [Fact]
    public async Task What_the_earlier_run_did_not_have_is_given_or_has_its_default()
    {
        await _place.SucceedAsync("LinearFlow");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "notes.txt"), "read me", TestContext.Current.CancellationToken);

        Assert.Contains(
            "number = 31\n", (await _place.RunAsync("GainingFlow", "spin", "latest/middle")).Succeeded().Output, StringComparison.Ordinal);
        var given = (await _place.RunAsync("GainingFlow", "spin", "latest/middle", "--pace", "2", "--notes", "notes.txt")).Succeeded();

        Assert.Contains("number = 7\n", given.Output, StringComparison.Ordinal);
        Assert.Contains("notes: read me", given.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_of_the_flow_s_decorators_count()
    {
        var upstream = await _place.SucceedAsync("LinearFlow");
        await _place.SucceedAsync("ProjectFlow");

        var spin = (await _place.RunAsync("ProjectFlow", "spin", "start", "--branch", "try", "--production", "--trigger", "LinearFlow"))
            .Succeeded();

        Assert.Contains("branch = 'sales.prod.try.ProjectFlow False True'", spin.Output, StringComparison.Ordinal);
        Assert.Contains($"started_by = '{upstream.Pathspec}'", spin.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_deeper_in_a_foreach_has_its_item_too()
    {
        var run = await _place.SucceedAsync("CacheSweepFlow", "--rates", "7,8,9");
        var task = run.Step("tell").Tasks.Single(static task => task.Index == 1);

        var spin = (await _place.RunAsync("CacheSweepFlow", "spin", $"{run.Id}/tell/{task.Id}")).Succeeded();

        Assert.Contains("rate 8", spin.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_of_a_foreach_has_its_item_and_the_newest_is_taken_with_a_hint()
    {
        var run = await _place.SucceedAsync("ForeachFlow");

        var newest = (await _place.RunAsync("ForeachFlow", "spin", "work")).Succeeded();
        Assert.Contains("To make spin even faster, provide complete pathspec ForeachFlow/", newest.All, StringComparison.Ordinal);

        var third = run.Step("work").Tasks.Single(static task => task.Index == 2);
        Assert.Contains(
            "square = 4\n", (await _place.RunAsync("ForeachFlow", "spin", third.Pathspec)).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ForeachFlow", "squares = [0, 1, 4, 9]")]
    [InlineData("BranchFlow", "letters = ['c', 'a', 'b']")]
    public async Task A_join_has_its_inputs_in_order(string flow, string expected)
    {
        var run = await _place.SucceedAsync(flow);
        var before = run.Step("join").Task!;

        var spin = (await _place.RunAsync(flow, "spin", "join", "--persist")).Succeeded();

        var after = SpinClient().Flow(flow).LatestRun!.Step("join").Task!;
        Assert.Equal(before.Data[expected.Split(' ')[0]], after.Data[expected.Split(' ')[0]]);
        Assert.Contains(expected.Split(' ')[0] + " = ", spin.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_are_replaced_and_decorators_that_mean_nothing_are_ignored()
    {
        await _place.SucceedAsync("RetryFlow", "--failures", "0");

        var spin = await _place.RunAsync("RetryFlow", "spin", "start", "--failures", "1");

        Assert.Equal(1, spin.ExitCode);
        Assert.Contains("Decorators that a spin ignores: retry.", spin.All, StringComparison.Ordinal);
        Assert.Single(spin.Output.Split('\n'), static line => line.EndsWith("Task is starting.", StringComparison.Ordinal));
        Assert.Contains(ErrorCodes.StepRaised, spin.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decorators_of_the_command_line_count_as_those_of_the_step_do()
    {
        await _place.SucceedAsync("PatchworkFlow");

        var spin = await _place.RunAsync(
            "PatchworkFlow", "spin", "start", "--with", "retry", "--with", "environment:vars={\"SCENARIO_FAIL\": \"start\"}");

        Assert.Contains("Decorators that a spin ignores: retry.", spin.All, StringComparison.Ordinal);
        Assert.True(spin.ExitCode == ExitCodes.Failure && spin.All.Contains("SCENARIO_FAIL", StringComparison.Ordinal), spin.All);
    }

    [Fact]
    public async Task What_cannot_be_found_is_said()
    {
        var empty = (await _place.SucceedAsync("EmptyForeachFlow")).Step("gather").Tasks.Single(static task => task.Index == 0);
        await _place.SucceedAsync("LinearFlow");

        Assert.Contains(
            $"Did you mean 'middle'? [{ErrorCodes.InvalidPathspec}]",
            (await _place.RunAsync("LinearFlow", "spin", "latest/midle")).Errors,
            StringComparison.Ordinal);
        foreach (var arguments in new[] { "spin latst/middle", "resume --origin-run-id latst", "resume --continue latst" })
        {
            Assert.Contains(
                "Did you mean 'latest'?",
                (await _place.RunAsync("LinearFlow", arguments.Split(' '))).Errors,
                StringComparison.Ordinal);
        }

        Assert.Contains(
            ErrorCodes.SpinArtifactUnknown,
            (await _place.RunAsync("LinearFlow", "spin", "middle", "--artifact", "numbr=1")).Errors,
            StringComparison.Ordinal);
        Assert.Contains(
            $"The artifact 'number' cannot be 'ten'. Its type is 'int'. Use a value of that type as JSON. [{ErrorCodes.InvalidValue}]",
            (await _place.RunAsync("LinearFlow", "spin", "middle", "--artifact", "number=ten")).Errors,
            StringComparison.Ordinal);
        Assert.Contains(
            ErrorCodes.UnknownDecorator,
            (await _place.RunAsync("LinearFlow", "spin", "middle", "--with", "tiemout")).Errors,
            StringComparison.Ordinal);
        Assert.Contains(
            ErrorCodes.SpinNotPossible,
            (await _place.RunAsync("EmptyForeachFlow", "spin", $"{empty.Path.RunId}/gather/{empty.Id}")).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_the_newest_run_did_not_take_is_said_with_a_run_that_did()
    {
        await _place.SucceedAsync("SwitchFlow", "--left", "false");
        var newest = await _place.SucceedAsync("SwitchFlow");
        var without = (await _place.RunAsync("SwitchFlow", "spin", "go_left", "--left", "true")).Succeeded();
        Assert.Contains("way = ", without.Output, StringComparison.Ordinal);

        var spin = await _place.RunAsync("SwitchFlow", "spin", "go_right");
        Assert.Equal(ExitCodes.Failure, spin.ExitCode);
        Assert.Contains(
            $"The run '{newest.Pathspec}' has no task of the step 'go_right'. It did not reach the step: it took another path, or "
                + "ended before. Name a run that reached the step, for example '",
            spin.Errors,
            StringComparison.Ordinal);
        var named = spin.Errors.Split("for example '")[1].Split('\'')[0];
        Assert.Contains("right", (await _place.RunAsync("SwitchFlow", "spin", named)).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_kept_that_no_record_names_and_the_id_is_written_or_the_error_is_clear()
    {
        var run = await _place.SucceedAsync("BranchFlow");
        (await _place.RunAsync("BranchFlow", "spin", "join", "--persist", "--run-id-file", "id")).Succeeded();
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        var folders = Directory.GetDirectories(Path.Combine(SpinRoot, "BranchFlow", id))
            .Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["_meta", "_parameters", "join"], folders);
        Assert.Equal(["join"], SpinClient().Flow("BranchFlow").Run(id).Steps.Select(static step => step.Name));

        var refused = await _place.RunAsync("BranchFlow", "spin", "join", "--run-id-file", "no/such/folder/id");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(ErrorCodes.RunIdFileNotWritten, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(run.Id, _place.Client().Flow("BranchFlow").LatestRun!.Id);
    }

    private MetaflowClient SpinClient()
        => new MetaflowClient(new Settings.MetaflowSettings { User = "tester", Datastore = StoreAddress.Local(SpinRoot) })
            .WithNamespace(null);
}
