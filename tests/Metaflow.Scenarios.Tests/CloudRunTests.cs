using System.Text.Json;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests;

/// <summary>What runs do in the store of any service, behind a proxy that can fail its requests.</summary>
public abstract class CloudRunTests : IAsyncLifetime
{
    private readonly RunCloud _cloud;

    private protected CloudRunTests(RunCloud cloud) => _cloud = cloud;

    private protected Workplace Place { get; } = new();

    private protected FaultProxy Proxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var server = await _cloud.ServerAsync();
        Proxy = await FaultProxy.StartAsync(server);
        foreach (var (name, value) in _cloud.VariablesOf(Proxy.Address, await _cloud.CreatePlaceAsync(server)))
        {
            Place.Environment[name] = value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Place.Dispose();
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_flow_whose_scheduler_is_killed_is_continued_to_its_end()
    {
        var id = await Place.KillSchedulerAsync();
        await File.WriteAllTextAsync(Path.Combine(Place.Folder, "mended"), "", CancellationToken.None);

        (await Place.RunAsync("MendableFlow", "resume", "--continue", id)).Succeeded();

        Assert.Contains("succeeded", (await Place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains(
            "number 2", (await Place.RunAsync("MendableFlow", "logs", $"{id}/end")).Succeeded().Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Place.Root), "something was kept in files");
    }

    [Fact]
    public async Task A_foreach_runs_and_is_resumed_while_requests_fail_and_answers_are_lost()
    {
        Proxy.Faults = static (number, request) => (number % 29, number % 31, number % 37) switch
        {
            (0, _, _) => Fault.SlowDown,
            (_, 0, _) => Fault.LostResponse,
            (_, _, 0) => request.Method == "GET" ? Fault.TornResponse : Fault.LostRequest,
            _ => Fault.None,
        };
        (await Place.RunAsync("ForeachFlow", "run", "--count", "6")).Succeeded();
        (await Place.RunAsync("ForeachFlow", "resume", "join")).Succeeded();
        using var runs = JsonDocument.Parse((await Place.RunAsync("ForeachFlow", "runs", "--json")).Succeeded().Output);
        Assert.Equal(2, runs.RootElement.GetArrayLength());
        Assert.All(runs.RootElement.EnumerateArray(), static run => Assert.Equal("succeeded", run.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_profile_that_the_tool_sets_up_is_enough_for_runs()
    {
        var root = Place.Environment.Single(static variable => variable.Key.Contains("SYSROOT", StringComparison.Ordinal)).Value;
        Place.Environment["METAFLOW_HOME"] = Path.Combine(Place.Folder, "home");
        (await Place.RunToolAsync("configure", _cloud.Name, "--root", root, "--profile", "ours", "--yes")).Succeeded();
        foreach (var name in Place.Environment.Keys.Where(static name => name.StartsWith("METAFLOW_DEFAULT", StringComparison.Ordinal)
            || name.Contains("SYSROOT", StringComparison.Ordinal) || name.Contains("ENDPOINT", StringComparison.Ordinal)).ToList())
        {
            Place.Environment.Remove(name);
        }

        Place.Environment["METAFLOW_PROFILE"] = "ours";
        (await Place.RunAsync("LinearFlow", "run")).Succeeded();

        Assert.Contains("succeeded", (await Place.RunToolAsync("runs", "LinearFlow")).Succeeded().Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Place.Root), "something was kept in files");
    }
}
