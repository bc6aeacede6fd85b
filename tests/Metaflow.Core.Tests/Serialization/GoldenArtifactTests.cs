using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Artifacts;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class GoldenArtifactTests(GoldenRuns runs) : IClassFixture<GoldenRuns>
{
    [Theory]
    [InlineData("TypesFlow")]
    [InlineData("FramesFlow")]
    [InlineData("ShapeFlow")]
    [InlineData("FailFlow")]
    [InlineData("SwitchFlow")]
    public void Artifacts_of_the_reference_read_as_its_own_client_reports_them(string flow)
    {
        var wrong = new List<string>();
        var artifacts = runs.Artifacts(flow).ToList();
        Assert.NotEmpty(artifacts);
        foreach (var artifact in artifacts)
        {
            Assert.Equal(artifact.Key, Pickles.Sha1(artifact.Payload));
            var value = ArtifactSerializer.DeserializePlain(artifact.Payload, "pickle-v4");
            var expected = JsonNode.Parse(artifact.Expected.GetRawText());
            if (!JsonNode.DeepEquals(Expected(expected), Actual(value, expected)))
            {
                wrong.Add($"{artifact.Name}: expected {Short(expected)}, found {Short(Actual(value, expected))}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("TypesFlow")]
    [InlineData("ShapeFlow")]
    [InlineData("FailFlow")]
    [InlineData("SwitchFlow")]
    [InlineData("FramesFlow")]
    public void Every_blob_of_the_reference_reads_and_reads_the_same_once_written_again(string flow)
    {
        Assert.NotEmpty(runs.Blobs(flow));
        foreach (var (key, payload) in runs.Blobs(flow))
        {
            var value = PickleReader.Read(payload);
            var again = PickleReader.Read(Pickles.Write(value));
            Assert.True(JsonNode.DeepEquals(GoldenValue.Of(value), GoldenValue.Of(again)), key);
        }
    }

    [Fact]
    public void Values_without_shared_names_have_the_bytes_of_the_reference_once_written_again()
    {
        string[] names =
        [
            "alpha", "ascii", "big", "big_blob", "blob", "conf", "cplx", "cycle", "date", "dct", "dec", "dt", "dt_utc", "inf", "int32",
            "int64", "long_text", "lst", "many", "medium", "model", "nan", "neg", "negzero", "none", "pi", "point", "rng", "slc", "small",
            "st", "t", "td", "text", "tup", "tup4", "twice", "uid", "words", "zero", "f", "empty",
        ];
        var artifacts = runs.Artifacts("TypesFlow").ToLookup(artifact => artifact.Name);
        var wrong = names.Where(
            name => Pickles.Sha1(Pickles.Write(PickleReader.Read(artifacts[name].First().Payload))) != artifacts[name].First().Key);
        Assert.Empty(wrong);
    }

    [Fact]
    public void An_included_file_is_read_with_its_url_and_has_the_bytes_of_the_reference()
    {
        var table = runs.Artifacts("TypesFlow").First(artifact => artifact.Name == "table");
        var file = ArtifactSerializer.Deserialize<IncludedFile>(table.Payload, "pickle-v4");
        Assert.True(file.IsText);
        Assert.StartsWith("local:///home/demo/project/.metaflow/data/TypesFlow/", file.Url, StringComparison.Ordinal);
        Assert.Equal(13, file.Size);
        Assert.Equal("uploaded", file.SubType);

        var written = ArtifactSerializer.Serialize(file, typeof(IncludedFile));
        Assert.Equal(13, written.Size);
        Assert.Equal("<class 'metaflow.includefile.IncludedFile'>", written.TypeName);
        Assert.Equal(table.Key, Pickles.Sha1(System.Buffers.BuffersExtensions.ToArray(written.Payload)));
    }

    [Fact]
    public void Frames_of_pandas_are_plain_data()
    {
        var frame = Assert.IsType<PythonObject>(
            PickleReader.Read(runs.Artifacts("FramesFlow").First(artifact => artifact.Name == "frame").Payload));
        Assert.Equal("DataFrame", frame.Name);
        var manager = Assert.IsType<PythonObject>(frame.Fields["_mgr"]);
        Assert.Equal("BlockManager", manager.Name);
        var blocks = Assert.IsType<PythonTuple>(manager.Arguments[0]);
        var arrays = blocks.Select(block => Assert.IsType<NumericArray>(((PythonObject)block!).Arguments[0])).ToList();
        Assert.Contains(arrays, array => array.ElementType.Code == "<f8" && array.GetValue(0) is 1.5);
        Assert.Contains(arrays, array => array.ElementType.Code == "|O" && array.GetValue(1) is "B" && array.GetValue(2) is null);
    }

    [Fact]
    public void One_dimensional_arrays_of_the_reference_read_into_arrays()
    {
        var artifacts = runs.Artifacts("FramesFlow").ToLookup(artifact => artifact.Name, artifact => artifact.Payload);
        Assert.Equal([1.875, 2.25, 2.625], Read<double[]>("quartiles"));
        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1], Read<float[]>("f32"));
        Assert.Equal([-1, 0, 1L << 62], Read<long[]>("i64"));
        Assert.Equal([0, 255], Read<byte[]>("u8"));
        Assert.Equal([true, false], Read<bool[]>("b"));
        Assert.Equal([0.0, 1, 2], Read<double[]>("big_endian"));
        Assert.Equal(["ab", "c"], Read<string[]>("u"));
        Assert.Equal([new DateTime(2026, 11, 21), new DateTime(2026, 11, 22)], Read<DateTime[]>("dates"));
        Assert.Equal([1L, "two", null], Read<object?[]>("objects"));
        Assert.Equal(200000, Read<double[]>("big").Length);
        Assert.Equal(new double[,] { { 0, 1, 2 }, { 3, 4, 5 } }, Read<double[,]>("fortran"));
        Assert.Equal(new[,] { { 1, 2 }, { 3, 4 } }, Read<int[,]>("i32"));
        Assert.Equal(1.5, Read<double>("scalar"));

        T Read<T>(string name) => ArtifactSerializer.Deserialize<T>(artifacts[name].First(), "gzip+pickle-v4");
    }

    [Fact]
    public void Arrays_of_NumPy_2_read_as_those_of_NumPy_1()
    {
        var payload = runs.Artifacts("FramesFlow").First(artifact => artifact.Name == "quartiles").Payload;
        var text = System.Text.Encoding.Latin1.GetString(payload);
        var renamed = text.Replace("\u0015numpy.core.multiarray", "\u0016numpy._core.multiarray", StringComparison.Ordinal);
        Assert.NotEqual(text, renamed);
        Assert.Equal(
            [1.875, 2.25, 2.625], ArtifactSerializer.Deserialize<double[]>(System.Text.Encoding.Latin1.GetBytes(renamed), "pickle-v4"));
    }

    // Collections that .NET has no kinds of are read as the nearest one, and a few kinds are replaced on access by the reference's client.
    private static JsonNode? Expected(JsonNode? expected)
    {
        if (expected is not JsonObject { Count: 1 } kind)
        {
            return expected is JsonArray list ? new JsonArray([.. list.Select(item => Expected(item))]) : expected?.DeepClone();
        }

        var (name, content) = kind.First();
        return name switch
        {
            "bytearray" => GoldenValue.Kind("bytes", content!.DeepClone()),
            "frozenset" => GoldenValue.Kind("set", content!.DeepClone()),
            "Counter" or "defaultdict" or "OrderedDict" => GoldenValue.Kind("dict", content!.DeepClone()),
            "deque" => content!.DeepClone(),
            "numpy_scalar" => content!["value"]!.DeepClone(),
            "namedtuple" =>
                GoldenValue.Kind(
                    "namedtuple",
                    new JsonArray(
                        content![0]!.DeepClone(), new JsonArray([.. content[1]!.AsObject().Select(field => field.Value?.DeepClone())]))),
            _ => expected.DeepClone(),
        };
    }

    private static JsonNode? Actual(object? value, JsonNode? expected) => value switch
    {
        PythonObject { Name: "IncludedFile" or "DataFrame" or "Series" } => Expected(expected),
        HashSet<object?> set => GoldenValue.Kind("set", new JsonArray([.. set.OrderBy(item => item).Select(item => GoldenValue.Of(item))])),
        _ => GoldenValue.Of(value),
    };

    private static string Short(JsonNode? node)
    {
        var text = node?.ToJsonString(new JsonSerializerOptions()) ?? "null";
        return text.Length > 300 ? text[..300] : text;
    }
}
