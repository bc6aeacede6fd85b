using System.Text.Json;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in S3, as moto imitates it.</summary>
public sealed class S3Tests(MotoServer moto) : CloudRunTests(new MotoCloud(moto))
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
        Place.Environment["METAFLOW_S3_ENDPOINT_URL"] = silent.Address.ToString();
        using var process = Place.Start("MendableFlow", command);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "It asked nothing.");

        process.Signal(signal);
        var outcome = await process.EndAsync();

        Assert.True(outcome.ExitCode == exitCode, outcome.All);
        Assert.Contains("Stopped as asked", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_server_falls_silent_ends_at_the_second_signal_with_all_its_tasks()
    {
        using var holds = new ManualResetEventSlim();
        using var process = Place.Start("SleepFlow", "run", "--way", "ignore");
        await process.LinesWithAsync("working", 3);
        Proxy.Faults = (_, _) =>
        {
            holds.Wait(TestContext.Current.CancellationToken);
            return Fault.None;
        };
        try
        {
            process.Signal("INT");
            await process.LinesWithAsync("Terminating");
            process.Signal("INT");
            var outcome = await process.EndAsync();
            Assert.True(outcome.ExitCode == 130, outcome.All);
            Assert.Contains("its datastore did not answer", outcome.Errors, StringComparison.Ordinal);
            ProcessTable.AssertNoneIn(Place.Folder);
        }
        finally
        {
            holds.Set();
        }
    }

    [Fact]
    public async Task Steps_keep_data_of_their_own_and_a_run_includes_a_file_from_there()
    {
        var first = (await Place.RunAsync("DataFlow", "run", "--metadata", "local")).Succeeded().Output;
        var start = first.IndexOf(" at s3://", StringComparison.Ordinal) + " at ".Length;
        var address = first[start..first.IndexOf(';', start)];
        Assert.Matches("/some/prefix/data/DataFlow/[^/]+/given.txt$", address);

        var run = (await Place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", address)).Succeeded().Output;
        Assert.Contains("total 140 given kept in the store at", run, StringComparison.Ordinal);
        Assert.Contains($"Including file {address}", run, StringComparison.Ordinal);
        foreach (var step in (string[])["end", "join", "double"])
        {
            var resumed = (await Place.RunAsync("DataFlow", "resume", "--metadata", "local", step)).Succeeded().Output;
            Assert.Contains("total 140 given kept in the store at", resumed, StringComparison.Ordinal);
        }

        var runs = (await Place.RunAsync("DataFlow", "runs", "--metadata", "local")).Succeeded().Output;
        foreach (var wrong in (string[])[address + ".no", "s3://no-such-bucket/given.txt"])
        {
            var missing = await Place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", wrong);
            Assert.Contains("MF2094", missing.All, StringComparison.Ordinal);
            Assert.Contains("--given", missing.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("--datastore-root", missing.Errors, StringComparison.Ordinal);
        }

        // No run that cannot be there is left for the next resume.
        Assert.Equal(runs, (await Place.RunAsync("DataFlow", "runs", "--metadata", "local")).Succeeded().Output);
        (await Place.RunAsync("DataFlow", "run", "--metadata", "local", "--given", address)).Succeeded();
        Assert.Equal("True kept in the store 17\n140 kept in the store", await ReadByPythonAsync(DataReader));
    }

    [Fact]
    public async Task What_killed_processes_left_of_large_objects_is_collected()
    {
        (await Place.RunAsync("LinearFlow", "run")).Succeeded();
        var runs = Place.Environment["METAFLOW_DATASTORE_SYSROOT_S3"].Replace("s3://", "", StringComparison.Ordinal);
        using var client = new HttpClient();
        foreach (var path in (string[])["LinearFlow/data/ab/abcd", "data/LinearFlow/ef", "OtherFlow/data/ab/abcd"])
        {
            // Moto says of each upload that it began in 2010.
            using var begun = await client.PostAsync(
                new Uri(Proxy.Address, $"{runs}/{path}?uploads"), null, TestContext.Current.CancellationToken);
            begun.EnsureSuccessStatusCode();
        }

        Assert.Contains(
            "Would remove 2 unfinished uploads.", (await Place.RunAsync("LinearFlow", "gc")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains(
            "Removed 2 unfinished uploads.",
            (await Place.RunAsync("LinearFlow", "gc", "--delete")).Succeeded().Output, StringComparison.Ordinal);
        var left = await client.GetStringAsync(
            new Uri(Proxy.Address, $"{runs.Split('/')[0]}?uploads"), TestContext.Current.CancellationToken);
        Assert.Contains("OtherFlow/data/ab/abcd", left, StringComparison.Ordinal);
        Assert.DoesNotContain("LinearFlow", left, StringComparison.Ordinal);

        Proxy.Faults = static (_, request) => request.QueryString.Value!.Contains("uploads", StringComparison.Ordinal)
            ? Fault.Forbidden : Fault.None;
        Assert.Contains(
            "Unfinished uploads stay.", (await Place.RunAsync("LinearFlow", "gc")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_reads_a_run_whose_records_are_in_a_folder()
    {
        await File.WriteAllTextAsync(Path.Combine(Place.Folder, "mended"), "", CancellationToken.None);
        (await Place.RunAsync("MendableFlow", "run", "--metadata", "local")).Succeeded();

        Assert.Equal("True 2 before s3", await ReadByPythonAsync(Reader));
    }

    private async Task<string> ReadByPythonAsync(string script)
    {
        return (await PythonReference.RunAsync(Place, "-c", script)).Output.Trim();
    }
}
