using Metaflow.Artifacts;
using Metaflow.FarStore;
using Metaflow.Naming;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What tasks read of a datastore that is far away.</summary>
public sealed class FarFlowDatastoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_latest_attempt_of_a_task_is_looked_for_in_one_round_trip()
    {
        await using var server = new ObjectServer(TimeSpan.FromMilliseconds(1));
        var datastore = new FlowDatastore(new FarBlobStore(server.Address), "FarFlow", TimeProvider.System);
        var task = new TaskPath("FarFlow", "1", "start", "1");
        foreach (var attempt in (int[])[0, 2])
        {
            var writer = datastore.OpenWriter(task, attempt);
            await writer.BeginAttemptAsync(Token);
            await writer.SaveArtifactsAsync(
                [KeyValuePair.Create("value", ArtifactSerializer.SerializePlain((long)attempt, "value"))], Token);
            await writer.CommitAsync(Token);
        }

        server.Latency = TimeSpan.FromMilliseconds(250);
        server.MostAtOnce = 0;

        var artifacts = await datastore.OpenTaskAsync(task, null, Token);

        Assert.Equal(2, artifacts.Attempt);
        Assert.InRange(server.MostAtOnce, 4, 6);
    }
}
