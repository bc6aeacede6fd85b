using System.Collections.Concurrent;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>Does something to each request that a run of ten tasks sends to the store of a cloud, of the scheduler and of the tasks:
/// whatever happens, what was acknowledged stays, no reader sees a half task, and the run can be completed.</summary>
public sealed class RequestFaultTests(MotoServer moto, AzuriteServer azurite, GoogleEmulator google)
{
    /// <summary>A request that fails is sent again, so one run survives many of these faults.</summary>
    private const int BetweenPassing = 16;

    /// <summary>A task sends some 60 requests, and starts again after its process was killed: so many are enough for progress.</summary>
    private const int BetweenKills = 150;

    /// <summary>A run whose processes are killed again and again comes to no end.</summary>
    private const int MostCommands = 6;

    private const int Requests = 700;

    /// <summary>The long tests try so many times the places of the daily ones.</summary>
    private const int LongFactor = 15;

    private static readonly Fault[] Passing =
    [
        Fault.SlowDown, Fault.InternalError, Fault.LostRequest, Fault.TornRequest, Fault.Silence, Fault.LostResponse, Fault.TornResponse,
    ];

    private readonly ConcurrentDictionary<Fault, int> _counts = new();

    public static TheoryData<string> Clouds => ["aws", "azure", "gcp"];

    [Theory]
    [MemberData(nameof(Clouds))]
    public async Task Whatever_happens_to_a_request_the_run_goes_on(string cloud)
    {
        // One place has faults of all kinds, one after the other.
        await SweepAsync(cloud, ["Passing"], BetweenPassing * Passing.Length, 1, async (flow, bucket, _, place) =>
        {
            bucket.Proxy.Faults = (number, _) => (number + place) % BetweenPassing == 0
                ? Count(Passing[((number + place) / BetweenPassing) % Passing.Length]) : Fault.None;
            using var process = await flow.GoOnAsync();
            var outcome = (await process!.EndAsync()).Succeeded();
            await flow.AssertKeptAsync(outcome.Output);
        });
    }

    [Theory]
    [MemberData(nameof(Clouds))]
    public async Task Whichever_request_a_process_is_killed_at_nothing_acknowledged_is_lost_and_the_run_is_completed(string cloud)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which process has a connection.");
        await SweepAsync(cloud, [nameof(Fault.KillBefore), nameof(Fault.KillAfter)], BetweenKills, 1, async (flow, bucket, kill, place) =>
        {
            bucket.Proxy.Faults = (number, _) => (number + 1) % BetweenKills == place % BetweenKills
                ? Count(Enum.Parse<Fault>(kill)) : Fault.None;
            var printed = "";
            for (var command = 0; command < MostCommands; command++)
            {
                using var process = await flow.GoOnAsync("--with", "retry:times=4,minutes_between_retries=0");
                if (process is null)
                {
                    break;
                }

                var outcome = await process.EndAsync();
                TenTasks.AssertExpected(outcome);
                printed += outcome.Output;
                await flow.AssertKeptAsync(printed);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Clouds))]
    public async Task When_no_request_succeeds_any_more_the_run_says_so_and_is_completed_later(string cloud)
    {
        await SweepAsync(cloud, [nameof(Fault.SlowDown), nameof(Fault.LostResponse)], Requests, 1, async (flow, bucket, fault, place) =>
        {
            flow.Environment[CloudOf(cloud).RetriesSetting] = "2";
            bucket.Proxy.Faults = (number, _) => number >= place ? Count(Enum.Parse<Fault>(fault)) : Fault.None;
            using var process = await flow.GoOnAsync();
            var outcome = await process!.EndAsync();
            TenTasks.AssertClear(outcome);
            await flow.AssertKeptAsync(outcome.Output);
        });
    }

    /// <summary>Tries faults at places, each in a bucket of its own, and completes each run when no request fails any more.</summary>
    /// <param name="name">The cloud.</param>
    /// <param name="faults">The faults.</param>
    /// <param name="count">How many places there are.</param>
    /// <param name="sample">How many the daily tests try.</param>
    /// <param name="tryAsync">Runs the flow and makes requests fail, as the place says.</param>
    private async Task SweepAsync(
        string name, string[] faults, int count, int sample, Func<TenTasks, RunBucket, string, int, Task> tryAsync)
    {
        FaultSweep.SkipUnlessLong(name);
        var cloud = CloudOf(name);
        _ = await cloud.ServerAsync();
        var daily = name == "aws" ? sample : 1;
        var places = FaultSweep.Places(count, daily, daily * LongFactor);
        await FaultSweep.RunAsync(faults.SelectMany(fault => places.Select(place => (fault, place))), async (fault, place) =>
        {
            await using var bucket = await RunBucket.CreateAsync(cloud);
            using var flow = new TenTasks(bucket);
            await tryAsync(flow, bucket, fault, place);
            bucket.Proxy.Faults = static (_, _) => Fault.None;
            await flow.CompleteAsync();
        });
        foreach (var (fault, requests) in _counts)
        {
            FaultSweep.Tell($"{name}, {fault}: {requests} requests");
        }
    }

    private RunCloud CloudOf(string name) => RunCloud.Of(name, moto, azurite, google);

    private Fault Count(Fault fault)
    {
        _counts.AddOrUpdate(fault, 1, static (_, count) => count + 1);
        return fault;
    }
}
