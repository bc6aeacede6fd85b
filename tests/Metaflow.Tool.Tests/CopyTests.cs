using System.Text.Json;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Tool.Tests;

public sealed class CopyTests : IDisposable
{
    private readonly ToolPlace _place = new();

    private string Archive => Path.Combine(_place.Folder, "archive");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_is_copied_to_a_folder_and_from_it()
    {
        await AddAsync("TrainFlow", "17", "good");
        var there = await _place.RunAsync("copy", "TrainFlow/17", "--to", "archive");
        Directory.Move(Path.Combine(_place.Folder, ".metaflow"), Path.Combine(_place.Folder, "gone"));
        var back = await _place.RunAsync("copy", "TrainFlow/17", "--from", "archive");

        Assert.Equal((0, "", 0, ""), (there.ExitCode, there.Error, back.ExitCode, back.Error));
        Assert.Equal("Copied TrainFlow/17: 1 task, 5 objects sent (221 B), 0 found.\n", there.Out);
        Assert.Equal(there.Out, back.Out);
        Assert.Equal(["good"], new MetaflowClient(_place.Folder).WithNamespace(null).Run("TrainFlow/17").UserTags);
        Assert.Equal("Already there: TrainFlow/17: 1 task, 0 objects sent (0 B), 2 found.\n", (await _place.RunAsync(
            "copy", "TrainFlow/17", "--from", "archive")).Out);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_copied_and_copies_nothing()
    {
        await AddAsync("TrainFlow", "17");
        var planned = await _place.RunAsync("copy", "TrainFlow/17", "--to", "archive", "--dry-run");
        Assert.Equal((0, "Would copy TrainFlow/17: 1 task, 5 objects sent (221 B), 0 found.\n"), (planned.ExitCode, planned.Out));
        Assert.False(Directory.Exists(Archive));
    }

    [Fact]
    public async Task The_runs_of_a_flow_are_copied_that_meet_the_conditions()
    {
        foreach (var (id, user, tag) in ((string, string, string)[])
            [("1", "ada", "good"), ("2", "eve", "good"), ("3", "ada", "bad"), ("4", "ada", "good"), ("5", "ada", "good")])
        {
            await AddAsync("TrainFlow", id, tag, user);
        }

        await _place.SetStateAsync("TrainFlow", "5", RunState.Failed);
        var copied = await _place.RunAsync(
            "copy", "TrainFlow", "--to", "archive", "--tag", "good", "--user", "ada", "--state", "succeeded", "--limit", "5", "--json");

        Assert.Equal((0, ""), (copied.ExitCode, copied.Error));
        using var json = JsonDocument.Parse(copied.Out);
        Assert.Equal(["TrainFlow/1", "TrainFlow/4"], json.RootElement.GetProperty("runs").EnumerateArray()
            .Select(static run => run.GetProperty("run").GetString()).Order());
        Assert.Equal($"local:{Archive}/.metaflow", json.RootElement.GetProperty("to").GetString());
        Assert.Equal(["4", "1"], new MetaflowClient(Archive).WithNamespace(null).Flow("TrainFlow").Runs().Select(static run => run.Id));
    }

    [Fact]
    public async Task A_run_that_is_running_is_left_out_of_a_flow_and_refused_by_name()
    {
        await AddAsync("TrainFlow", "17");
        await AddAsync("TrainFlow", "18");
        await _place.SetStateAsync("TrainFlow", "18", RunState.Running);
        using var held = await _place.TakeRunAsync("TrainFlow", "18");

        var all = await _place.RunAsync("copy", "TrainFlow", "--to", "archive");
        Assert.Equal((0, "The run 'TrainFlow/18' is still running, and is not copied.\n"), (all.ExitCode, all.Error));
        var named = await _place.RunAsync("copy", "TrainFlow/18", "--to", "archive");
        Assert.Equal(1, named.ExitCode);
        Assert.Contains(ErrorCodes.RunToCopyIsRunning, named.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _place.RunAsync("copy", "TrainFlow/18", "--to", "archive", "--running")).ExitCode);
    }

    [Fact]
    public async Task One_run_that_cannot_be_copied_does_not_keep_back_the_others()
    {
        await AddAsync("TrainFlow", "17");
        await AddAsync("TrainFlow", "18");
        await AddAsync("TrainFlow", "19");
        File.WriteAllText(Path.Combine(_place.Folder, ".metaflow", "TrainFlow", "18", "start", "1", "0.data.json"), "{");

        var copied = await _place.RunAsync("copy", "TrainFlow/17", "TrainFlow/18", "TrainFlow/19", "--to", "archive");

        Assert.Equal(1, copied.ExitCode);
        Assert.Contains($"[{ErrorCodes.RunToCopyIsDamaged}]", copied.Error, StringComparison.Ordinal);
        var flow = new MetaflowClient(Archive).WithNamespace(null).Flow("TrainFlow");
        Assert.Equal(["17", "19"], flow.Runs().Select(static run => run.Id).Order());
        Assert.Equal(0, (await _place.RunAsync("copy", "TrainFlow/18", "--to", "archive", "--damaged")).ExitCode);
    }

    [Theory]
    [InlineData(ErrorCodes.WrongArguments, "copy", "TrainFlow/17")]
    [InlineData(ErrorCodes.WrongArguments, "copy", "--to", "archive")]
    [InlineData(ErrorCodes.OptionsConflict, "copy", "TrainFlow/17", "--to", "archive", "--tag", "good")]
    [InlineData(ErrorCodes.CopyNotPossible, "copy", "TrainFlow/17", "--to", ".")]
    [InlineData(ErrorCodes.UnknownStoreType, "copy", "TrainFlow/17", "--to", "shelf://one")]
    public async Task A_command_line_that_names_no_way_is_refused(string code, params string[] arguments)
    {
        await AddAsync("TrainFlow", "17");
        var refused = await _place.RunAsync(arguments);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(code, refused.Error, StringComparison.Ordinal);
    }

    private async Task AddAsync(string flow, string id, string tag = "good", string user = "ada")
    {
        await _place.AddRunAsync(flow, id, user, tag);
        var provider = new LocalMetadataProvider(Path.Combine(_place.Folder, ".metaflow"), TimeProvider.System);
        var run = (await provider.FindRunAsync(flow, id, TestContext.Current.CancellationToken))!;
        var task = new TaskPath(flow, id, "start", "1");
        await provider.RegisterTaskAsync(run, task, TestContext.Current.CancellationToken);
        await new LocalBlobStore(Path.Combine(_place.Folder, ".metaflow")).SaveAsync(
            [new BlobWrite($"{task}/0.data.json", """{"objects": {}, "info": {}}"""u8.ToArray())], overwrite: true,
            TestContext.Current.CancellationToken);
        await provider.RecordAsync(
            run, task, [new MetadataDatum("attempt", "attempt", "0", ["attempt_id:0"])], [], TestContext.Current.CancellationToken);
        await _place.SetStateAsync(flow, id, RunState.Succeeded);
    }
}
