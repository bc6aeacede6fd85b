using System.Formats.Tar;
using System.IO.Compression;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

/// <summary>A datastore that commit 26586d4 wrote, with finished, failed, cancelled and killed runs: every later version opens and
/// continues them.</summary>
public sealed class EarlierStoreTests : IDisposable
{
    private readonly Workplace _place = new();

    public EarlierStoreTests()
    {
        using var archive = File.OpenRead(Archive());
        using var content = new GZipStream(archive, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(content, _place.Folder, overwriteFiles: false);
        _place.Environment["METAFLOW_USER"] = "ada";
    }

    public void Dispose() => _place.Dispose();

    private string Named(string file) => File.ReadAllText(Path.Combine(_place.Folder, file)).Trim();

    private RunHandle Run(string flow, string file) => _place.Client().Flow(flow).Run(Named(file));

    [Fact]
    public void Finished_runs_of_an_earlier_version_read_as_they_did()
    {
        var artifacts = Run("ArtifactsFlow", "artifacts_done");
        Assert.Equal(RunState.Succeeded, artifacts.State);
        Assert.Equal([1, 2], artifacts.Data.Get<List<int>>("changed"));
        Assert.Equal([1.5, 2.5], artifacts.Data.Get<double[]>("untouched"));
        Assert.Equal(1.10m, artifacts.Data.Get<Dictionary<string, decimal>>("prices")["apple pie"]);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(2)), artifacts.Data.Get<DateTimeOffset>("when"));
        Assert.Equal([0, 1, 255], artifacts.Data.Get<byte[]>("raw"));
        Assert.Equal("name of its own", artifacts.Data.Get<string>("renamed_one"));
        var retried = Run("RetryFlow", "retry_done").Step("start").Task!;
        Assert.Equal([0, 1, 2], retried.Attempts);
        Assert.Equal("of attempt 2", retried.Data.Get<string>("half"));
    }

    [Theory]
    [InlineData("MendableFlow", "mendable_failed", RunState.Failed)]
    [InlineData("MendableFlow", "mendable_killed", RunState.Dead)]
    [InlineData("ConfigFlow", "config_cancelled", RunState.Cancelled)]
    [InlineData("SixtyTasksFlow", "sixty_killed", RunState.Dead)]
    public async Task Interrupted_runs_of_an_earlier_version_are_continued(string flow, string file, RunState before)
    {
        var run = Run(flow, file);
        Assert.Equal(before, run.State);
        var acknowledged = run.Steps.SelectMany(static step => step.Tasks).Where(static task => task.Successful)
            .ToDictionary(static task => task.Pathspec.ToString()!, static task => task.Attempts.Count, StringComparer.Ordinal);
        Assert.NotEmpty(acknowledged);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await _place.RunAsync(flow, "resume", "--continue", run.Id)).Succeeded();
        var after = Run(flow, file);
        Assert.Equal(RunState.Succeeded, after.State);
        foreach (var task in after.Steps.SelectMany(static step => step.Tasks))
        {
            Assert.True(task.Successful, $"{task.Pathspec}");
            if (acknowledged.TryGetValue(task.Pathspec.ToString()!, out var attempts))
            {
                Assert.Equal(attempts, task.Attempts.Count);
            }
        }
    }

    [Fact]
    public async Task A_failed_run_of_an_earlier_version_is_resumed_and_a_collection_leaves_what_is_in_use()
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        var outcome = (await _place.RunAsync("MendableFlow", "resume", "--origin-run-id", Named("mendable_failed"))).Succeeded();
        Assert.Contains("number 2", outcome.Output, StringComparison.Ordinal);
        (await _place.RunAsync("MendableFlow", "gc", "--state", "failed", "--delete")).Succeeded();
        Assert.Equal("name of its own", Run("ArtifactsFlow", "artifacts_done").Data.Get<string>("renamed_one"));
        Assert.Equal(2, _place.Client().Flow("MendableFlow").LatestSuccessfulRun!.Data.Get<int>("number"));
    }

    private static string Archive()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, "tests", "golden", "dotnet-runs.tar.gz");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("The archive of earlier runs is not in 'tests/golden'.");
    }
}
