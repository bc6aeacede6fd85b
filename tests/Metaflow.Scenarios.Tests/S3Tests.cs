using System.Diagnostics;
using System.Text.Json;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in S3, as moto imitates it.</summary>
public sealed class S3Tests(MotoServer moto) : IAsyncLifetime
{
    private const string Reader = """
        from metaflow import Flow, namespace
        namespace(None)
        run = Flow("MendableFlow").latest_run
        print(run.successful, run.data.number, run["work"].task.stdout.strip(), run["end"].task.metadata_dict["ds-type"])
        """;

    private const string DataReader = """
        from metaflow import Flow, namespace, S3
        namespace(None)
        run = Flow("DataFlow").latest_run
        file = run["_parameters"].task["given"]
        print(run.successful, run.data.given, file.size)
        with S3(run=run) as s3:
            print(sum(len(o.text) for o in s3.get_recursive(["out"])), s3.get("given.txt").text)
        """;

    private readonly Workplace _place = new();
    private FaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(await moto.RequiredAsync());
        var bucket = $"b{Guid.NewGuid():N}";
        using var client = new HttpClient();
        (await client.PutAsync(new Uri(_proxy.Address, bucket), null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "k",
            ["AWS_SECRET_ACCESS_KEY"] = "s",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["METAFLOW_S3_ENDPOINT_URL"] = _proxy.Address.ToString(),
            ["METAFLOW_DEFAULT_DATASTORE"] = "s3",
            ["METAFLOW_DATASTORE_SYSROOT_S3"] = $"s3://{bucket}/some/runs",
        })
        {
            _place.Environment[name] = value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _place.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("INT", 130, "run")]
    [InlineData("TERM", 143, "runs")]
    [InlineData("INT", 130, "resume", "--continue", "1")]
    public async Task A_command_that_waits_for_a_silent_server_ends_when_it_is_asked_to(
        string signal, int exitCode, params string[] command)
    {
        using var asked = new SemaphoreSlim(0);
        await using var silent = await SmallServer.StartAsync(async context =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        _place.Environment["METAFLOW_S3_ENDPOINT_URL"] = silent.Address.ToString();
        using var process = _place.Start("MendableFlow", command);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "It asked nothing.");

        process.Signal(signal);
        var outcome = await process.EndAsync();

        Assert.True(outcome.ExitCode == exitCode, outcome.All);
        Assert.Contains("Stopped as asked", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_whose_scheduler_is_killed_is_continued_to_its_end()
    {
        var id = await _place.KillSchedulerAsync();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        (await _place.RunAsync("MendableFlow", "resume", "--continue", id)).Succeeded();

        Assert.Contains("succeeded", (await _place.RunAsync("MendableFlow", "runs")).Succeeded().Output, StringComparison.Ordinal);
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

    [Fact]
    public async Task Steps_keep_data_of_their_own_and_a_run_includes_a_file_from_there()
    {
        var first = (await _place.RunAsync("DataFlow", "run", "--metadata", "local")).Succeeded().Output;
        var start = first.IndexOf(" at s3://", StringComparison.Ordinal) + " at ".Length;
        var address = first[start..first.IndexOf(';', start)];
        Assert.Matches("/some/runs/data/DataFlow/[^/]+/given.txt$", address);

        var run = (await _place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", address)).Succeeded().Output;
        Assert.Contains("total 140 given kept in the store at", run, StringComparison.Ordinal);
        Assert.Contains($"Including file {address}", run, StringComparison.Ordinal);
        var resumed = (await _place.RunAsync("DataFlow", "resume", "--metadata", "local", "end")).Succeeded().Output;
        Assert.Contains("total 140 given kept in the store at", resumed, StringComparison.Ordinal);
        var missing = await _place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", address + ".no");
        Assert.Contains("MF2094", missing.All, StringComparison.Ordinal);

        (await _place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", address)).Succeeded();
        Assert.Equal("True kept in the store 17\n140 kept in the store", await ReadByPythonAsync(DataReader));
    }

    [Fact]
    public async Task Python_reads_a_run_whose_records_are_in_a_folder()
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync("MendableFlow", "run", "--metadata", "local")).Succeeded();

        Assert.Equal("True 2 before s3", await ReadByPythonAsync(Reader));
    }

    private async Task<string> ReadByPythonAsync(string script)
    {
        var reference = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE");
        Assert.SkipWhen(string.IsNullOrEmpty(reference), "METAFLOW_PYTHON_REFERENCE does not name a clone of Python Metaflow.");
        var start = new ProcessStartInfo("python3", ["-c", script]) { WorkingDirectory = _place.Folder, RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = reference;
        foreach (var (name, value) in _place.Environment)
        {
            start.Environment[name] = value;
        }

        using var python = Process.Start(start)!;
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Trim();
    }
}
