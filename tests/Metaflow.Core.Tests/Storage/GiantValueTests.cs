using Metaflow.Artifacts;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>Values of more bytes than one array of .NET has. They take memory, disk and a minute, and run with the long tests.</summary>
[Collection(nameof(GiantValueTests))]
[CollectionDefinition(nameof(GiantValueTests), DisableParallelization = true)]
public sealed class GiantValueTests : IDisposable
{
    private const int Count = 300_000_000;
    private const long GiB = 1L << 30;
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Stores => ["local", "memory"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task An_array_of_300_million_doubles_is_read_back(string store)
    {
        Require(store == "memory" ? 9 : 6);
        var artifacts = await CommitAsync(() => Numbers(Count), store);
        Assert.True(artifacts.Records["x"].Size > int.MaxValue);
        var read = GiantValues.Measured(() => artifacts.Load<double[]>("x"), 8L * Count);
        Assert.Equal(Count, read.Length);
        Assert.Equal([Value(0), Value(Count / 2), Value(Count - 1)], [read[0], read[Count / 2], read[^1]]);
    }

    [Fact]
    public async Task A_list_of_arrays_that_have_more_than_2_GiB_together_is_read_back()
    {
        Require(6);
        var artifacts = await CommitAsync(() => Enumerable.Range(0, 6).Select(static _ => Numbers(Count / 6)).ToList());
        Assert.True(artifacts.Records["x"].Size > int.MaxValue);
        var read = GiantValues.Measured(() => artifacts.Load<List<double[]>>("x"), 8L * Count);
        Assert.Equal(6, read.Count);
        Assert.All(read, static array => Assert.Equal(Value((Count / 6) - 1), array[^1]));
    }

    [Fact]
    public async Task The_longest_array_of_bytes_is_read_back_as_an_array_and_as_a_stream()
    {
        Require(5);
        var artifacts = await CommitAsync(static () =>
        {
            var bytes = new byte[Array.MaxLength];
            bytes[^1] = 7;
            return bytes;
        });
        var read = GiantValues.Measured(() => artifacts.Load<byte[]>("x"), Array.MaxLength);
        Assert.Equal((Array.MaxLength, 7), (read.Length, read[^1]));

        var stream = artifacts.Load<Stream>("x");
        Assert.Equal(Array.MaxLength, stream.Length);
        await stream.CopyToAsync(Stream.Null, Token);
        Assert.Equal(Array.MaxLength, stream.Position);
    }

    [Fact]
    public async Task A_stream_of_3_GiB_is_stored_and_read()
    {
        Require(4);
        var path = Path.Combine(_folder.Path, "large");
        await using (var file = File.Create(path))
        {
            file.SetLength(3 * GiB);
            file.Position = (3 * GiB) - 1;
            file.WriteByte(7);
        }

        var artifacts = await CommitAsync<Stream>(() => File.OpenRead(path));
        var length = 0L;
        GiantValues.Measured(
            () =>
            {
                using var stream = artifacts.Load<Stream>("x");
                var buffer = new byte[1 << 20];
                var last = 0;
                for (int count; (count = stream.Read(buffer)) > 0; last = buffer[count - 1])
                {
                    length += count;
                }

                Assert.Equal(7, last);
                return buffer;
            },
            0);
        Assert.Equal(3 * GiB, length);
    }

    private static double Value(int index) => index * 1.000001;

    private static double[] Numbers(int count)
    {
        var numbers = new double[count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Value(i);
        }

        return numbers;
    }

    /// <summary>Skips the test where memory or disk are short.</summary>
    private void Require(int memory)
    {
        GiantValues.Require(memory);
        Assert.SkipUnless(new DriveInfo(_folder.Path).AvailableFreeSpace >= 8 * GiB, "It needs 8 GiB of disk.");
    }

    private async Task<TaskArtifacts> CommitAsync<T>(Func<T> make, string store = "local")
    {
        var datastore = new FlowDatastore(
            store == "local" ? new LocalBlobStore(_folder.Root) : new MemoryBlobStore(), "F", TimeProvider.System);
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("x", ArtifactSerializer.Serialize(make(), typeof(T), "x"))], Token);
        await writer.CommitAsync(Token);
        return await datastore.OpenTaskAsync(Task, 0, Token);
    }
}
