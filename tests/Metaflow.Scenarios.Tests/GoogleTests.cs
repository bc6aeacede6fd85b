using System.Text.Json;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in Google Cloud Storage, as an emulator with the tests' own conditions has it.</summary>
public sealed class GoogleTests(GoogleEmulator emulator) : IAsyncLifetime
{
    private readonly Workplace _place = new();
    private FaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        var rules = await emulator.RequiredAsync();
        _proxy = await FaultProxy.StartAsync(rules.Address);
        _place.Environment["STORAGE_EMULATOR_HOST"] = _proxy.Address.ToString();
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "gs";
        _place.Environment["METAFLOW_DATASTORE_SYSROOT_GS"] = $"gs://{rules.CreateBucket()}/some/runs";
    }

    public async ValueTask DisposeAsync()
    {
        _place.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_flow_whose_scheduler_is_killed_is_continued_to_its_end()
    {
        var id = await _place.KillSchedulerAsync();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        (await _place.RunAsync("MendableFlow", "resume", "--continue", id)).Succeeded();

        Assert.Contains(
            "number 2", (await _place.RunAsync("MendableFlow", "logs", $"{id}/end")).Succeeded().Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.Root), "something was kept in files");
    }

    [Fact]
    public async Task A_foreach_runs_and_is_resumed_while_requests_fail_and_answers_are_lost()
    {
        _proxy.Faults = static (number, request) => (number % 29, number % 31, number % 37) switch
        {
            (0, _, _) => Fault.SlowDown,
            (_, 0, _) => Fault.LostResponse,
            (_, _, 0) => request.Method == "GET" ? Fault.TornResponse : Fault.LostRequest,
            _ => Fault.None,
        };
        (await _place.RunAsync("ForeachFlow", "run", "--count", "6")).Succeeded();
        (await _place.RunAsync("ForeachFlow", "resume", "join")).Succeeded();
        using var runs = JsonDocument.Parse((await _place.RunAsync("ForeachFlow", "runs", "--json")).Succeeded().Output);
        Assert.Equal(2, runs.RootElement.GetArrayLength());
        Assert.All(runs.RootElement.EnumerateArray(), static run => Assert.Equal("succeeded", run.GetProperty("state").GetString()));
    }
}
