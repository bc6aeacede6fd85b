using System.Security.Cryptography;
using Metaflow.Artifacts;
using Metaflow.Core.Tests.Storage;
using Metaflow.Naming;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Serialization;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Values of more than 2 GiB in S3, as Ceph's gateway has it. Moto reads a whole object for each part of it.</summary>
[Collection(nameof(LargeData))]
public sealed class GiantArtifactTests(CephServer ceph)
{
    private const int Count = 300_000_000;
    private const long StreamLength = (5L << 30) / 2;
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_array_of_300_million_doubles_is_read_back()
    {
        GiantValues.Require(10);
        var artifacts = await CommitAsync(static () =>
        {
            var numbers = new double[Count];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i * 1.000001;
            }

            return numbers;
        });
        Assert.True(artifacts.Records["x"].Size > int.MaxValue);

        var read = GiantValues.MeasuredAtMost(() => artifacts.Load<double[]>("x"), 8L * Count);

        Assert.Equal(Count, read.Length);
        Assert.Equal([0, (Count / 2) * 1.000001, (Count - 1) * 1.000001], [read[0], read[Count / 2], read[^1]]);
    }

    [Fact]
    public async Task A_stream_of_two_and_a_half_GiB_is_read_back()
    {
        GiantValues.Require(10);
        var artifacts = await CommitAsync<Stream>(static () => new PatternStream(StreamLength));
        await using var expected = new PatternStream(StreamLength);
        var hash = await SHA256.HashDataAsync(expected, Token);

        var read = GiantValues.MeasuredAtMost(
            () =>
            {
                using var stream = artifacts.Load<Stream>("x");
                Assert.Equal(StreamLength, stream.Length);
                return SHA256.HashData(stream);
            },
            0);

        Assert.Equal(hash, read);
    }

    private async Task<TaskArtifacts> CommitAsync<T>(Func<T> make)
    {
        var datastore = new FlowDatastore(await Buckets.CreateAsync(await ceph.RequiredAsync()), "F", TimeProvider.System);
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("x", ArtifactSerializer.Serialize(make(), typeof(T), "x"))], Token);
        await writer.CommitAsync(Token);
        return await datastore.OpenTaskAsync(Task, 0, Token);
    }
}
