using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class FrameworkTypeTests
{
    private const string Text = """{"a":[1,2.5,3.0,true,null,"x",123456789012345678901234567890],"b":{"c":{}}}""";

    public static TheoryData<object> WithoutForm =>
    [
        new Regex("a"), new Random(1), new Index(1), 1..2, new Memory<byte>([1]), new ReadOnlyMemory<char>(['a']), new Lazy<int>(1),
        CultureInfo.InvariantCulture, TimeZoneInfo.Utc, Encoding.UTF8, new PriorityQueue<int, int>(), new object(),
        new NameValueCollection { ["a"] = "b" }, new TheoryDataRow<object>(new[] { 1, 2 }.GroupBy(number => number % 2).First()),
        new TheoryDataRow<object>(new[] { 1 }.ToLookup(number => number)), default(JsonElement), new InvalidOperationException("x"),
        new { Pattern = new Regex("a") }, new List<Range> { 1..2 }, new Dictionary<string, object> { ["x"] = new Index(1) },
        JsonDocument.Parse("1e999"),
    ];

    [Theory]
    [MemberData(nameof(WithoutForm), DisableDiscoveryEnumeration = true)]
    public void A_type_of_NET_without_a_form_cannot_be_stored(object value) =>
        Assert.Equal(ErrorCodes.TypeCannotBeStored, Assert.Throws<StorageException>(() => PickleWriter.Write(value)).Code);

    [Fact]
    public void The_place_of_a_type_without_a_form_is_named()
    {
        var error = Assert.Throws<StorageException>(() => PickleWriter.Write(new { Rules = new List<object> { 1, new Regex("a") } }));
        Assert.Contains("'value.Rules[1]' is a 'Regex', which cannot be stored", error.Message, StringComparison.Ordinal);
        Assert.Contains(".NET type", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_other_types_are_stored_as_texts()
    {
        Assert.Equal("ab", Pickles.RoundTrip(new StringBuilder("ab")).ToString());
        Assert.Equal(IPAddress.Loopback, Pickles.RoundTrip(IPAddress.Loopback));
        Assert.Equal(IPAddress.IPv6Loopback, Pickles.RoundTrip(IPAddress.IPv6Loopback));
        Assert.Equal("10.0.0.1", ArtifactSerializer.DeserializePlain(Pickles.Write(IPAddress.Parse("10.0.0.1")), "pickle-v4"));
        Assert.Equal("<class 'str'>", ArtifactSerializer.Serialize(new StringBuilder(), typeof(StringBuilder)).TypeName);
        Assert.Equal(ErrorCodes.ValueDoesNotFit, Assert.Throws<StorageException>(() => Pickles.ReadAs<IPAddress>("1")).Code);
    }

    [Fact]
    public void Json_is_stored_as_the_data_that_it_stands_for()
    {
        using var document = JsonDocument.Parse(Text);
        var plain = Assert.IsType<Dictionary<object, object?>>(ArtifactSerializer.DeserializePlain(
            Pickles.Write(document.RootElement), "pickle-v4"));
        Assert.Equal(
            [1L, 2.5, 3.0, true, null, "x", BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture)],
            Assert.IsType<List<object?>>(plain["a"]));
        Assert.Equal(Pickles.Write(document.RootElement), Pickles.Write(JsonNode.Parse(Text)));
        Assert.Equal("<class 'dict'>", ArtifactSerializer.Serialize(document.RootElement, typeof(JsonElement)).TypeName);
    }

    [Fact]
    public void Json_reads_back_as_it_was()
    {
        using var document = JsonDocument.Parse(Text);
        Assert.True(JsonElement.DeepEquals(document.RootElement, Pickles.RoundTrip(document.RootElement)));
        using var read = Pickles.RoundTrip(document);
        Assert.True(JsonElement.DeepEquals(document.RootElement, read.RootElement));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Text), Pickles.RoundTrip(JsonNode.Parse(Text))));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("[1]"), Pickles.RoundTrip((JsonArray)JsonNode.Parse("[1]")!)));
        Assert.Equal("x", Pickles.RoundTrip(new Holder(JsonSerializer.SerializeToElement("x"))).Json.GetString());
        Assert.Equal(JsonValueKind.Null, Pickles.RoundTrip(new Holder(JsonSerializer.SerializeToElement<string?>(null))).Json.ValueKind);
        Assert.Equal(
            ErrorCodes.ValueDoesNotFit,
            Assert.Throws<StorageException>(() => Pickles.ReadAs<JsonElement>(new Dictionary<int, int> { [1] = 1 })).Code);
        Assert.Equal(ErrorCodes.ValueDoesNotFit, Assert.Throws<StorageException>(() => Pickles.ReadAs<JsonObject>("x")).Code);
    }

    [Fact]
    public void A_structure_whose_fields_are_all_public_is_stored()
        => Assert.Equal(new Vector3(1, 2, 3), Pickles.RoundTrip(new Vector3(1, 2, 3)));

    internal sealed record Holder(JsonElement Json);
}
