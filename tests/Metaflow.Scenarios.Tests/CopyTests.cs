using System.Diagnostics;
using Metaflow.Client;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs that the tool's own process copies to S3, as moto imitates it, and from there.</summary>
public sealed class CopyTests(MotoServer moto) : IAsyncLifetime
{
    private readonly Workplace _place = new();
    private FaultProxy _proxy = null!;
    private string _bucket = "";

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(await moto.RequiredAsync());
        var bucket = $"b{Guid.NewGuid():N}";
        using var client = new HttpClient();
        (await client.PutAsync(new Uri(_proxy.Address, bucket), null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        _bucket = $"s3://{bucket}/some/runs";
        _place.Environment["AWS_ACCESS_KEY_ID"] = "k";
        _place.Environment["AWS_SECRET_ACCESS_KEY"] = "s";
        _place.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        _place.Environment["METAFLOW_S3_ENDPOINT_URL"] = _proxy.Address.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _place.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_run_is_copied_to_a_bucket_continued_there_and_copied_back()
    {
        Assert.Equal(1, (await _place.RunAsync("MendableFlow", "run", "--run-id-file", "id")).ExitCode);
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        (await CopyAsync($"MendableFlow/{id}", "--to", _bucket)).Succeeded();
        Directory.Delete(_place.Root, recursive: true);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        string[] there = ["--datastore-root", _bucket];
        Assert.Contains("not mended", (await _place.RunAsync(
            "MendableFlow", ["logs", $"{id}/work", .. there])).Succeeded().Output, StringComparison.Ordinal);
        (await _place.RunAsync("MendableFlow", ["resume", "--continue", id, .. there])).Succeeded();
        (await _place.RunAsync("MendableFlow", ["resume", "--origin-run-id", id, .. there])).Succeeded();

        (await CopyAsync("MendableFlow", "--from", _bucket)).Succeeded();
        var flow = _place.Client().WithNamespace(null).Flow("MendableFlow");
        Assert.Equal(2, flow.Runs().Count);
        Assert.All(flow.Runs(), static run => Assert.Equal((true, 2), (run.Successful, run.Data.Get<int>("number"))));
        Assert.Contains("number 2", flow.Run(id).EndTask!.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_a_run_at_work_is_continued_and_the_run_itself_goes_on()
    {
        using var process = _place.Start("RewrittenFlow", "run", "--run-id-file", "id");
        await process.LinesWithAsync("before");
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        (await CopyAsync($"RewrittenFlow/{id}", "--to", _bucket, "--running")).Succeeded();
        using var copied = _place.Start("RewrittenFlow", "resume", "--continue", id, "--datastore-root", _bucket);
        await copied.LinesWithAsync("before");

        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "rewritten"), "", CancellationToken.None);

        (await process.EndAsync()).Succeeded();
        (await copied.EndAsync()).Succeeded();
    }

    [Fact]
    public async Task A_copy_that_is_killed_at_some_request_is_completed_by_the_next_and_shows_nothing_before()
    {
        (await _place.RunAsync("ForeachFlow", "run", "--count", "4", "--run-id-file", "id")).Succeeded();
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        var expected = Values(_place.Client(), id);
        foreach (var last in (int[])[60, 90, 150, 200])
        {
            var first = _proxy.Requests;
            FlowProcess? copy = null;
            _proxy.Faults = (number, _) =>
            {
                if (number - first >= last)
                {
                    copy?.Kill9();
                    return Fault.LostRequest;
                }

                return Fault.None;
            };
            using (copy = Start("copy", "ForeachFlow/" + id, "--to", _bucket))
            {
                Assert.NotEqual(0, (await copy.EndAsync()).ExitCode);
            }

            _proxy.Faults = static (_, _) => Fault.None;
            Assert.Equal("[]", (await ToolAsync("flows", "--datastore-root", _bucket, "--json")).Succeeded().Output.Trim());
        }

        (await CopyAsync($"ForeachFlow/{id}", "--to", _bucket)).Succeeded();
        (await CopyAsync($"ForeachFlow/{id}", "--from", _bucket, "--to", "other")).Succeeded();
        Assert.Equal(expected, Values(new MetaflowClient(Path.Combine(_place.Folder, "other")).WithNamespace(null), id));
    }

    private static string Values(MetaflowClient client, string id) => string.Join('\n', client.Run($"ForeachFlow/{id}").Tasks.Select(
        static task => $"{task.Pathspec} {task.Successful} {task.Stdout} "
            + string.Join(' ', task.AllArtifacts.Select(static artifact => $"{artifact.Name}={artifact.Sha}{artifact.Value is null}"))));

    private FlowProcess Start(params string[] arguments) => _place.StartTool(arguments);

    private Task<CommandOutcome> CopyAsync(params string[] arguments) => ToolAsync(["copy", .. arguments]);

    private async Task<CommandOutcome> ToolAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }
}
