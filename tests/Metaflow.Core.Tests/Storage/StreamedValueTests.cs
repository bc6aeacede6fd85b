using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>Values of some megabytes, which are read as those of gigabytes are: without their payload in memory.</summary>
public sealed class StreamedValueTests : IDisposable
{
    private const int Count = 1 << 20;
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("local")]
    [InlineData("memory")]
    public async Task A_list_of_large_arrays_is_read_without_a_copy_of_its_payload(string store)
    {
        List<double[]> arrays = [Numbers(1), Numbers(2), [], Numbers(3)];
        var artifacts = await CommitAsync(arrays, store);
        _ = artifacts.Load<List<double[]>>("x");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = artifacts.Load<List<double[]>>("x");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(arrays, read);
        Assert.InRange(allocated, 3 * 8 * Count, (3 * 8 * Count) + (8 << 20));
    }

    [Fact]
    public async Task A_record_of_large_arrays_is_read_back()
    {
        var columns = new Columns(Numbers(1), [1, 2, 3], "é", Rectangle());
        var read = (await CommitAsync(columns)).Load<Columns>("x");
        Assert.Equal(columns.Values, read.Values);
        Assert.Equal(columns.Short, read.Short);
        Assert.Equal("é", read.Name);
        Assert.True(Bytes(columns.Matrix).SequenceEqual(Bytes(read.Matrix)));
    }

    [Fact]
    public async Task An_array_that_is_in_a_value_twice_is_read_as_one()
    {
        var shared = Numbers(1);
        var read = (await CommitAsync<List<double[]>>([shared, Numbers(2), shared])).Load<List<double[]>>("x");
        Assert.Same(read[0], read[2]);
        Assert.Equal(shared, read[0]);
    }

    [Fact]
    public async Task Large_arrays_are_read_as_plain_data_and_as_other_types()
    {
        var numbers = Numbers(1);
        var artifacts = await CommitAsync<Dictionary<string, Array>>(new() { ["a"] = numbers, ["b"] = Rectangle() });
        var plain = Assert.IsType<Dictionary<object, object?>>(artifacts.LoadPlain("x"));
        var array = Assert.IsType<NumericArray>(plain["a"]);
        Assert.Equal(numbers[^1], array.GetValue(Count - 1));
        Assert.Equal(numbers, array.ToArray<double>());
        Assert.Equal(8 * Count, array.Data.Length);
        Assert.Equal(7.0, Assert.IsType<NumericArray>(Assert.IsType<NumericArray>(plain["b"]).GetItem(999)).GetValue(299));

        var typed = artifacts.Load<Dictionary<string, object>>("x");
        Assert.Equal(numbers, Assert.IsType<double[]>(typed["a"]));
        Assert.IsType<NumericArray>(typed["b"]);

        var list = await CommitAsync<List<double[]>>([numbers]);
        Assert.Equal(numbers, list.Load<List<List<double>>>("x")[0]);
        Assert.Equal(numbers, list.LoadItem<double[]>("x", 0));
    }

    [Theory]
    [InlineData('a')]
    [InlineData('é')]
    [InlineData('€')]
    [InlineData('\ud800')]
    public async Task A_long_text_is_read_back_whatever_its_characters(char character)
    {
        var text = new string(character, 3 << 20) + "😀" + new string('z', 3 << 20);
        Assert.Equal(text, (await CommitAsync(text)).Load<string>("x"));
        Assert.Equal([text, "b"], (await CommitAsync<List<string>>([text, "b"])).Load<List<string>>("x"));
    }

    [Fact]
    public async Task Long_collections_are_read_back_equal_however_they_are_written()
    {
        var rows = Enumerable.Range(0, 200_000).Select(static i => new Row($"row {i} é", i / 7.0, i % 3 == 0 ? [] : [i])).ToList();
        var readRows = (await CommitAsync(rows)).Load<List<Row>>("x");
        Assert.Equal(rows.Select(static row => row.ToString()), readRows.Select(static row => row.ToString()));

        var texts = Enumerable.Range(0, 1_500_000).Select(static i => i % 5 == 0 ? "the same" : $"{i}").ToArray();
        Assert.Equal(texts, (await CommitAsync(texts)).Load<string[]>("x"));

        // One item that is longer than what is kept to go back to.
        List<List<string[]>> nested = [[texts], [], [["a"]]];
        Assert.Equal(nested, (await CommitAsync(nested)).Load<List<List<string[]>>>("x"));
        var table = texts.Distinct().ToDictionary(static text => text, static text => (object)text);
        Assert.Equal(table, (await CommitAsync(table)).Load<Dictionary<string, object>>("x"));
    }

    [Fact]
    public async Task What_the_short_way_of_reading_does_not_take_is_read_from_the_beginning_again()
    {
        // A shared list, far behind the first megabytes.
        var shared = new List<int> { 1, 2 };
        var lists = Enumerable.Range(0, 500_000).Select(static i => new List<int> { i, -i }).Append(shared).Append(shared).ToList();
        var read = (await CommitAsync(lists)).Load<List<List<int>>>("x");
        Assert.Equal(lists, read);
        Assert.Same(read[^1], read[^2]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(4 * Count)]
    [InlineData(16 * Count)]
    public async Task A_long_value_whose_blob_changed_is_never_returned(int place)
    {
        var artifacts = await CommitAsync<List<double[]>>([Numbers(1), Numbers(2)]);
        var blob = PathOf(artifacts);
        var bytes = await File.ReadAllBytesAsync(blob, Token);
        bytes[place] ^= 1;
        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes, Token);
        Assert.Equal("MF4005", Code());
        Assert.Equal("MF4005", Assert.Throws<StorageException>(() => artifacts.LoadPlain("x")).Code);

        await File.WriteAllBytesAsync(blob, bytes[..place], Token);
        Assert.Equal("MF4005", Code());
        File.Delete(blob);
        Assert.Equal("MF4002", Code());

        string Code() => Assert.Throws<StorageException>(() => artifacts.Load<List<double[]>>("x")).Code;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_value_whose_packing_is_recorded_wrongly_is_read_all_the_same(bool isRandom)
    {
        List<double[]> arrays = [isRandom ? Numbers(1) : new double[Count], [1]];
        var artifacts = await CommitAsync(arrays);
        await File.WriteAllTextAsync(
            PathOf(artifacts) + "_meta", $$"""{"cas_raw": {{(isRandom ? "false" : "true")}}, "cas_version": 1}""", Token);
        Assert.Equal(arrays, artifacts.Load<List<double[]>>("x"));
    }

    private string PathOf(TaskArtifacts artifacts) => Path.Combine(_folder.Root, Open("local").Content.PathOf(artifacts.Records["x"].Key));

    private static double[] Numbers(int seed)
    {
        var random = new Random(seed);
        var numbers = new double[Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = random.NextDouble();
        }

        return numbers;
    }

    private static float[,] Rectangle()
    {
        var rectangle = new float[1000, 300];
        rectangle[999, 299] = 7;
        return rectangle;
    }

    private static Span<byte> Bytes(Array array)
        => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), (int)ArrayMemory.LengthOf(array));

    private FlowDatastore Open(string store) => new(
        store == "local" ? new LocalBlobStore(_folder.Root) : new MemoryBlobStore(), "F", TimeProvider.System);

    private async Task<TaskArtifacts> CommitAsync<T>(T value, string store = "local")
    {
        var datastore = Open(store);
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("x", ArtifactSerializer.Serialize(value, typeof(T), "x"))], Token);
        await writer.CommitAsync(Token);
        return await datastore.OpenTaskAsync(Task, 0, Token);
    }

    private sealed record Row(string Name, double Value, List<int> Numbers)
    {
        public override string ToString() => $"{Name} {Value} {string.Join(' ', Numbers)}";
    }

    private sealed record Columns(double[] Values, int[] Short, string Name, float[,] Matrix);
}
