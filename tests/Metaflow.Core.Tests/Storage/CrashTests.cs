using System.Diagnostics;
using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>A process that writes is killed at moments of no plan; what it left must be sound, and what it acknowledged complete.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 6;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_writer_leaves_no_complete_attempt_without_its_data_and_loses_nothing_that_it_acknowledged()
    {
        var next = 0;
        var acknowledged = new List<int>();
        for (var round = 0; round < Rounds; round++)
        {
            var seen = await WriteAndKillAsync(next, TimeSpan.FromMilliseconds(Random.Shared.Next(0, 150)));
            acknowledged.AddRange(seen);
            next = seen.Count == 0 ? next : seen[^1] + 1;

            // The attempt that was being written is written again by the next round, over what is left of it.
            await CheckAsync(acknowledged, next + 2);
        }

        Assert.True(acknowledged.Count >= Rounds, "Nothing was acknowledged: the writer did not get to work.");
    }

    private static Process Start(string root, int first)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(CrashWriter).Assembly.Location);
        }

        start.Environment[CrashWriter.RootVariable] = root;
        start.Environment[CrashWriter.FirstVariable] = first.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }

    private async Task<List<int>> WriteAndKillAsync(int first, TimeSpan delay)
    {
        using var process = Start(_folder.Root, first);
        var acknowledged = new List<int>();
        if (await process.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            acknowledged.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        await Task.Delay(delay, Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
        while (await process.StandardOutput.ReadLineAsync(Token) is { } more)
        {
            acknowledged.Add(int.Parse(more, CultureInfo.InvariantCulture));
        }

        return acknowledged;
    }

    private async Task CheckAsync(List<int> acknowledged, int end)
    {
        var datastore = new FlowDatastore(new LocalBlobStore(_folder.Root), "F", TimeProvider.System);
        var metadata = new LocalMetadataProvider(_folder.Root, TimeProvider.System);
        for (var i = 0; i < end; i++)
        {
            // Opening fails on a complete attempt whose list is bad, loading on a blob that is missing or has another hash.
            var artifacts = await datastore.TryOpenAttemptAsync(CrashWriter.TaskOf(i), 0, Token);
            Assert.True(artifacts is not null || !acknowledged.Contains(i), $"Attempt {i} was acknowledged and is not there.");
            if (artifacts is not null)
            {
                Assert.All(CrashWriter.Names, name => Assert.NotEmpty(artifacts.LoadPayload(name)));
                Assert.Equal(i, artifacts.Load<int>("number"));
            }

            if (acknowledged.Contains(i))
            {
                Assert.Equal(
                    CrashWriter.Names.Order(),
                    (await metadata.ListArtifactsAsync(CrashWriter.TaskOf(i), null, Token))
                        .Select(static artifact => artifact.Artifact.Name));
            }
        }

        Assert.All(
            await metadata.ListTasksAsync("F", "1", "start", Token), static task => Assert.True(task.CreatedAt > DateTimeOffset.UnixEpoch));
    }
}
