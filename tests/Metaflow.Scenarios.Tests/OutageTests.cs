using System.Diagnostics;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests;

/// <summary>What users see while a store's server does not answer.</summary>
public sealed class OutageTests(MotoServer moto) : IAsyncLifetime
{
    private const string Waiting = "Waiting for the server";
    private const string Again = "answers again";
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    private readonly Workplace _place = new();
    private FaultProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var cloud = new MotoCloud(moto);
        var server = await cloud.ServerAsync();
        _proxy = await FaultProxy.StartAsync(server);
        foreach (var (name, value) in cloud.VariablesOf(_proxy.Address, await cloud.CreatePlaceAsync(server)))
        {
            _place.Environment[name] = value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _place.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("run")]
    [InlineData("--quiet", "runs", "--limit", "3")]
    public async Task A_command_says_once_that_it_waits_for_a_server_and_once_that_the_server_answers_again(params string[] command)
    {
        (await _place.RunAsync("LinearFlow", "run")).Succeeded();
        FailForAWhile(static _ => true);

        var outcome = (await _place.RunAsync("LinearFlow", command)).Succeeded();

        var said = outcome.All.Split('\n').Single(static line => line.Contains(Waiting, StringComparison.Ordinal));
        Assert.Contains(_proxy.Address.Authority, said, StringComparison.Ordinal);
        Assert.Contains("503 SlowDown", said, StringComparison.Ordinal);
        Assert.Contains("It is tried again for about 3 minutes.", said, StringComparison.Ordinal);
        Assert.Contains("METAFLOW_S3_TRANSIENT_RETRY_COUNT", said, StringComparison.Ordinal);
        Assert.Single(outcome.All.Split('\n'), static line => line.Contains(Again, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_that_waits_for_a_server_says_so_in_its_log()
    {
        FailForAWhile(static path => path.Contains("/middle/2/0.attempt.json", StringComparison.Ordinal));

        (await _place.RunAsync("LinearFlow", "run")).Succeeded();

        var log = (await _place.RunAsync("LinearFlow", "logs", "latest/middle")).Succeeded().All;
        Assert.Contains(Waiting, log, StringComparison.Ordinal);
        Assert.Contains(Again, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_says_that_a_server_is_silent()
    {
        await using var silent = await SmallServer.StartAsync(
            static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        _place.Environment["METAFLOW_S3_ENDPOINT_URL"] = silent.Address.ToString();
        using var process = _place.Start("LinearFlow", "runs");
        var clock = Stopwatch.StartNew();
        while (!process.Errors.Contains("has said nothing", StringComparison.Ordinal))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), process.Errors);
            await Task.Delay(100, Token);
        }

        process.Signal("INT");
        await process.EndAsync();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://no-such-host.invalid")]
    public async Task A_server_that_cannot_be_reached_ends_a_command_within_seconds(string address)
    {
        _place.Environment["METAFLOW_S3_ENDPOINT_URL"] = address;
        foreach (var command in (string[])["run", "runs"])
        {
            var clock = Stopwatch.StartNew();
            var outcome = await _place.RunAsync("LinearFlow", command);
            // Its retries take three minutes. The first start of the program may compile it.
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(90));
            Assert.NotEqual(0, outcome.ExitCode);
            Assert.Contains(new Uri(address).Authority, outcome.Errors, StringComparison.Ordinal);
            Assert.Contains("METAFLOW_S3_ENDPOINT_URL", outcome.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http_proxy")]
    [InlineData("HTTP_PROXY")]
    public async Task A_run_and_its_tasks_reach_the_store_through_a_proxy(string variable)
    {
        await using var proxy = new SmallProxy { Password = "ada:secret" }.Start();
        _place.Environment[variable] = $"http://ada:secret@{proxy.Authority}";
        (await _place.RunAsync("LinearFlow", "run")).Succeeded();
        Assert.Equal(_proxy.Requests, proxy.Lines.Count);

        _place.Environment[variable] = $"http://ada:other@{proxy.Authority}";
        var refused = await _place.RunAsync("LinearFlow", "run");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"the proxy {proxy.Authority}, which {variable} names", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("(407)", refused.Errors, StringComparison.Ordinal);

        var requests = proxy.Lines.Count;
        _place.Environment["NO_PROXY"] = "localhost,127.0.0.1";
        (await _place.RunAsync("LinearFlow", "run")).Succeeded();
        Assert.Equal(requests, proxy.Lines.Count);
    }

    private void FailForAWhile(Func<string, bool> begins)
    {
        Stopwatch? clock = null;
        _proxy.Faults = (_, request) =>
        {
            clock ??= begins(request.Path) ? Stopwatch.StartNew() : null;
            return clock is not null && clock.Elapsed < Outage ? Fault.SlowDown : Fault.None;
        };
    }
}
