using System.Text.Json;
using Metaflow.Errors;
using Metaflow.FarStore;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs on a store that is far away: 40 ms for each answer, conditional writes, no append, no rename, no empty folders.</summary>
public sealed class FarStoreTests : IAsyncDisposable
{
    private readonly Workplace _place = new();
    private readonly ObjectServer _server = new(TimeSpan.FromMilliseconds(40));

    public FarStoreTests()
    {
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "objects";
        _place.Environment["METAFLOW_DATASTORE_SYSROOT_OBJECTS"] = _server.Address;
    }

    public ValueTask DisposeAsync()
    {
        _place.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task A_flow_whose_scheduler_is_killed_is_continued_to_its_end()
    {
        var id = await _place.KillSchedulerAsync();
        Assert.Contains("dead", (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        (await _place.RunAsync("MendableFlow", "resume", "--continue", id)).Succeeded();

        Assert.Contains("done", (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("2", (await _place.RunAsync("MendableFlow", "plan", "value", "end", "number")).Succeeded().Output.Trim());
        Assert.Contains(
            "number 2", (await _place.RunAsync("MendableFlow", "logs", $"{id}/end")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains(
            ErrorCodes.RunHasSucceeded,
            (await _place.RunAsync("MendableFlow", "resume", "--continue", id)).Errors,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.Root), "something was kept in files");
    }

    [Fact]
    public async Task A_run_at_work_is_left_to_its_scheduler()
    {
        using var process = _place.Start("MendableFlow", "run", "--way", "wait", "--run-id-file", "id");
        await process.LinesWithAsync("before");
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        Assert.Contains("running", (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains(
            ErrorCodes.RunIsAlive, (await _place.RunAsync("MendableFlow", "resume", "--continue", id)).Errors, StringComparison.Ordinal);
        process.Signal("INT");
        Assert.NotEqual(0, (await process.EndAsync()).ExitCode);
        Assert.Contains("cancelled", (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreach_runs_is_resumed_and_tagged_while_the_server_refuses_requests_and_loses_answers()
    {
        _server.RefusesEach = 29;
        _server.LosesAnswerOfEach = 31;
        (await _place.RunAsync("ForeachFlow", "run", "--count", "6", "--tag", "far")).Succeeded();
        (await _place.RunAsync("ForeachFlow", "resume", "join")).Succeeded();
        Assert.Contains("done", (await _place.RunAsync("ForeachFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);

        // The first two runs go, with what only they referred to; the latest one is still whole.
        (await _place.RunAsync("ForeachFlow", "run", "--count", "4")).Succeeded();
        _server.Age("", TimeSpan.FromDays(2));
        using var collected = JsonDocument.Parse(
            (await _place.RunAsync("ForeachFlow", "gc", "--keep-last", "0", "--delete", "--json")).Succeeded().Output);
        Assert.Equal(2, collected.RootElement.GetProperty("runs").GetArrayLength());
        Assert.True(collected.RootElement.GetProperty("blobs").GetInt32() > 0);
        (await _place.RunAsync("ForeachFlow", "resume", "join")).Succeeded();
        Assert.Contains(_server.Paths, static path => path.EndsWith("/latest_run", StringComparison.Ordinal));
    }
}
