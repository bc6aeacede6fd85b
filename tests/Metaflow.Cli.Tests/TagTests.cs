using Metaflow.Errors;

namespace Metaflow.Cli.Tests;

public sealed class TagTests : IDisposable
{
    private readonly SampleStore _store = new();

    [Fact]
    public async Task Tags_are_added_and_the_new_ones_printed()
    {
        await _store.AddRunAsync("7");

        var add = await _store.ExecuteAsync("tag", "add", "--run-id", "7", "zeta", "b c");

        Assert.Equal(0, add.ExitCode);
        Assert.EndsWith(
            "Operation successful. New tags:\n\nSystem tags and *tags*; only *tags* can be modified\n" + new string('-', 51) + "\n\n",
            add.Error,
            StringComparison.Ordinal);
        Assert.Equal("*b c*          runtime:dev    user:ada       *zeta*\n\n", add.Out);
        Assert.Equal("b c\nruntime:dev\nuser:ada\nzeta\n", (await _store.ExecuteAsync("tag", "list", "--flat")).Out);
    }

    [Fact]
    public async Task Tags_are_removed()
    {
        await _store.AddRunAsync("7", "ada", "one", "two", "three");

        var remove = await _store.ExecuteAsync("tag", "remove", "one", "three", "none", "--run-id", "EmptyFlow/7", "--quiet");

        Assert.Equal(new CommandLineRun(0, "EmptyFlow/7 ; runtime:dev,user:ada ; two\n", ""), remove);
    }

    [Fact]
    public async Task Tags_are_replaced_in_one_step()
    {
        await _store.AddRunAsync("7", "ada", "candidate");

        var replace = await _store.ExecuteAsync(
            "tag", "replace", "--run-id", "7", "--remove", "candidate", "--add", "released", "--add", "x", "--json", "--quiet");

        Assert.Equal((0, ""), (replace.ExitCode, replace.Error));
        Assert.Equal(
            "{\n    \"run\": \"EmptyFlow/7\",\n    \"user_tags\": [\n        \"released\",\n        \"x\"\n    ],\n"
            + "    \"system_tags\": [\n        \"runtime:dev\",\n        \"user:ada\"\n    ]\n}\n",
            replace.Out);
    }

