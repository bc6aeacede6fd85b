using System.Numerics;
using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class LargeArrayTests : IDisposable
{
    private const int Length = 8 << 20;
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Type> Types =>
        [
        typeof(byte), typeof(sbyte), typeof(bool), typeof(short), typeof(uint), typeof(long), typeof(Half), typeof(float), typeof(double),
        typeof(Complex),
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_large_array_is_read_without_a_copy_of_its_payload(Type element)
    {
        foreach (var isRandom in (bool[])[true, false])
        {
            var array = Filled(element, isRandom);
            var artifacts = await CommitAsync(array);
            var load = typeof(TaskArtifacts).GetMethod(nameof(TaskArtifacts.Load))!.MakeGenericMethod(array.GetType());
            load.Invoke(artifacts, ["x"]);

            var before = GC.GetAllocatedBytesForCurrentThread();
            var loaded = load.Invoke(artifacts, ["x"]);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.IsType(array.GetType(), loaded);
            Assert.True(Bytes(array).SequenceEqual(Bytes((Array)loaded!)));
            Assert.InRange(allocated, Length, 1.4 * Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(Length / 2)]
    [InlineData(Length)]
    public async Task A_large_array_whose_blob_changed_is_never_returned(int place)
    {
        var artifacts = await CommitAsync(Filled(typeof(double), isRandom: true));
        var blob = PathOf(artifacts.Records["x"].Key);
        var bytes = await File.ReadAllBytesAsync(blob, Token);
        bytes[place] ^= 1;
        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes, Token);
        Assert.Equal("MF4005", Assert.Throws<StorageException>(() => artifacts.Load<double[]>("x")).Code);

        await File.WriteAllBytesAsync(blob, bytes[..place], Token);
        Assert.Equal("MF4005", Assert.Throws<StorageException>(() => artifacts.Load<double[]>("x")).Code);

        File.Delete(blob);
        Assert.Equal("MF4002", Assert.Throws<StorageException>(() => artifacts.Load<double[]>("x")).Code);
    }

    [Fact]
    public async Task A_large_array_of_another_type_is_read_as_a_short_one_is()
    {
        var large = await CommitAsync(Enumerable.Range(0, 1 << 20).Select(static i => (long)i).ToArray());
        Assert.True(Enumerable.Range(0, 1 << 20).SequenceEqual(large.Load<int[]>("x")));
        Assert.Equal(1 << 20, large.Load<IReadOnlyList<long>>("x").Count);

        var bytes = await CommitAsync(new byte[Length]);
        Assert.True(bytes.Load<byte[]>("x").SequenceEqual((byte[])bytes.LoadPlain("x")!));

        var wrong = Assert.Throws<StorageException>(() => large.Load<DateTime[]>("x"));
        var small = await CommitAsync(new long[] { 1, 2 });
        Assert.Equal(Assert.Throws<StorageException>(() => small.Load<DateTime[]>("x")).Code, wrong.Code);
    }

    [Fact]
    public async Task An_array_in_several_dimensions_keeps_its_shape()
    {
        var rows = new double[1 << 10, 1 << 10];
        rows[1000, 3] = 7;
        var artifacts = await CommitAsync(rows);
        Assert.True(Bytes(rows).SequenceEqual(Bytes(artifacts.Load<double[,]>("x"))));
        Assert.ThrowsAny<StorageException>(() => artifacts.Load<double[]>("x"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_array_that_was_read_and_changed_is_stored_anew_and_an_unchanged_one_is_not(bool isRandom)
    {
        var first = await CommitAsync(Filled(typeof(double), isRandom));
        var inherited = first.Records["x"];
        var array = first.Load<double[]>("x");
        Assert.Equal(inherited.Key, await SaveAgainAsync(array, inherited));

        var last = array[^1];
        array[^1] = last + 1;
        var changed = await SaveAgainAsync(array, inherited);
        Assert.NotEqual(inherited.Key, changed);
        Assert.Equal(changed, ContentAddressedStore.KeyOf(ArtifactSerializer.Serialize(array, typeof(double[])).Payload));
        Assert.NotEmpty(await Open().Content.LoadAsync(changed, Token));

        array[^1] = last;
        File.Delete(PathOf(inherited.Key));
        Assert.Equal(inherited.Key, await SaveAgainAsync(array, inherited));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_array_that_a_thread_still_changes_is_stored_as_it_was_or_refused_MF4016_and_never_committed_damaged(bool isRandom)
    {
        var refused = 0;
        for (var round = 0; round < 10; round++)
        {
            var array = (byte[])Filled(typeof(byte), isRandom);
            using var stop = new CancellationTokenSource();
            var scribbler = System.Threading.Tasks.Task.Factory.StartNew(
                () => Scribble(array, stop.Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                var artifacts = await CommitAsync(array);
                Assert.Equal(Length, artifacts.Load<byte[]>("x").Length);
            }
            catch (StorageException error)
            {
                Assert.Equal("MF4016", error.Code);
                refused++;
            }

            await stop.CancelAsync();
            await scribbler;
        }

        Assert.True(refused > 0);

        static void Scribble(byte[] array, CancellationToken stop)
        {
            for (var i = 0; !stop.IsCancellationRequested; i = (i + 4099) % array.Length)
            {
                array[i]++;
            }
        }
    }

    private static Array Filled(Type element, bool isRandom)
    {
        var array = Array.CreateInstance(element, Length / Marshal.SizeOf(element == typeof(bool) ? typeof(byte) : element));
        var bytes = new byte[Length];
        if (isRandom)
        {
            new Random(7).NextBytes(bytes);
        }

        if (element == typeof(bool) || element == typeof(Half) || element == typeof(float)
            || element == typeof(double) || element == typeof(Complex))
        {
            // Any bits, but those of a value: a comparison of the items is one of the bits then.
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] &= (byte)(element == typeof(bool) ? 1 : 0x3f);
            }
        }

        bytes.CopyTo(Bytes(array));
        return array;
    }

    private static Span<byte> Bytes(Array array) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), Length);

    private string PathOf(string key) => Path.Combine(_folder.Root, Open().Content.PathOf(key));

    private FlowDatastore Open() => new(new LocalBlobStore(_folder.Root), "F", TimeProvider.System);

    private async Task<string> SaveAgainAsync(Array array, ArtifactRecord inherited)
    {
        var writer = Open().OpenWriter(Task, 1);
        var value = ArtifactSerializer.Serialize(array, array.GetType(), "x");
        return (await writer.SaveArtifactsAsync([new("x", value)], [inherited], Token))[0].Key;
    }

    private async Task<TaskArtifacts> CommitAsync(Array array)
    {
        var writer = Open().OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("x", ArtifactSerializer.Serialize(array, array.GetType(), "x"))], Token);
        await writer.CommitAsync(Token);
        return await Open().OpenTaskAsync(Task, 0, Token);
    }
}
