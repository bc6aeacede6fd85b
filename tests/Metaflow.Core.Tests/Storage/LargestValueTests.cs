using System.Buffers;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What is too large to be read back is refused when it is stored. The limit is lowered, so that no test needs
/// gigabytes.</summary>
public sealed class LargestValueTests : IDisposable
{
    private const long Limit = 300_000;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds =>
    [
        "numbers", "bytes", "list of bytes", "text", "wide text", "texts", "small numbers", "record", "big integer",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_value_whose_bytes_are_too_many_is_refused_with_its_name(string kind)
    {
        var value = Value(kind, 1);
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.SerializeWithin(Limit, value, value.GetType(), "embeddings"));
        Assert.Equal("MF4012", error.Code);
        Assert.Contains("'embeddings'", error.What, StringComparison.Ordinal);
        Assert.Contains("300000", error.Why, StringComparison.Ordinal);
        Assert.Contains("Split", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_just_fits_is_stored(string kind)
    {
        var value = Value(kind, 8);
        var bytes = ArtifactSerializer.Serialize(value, value.GetType()).Payload;
        Assert.Equal(bytes.ToArray(), ArtifactSerializer.SerializeWithin(bytes.Length, value, value.GetType(), "value").Payload.ToArray());
        Assert.True(bytes.Length < Limit);
    }

    [Fact]
    public void A_value_is_refused_before_its_bytes_are_made()
    {
        var text = new string('é', 50_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<StorageException>(() => ArtifactSerializer.SerializeWithin(Limit, text, typeof(string), "text"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_store_takes_nothing_of_a_group_in_which_one_payload_is_too_large()
    {
        var store = new ContentAddressedStore(new LocalBlobStore(_folder.Root), "F") { LongestPayload = 1000 };
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.SaveAsync(
            [Payload(1000), Payload(1001)], raw: false, Token));
        Assert.Equal("MF4012", error.Code);
        Assert.Contains("1001", error.What, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Root, "F", "data")));
        Assert.Single(await store.SaveAsync([Payload(1000)], raw: true, Token));
    }

    [Theory]
    [InlineData("utf-8", "é", 2)]
    [InlineData("utf-8", "a", 1)]
    [InlineData("utf-16", "é", 2)]
    [InlineData("iso-8859-1", "é", 1)]
    public void A_file_that_is_too_long_to_be_a_text_is_refused_when_it_is_included(string encoding, string character, int bytes)
    {
        var content = Encoding.GetEncoding(encoding).GetBytes(string.Concat(Enumerable.Repeat(character, 200_001)));
        Assert.Equal(200_001 * bytes, content.Length);
        var file = new IncludedFile("data.txt", true, encoding, content.Length);
        var error = Assert.Throws<StorageException>(() => IncludedContent.RequireReadable(file, content, longest: 200_000));
        Assert.Equal("MF4012", error.Code);
        Assert.Contains("data.txt", error.What, StringComparison.Ordinal);
        IncludedContent.RequireReadable(file, content, longest: 200_001);
        IncludedContent.RequireReadable(file with { IsText = false }, content, longest: 200_000);
    }

    private static ReadOnlySequence<byte> Payload(int length) => new(new byte[length]);

    private static object Value(string kind, int divisor) => kind switch
    {
        "numbers" => new double[60_000 / divisor],
        "bytes" => new byte[400_000 / divisor],
        "list of bytes" => Enumerable.Range(0, 10).Select(_ => new byte[40_000 / divisor]).ToList(),
        "text" => new string('a', 400_000 / divisor),
        "wide text" => new string('€', 120_000 / divisor),
        "texts" => Enumerable.Range(0, 60_000 / divisor).Select(static number => $"text {number}").ToList(),
        "small numbers" => Enumerable.Range(0, 200_000 / divisor).ToList(),
        "record" => new Dictionary<string, object> { ["a"] = new float[50_000 / divisor], ["b"] = new long[50_000 / divisor] },
        _ => System.Numerics.BigInteger.Pow(3, 1_600_000 / divisor),
    };
}