    [Theory]
    [InlineData("Specify at least one tag to remove.", "--add", "x")]
    [InlineData("Specify at least one tag to add.", "--remove", "x")]
    [InlineData("Specify at least one tag to add (--add) and one tag to remove (--remove).")]
    public async Task Replacing_needs_both_kinds(string message, params string[] options)
    {
        await _store.AddRunAsync("7");

        var replace = await _store.ExecuteAsync(["tag", "replace", "--run-id", "7", .. options]);

        Assert.Equal(2, replace.ExitCode);
        Assert.Contains($"Error: {message} Use 'tag add' to add only", replace.Error);
        Assert.EndsWith($"[{ErrorCodes.OptionsConflict}]\n", replace.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add", "x")]
    [InlineData("remove", "x")]
    [InlineData("replace", "--add", "x", "--remove", "y")]
    public async Task No_run_is_guessed(params string[] arguments)
    {
        await _store.AddRunAsync("7");
        await _store.AddRunAsync("8", "bob");

        var change = await _store.ExecuteAsync(["tag", .. arguments]);

        Assert.Equal((1, ""), (change.ExitCode, change.Out));
        Assert.Contains("Please specify a run-id using --run-id.", change.Error);
        Assert.Contains("The latest run of 'EmptyFlow' in namespace 'user:ada' has id '7'.", change.Error);
        Assert.Contains("[MF2100]", change.Error);
        Assert.DoesNotContain("x", (await _store.ExecuteAsync("tag", "list", "--flat")).Out);
    }

    [Fact]
    public async Task The_latest_run_can_be_asked_for()
    {
        await _store.AddRunAsync("7");
        await _store.AddRunAsync("8");
        await _store.AddRunAsync("9", "bob");

        await _store.ExecuteAsync("tag", "add", "--run-id", "latest", "newest");

        Assert.Equal("newest\n", (await _store.ExecuteAsync("tag", "list", "8", "--flat", "--hide-system-tags")).Out);
    }

    [Fact]
    public async Task A_run_of_another_namespace_is_changed_only_in_that_namespace()
    {
        await _store.AddRunAsync("7");
        await _store.AddRunAsync("8", "eve");

        var refused = await _store.ExecuteAsync("tag", "add", "--run-id", "8", "x");
        var added = await _store.ExecuteAsync("tag", "add", "--run-id", "8", "x", "--namespace", "user:eve");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("[MF5005]", refused.Error);
        Assert.Contains("Look there with '--namespace user:eve'.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, added.ExitCode);
    }

    [Fact]
    public async Task A_system_tag_cannot_be_removed()
    {
        await _store.AddRunAsync("7", "ada", "one");

        var remove = await _store.ExecuteAsync("tag", "remove", "--run-id", "7", "user:ada", "one");

        Assert.Equal(1, remove.ExitCode);
        Assert.Contains("[MF5007]", remove.Error);
        Assert.Contains("one\n", (await _store.ExecuteAsync("tag", "list", "--flat")).Out);
    }

    [Fact]
    public async Task A_flow_that_was_never_run_has_no_tags()
    {
        var list = await _store.ExecuteAsync("tag", "list");

        Assert.Equal(1, list.ExitCode);
        Assert.Contains("No run was found of the flow 'EmptyFlow'.", list.Error);
        Assert.Contains("Run it with 'dotnet run flow.cs -- run'", list.Error);
        Assert.Contains("[MF2102]", list.Error);
    }

    [Fact]
    public async Task Lists_are_grouped_by_run_or_by_tag()
    {
        await _store.AddRunAsync("7", "ada", "one", "two");
        await _store.AddRunAsync("8", "bob", "two");

        var byRun = await _store.ExecuteAsync("tag", "list", "--group-by-run", "--hide-system-tags");
        var byTag = await _store.ExecuteAsync("tag", "list", "--group-by-tag", "--hide-system-tags");
        var quiet = await _store.ExecuteAsync("tag", "list", "--group-by-tag", "--quiet");
        var mine = await _store.ExecuteAsync("tag", "list", "--my-runs", "--quiet");

        Assert.Equal("For run EmptyFlow/7\n*one*    *two*\n\nFor run EmptyFlow/8\n*two*\n\n", byRun.Out);
        Assert.Equal("For tag *one*\nEmptyFlow/7\n\nFor tag *two*\nEmptyFlow/7    EmptyFlow/8\n\n", byTag.Out);
        Assert.Equal(
            "user:one ; EmptyFlow/7\nsystem:runtime:dev ; EmptyFlow/7,EmptyFlow/8\nuser:two ; EmptyFlow/7,EmptyFlow/8\n"
            + "system:user:ada ; EmptyFlow/7\nsystem:user:bob ; EmptyFlow/8\n",
            quiet.Out);
        Assert.Equal("EmptyFlow/7 ; runtime:dev,user:ada ; one,two\n", mine.Out);
    }

    [Fact]
    public async Task A_list_is_as_wide_as_the_terminal()
    {
        await _store.AddRunAsync("7", "ada", [.. Enumerable.Range(10, 20).Select(static number => $"tag-{number}")]);

        var list = await CommandLineRun.WithStreamsAsync(
            _store.Application, static streams => streams with { Width = static () => 40 }, "tag", "list");

        Assert.All(list.Out.Split('\n'), static line => Assert.True(line.Length <= 40, line));
        Assert.Contains("*tag-10*", list.Out);
        Assert.Contains("*tag-29*", list.Out);
    }

    [Theory]
    [InlineData("Option '--all' cannot be used together with '--my-runs'.", "--all", "--my-runs")]
    [InlineData("The run is given twice.", "7", "--run-id", "7")]
    [InlineData("A run is given, and many are asked for.", "7", "--all")]
    [InlineData("Option '--group-by-tag' cannot be used together with '--group-by-run'.", "--group-by-run", "--group-by-tag")]
    [InlineData("Option '--group-by-run' cannot be used together with '--flat'.", "--group-by-run", "--flat")]
    public async Task Options_that_exclude_each_other_are_refused(string message, params string[] options)
    {
        var list = await _store.ExecuteAsync(["tag", "list", .. options]);

        Assert.Equal(2, list.ExitCode);
        Assert.Contains($"Error: {message}", list.Error);
        Assert.EndsWith("[MF2101]\n", list.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No such command 'tag ad'. Did you mean 'tag add'?", "tag", "ad", "x")]
    [InlineData("No such command 'tag frobnicate'. The commands are tag add, tag remove, tag replace, tag list.", "tag", "frobnicate")]
    [InlineData("No such option: --run-di. Did you mean '--run-id'?", "tag", "add", "--run-di", "7", "x")]
    [InlineData("Missing argument 'TAGS'.", "tag", "add", "--run-id", "7")]
    [InlineData("No such command 'tag ad'. Did you mean 'tag add'?", "help", "tag", "ad")]
    [InlineData("No such option: --run-id.", "tag", "--run-id", "7", "add", "x")]
    public async Task A_mistyped_sub_command_is_explained(string message, params string[] arguments)
    {
        var run = await _store.ExecuteAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("Error: " + message, run.Error);
    }

    [Fact]
    public async Task A_group_alone_shows_its_commands()
    {
        var alone = await _store.ExecuteAsync("tag");

        Assert.Equal((0, ""), (alone.ExitCode, alone.Error));
        Assert.Contains("Usage: dotnet run flow.cs -- tag COMMAND [OPTIONS] [ARGS]...\n", alone.Out);
        Assert.Contains("  tag replace  Replace tags of a run in one step.\n", alone.Out);
        Assert.Equal(alone, await _store.ExecuteAsync("tag", "--help"));
        Assert.Equal(alone, await _store.ExecuteAsync("help", "tag"));
    }

    [Fact]
    public async Task A_variable_sets_an_option_of_a_sub_command()
    {
        await _store.AddRunAsync("7");

        await CommandLineRun.WithEnvironmentAsync(_store.Application, new() { ["METAFLOW_TAG_ADD_RUN_ID"] = "7" }, "tag", "add", "x");

        Assert.Contains("x\n", (await _store.ExecuteAsync("tag", "list", "--flat")).Out);
    }

    public void Dispose() => _store.Dispose();
}
