using System.Numerics;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Short pickles that hold much, by sharing their parts or by values that are hard to tell apart. Each of these did not end, or
/// not within a minute, as long as the work grew with what they hold rather than with what they are.</summary>
public sealed class HostilePickleTests
{
    [Fact]
    public void Tuples_that_share_their_parts_are_keys_that_every_type_refuses_or_takes()
    {
        var dictionary = Pickles.Write(new Dictionary<object, object?> { [Shared(50)] = 1L, [Shared(49)] = 2L });
        var set = Pickles.Write(new HashSet<object?> { Shared(50), Shared(49) });
        foreach (var payload in new[] { dictionary, set })
        {
            Assert.NotNull(ArtifactSerializer.Deserialize<object>(payload, "pickle-v4"));
            Refused<string>(payload);
            Refused<int>(payload);
            Refused<DateTime>(payload);
            Refused<Dictionary<string, int>>(payload);
        }
    }

    [Fact]
    public void Tuples_that_differ_at_their_end_only_are_told_apart()
    {
        var keys = Enumerable.Range(0, 20_000).Select(static i => new PythonTuple(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, (long)i));
        Assert.True(Distinct(keys) > 19_900);
        Assert.True(
            Distinct(Enumerable.Range(0, 20_000)
                .Select(static i => new PythonTuple([new PythonTuple([new PythonTuple([new PythonTuple([new PythonTuple((long)i)])])])])))
                > 19_900);
    }

    [Fact]
    public void Numbers_and_times_that_have_one_hash_in_dotnet_have_many_here()
    {
        Assert.True(Distinct(Enumerable.Range(0, 20_000).Select(static i => (object)(((long)i << 32) | (uint)i))) > 19_900);
        Assert.True(
            Distinct(Enumerable.Range(1, 20_000)
                .Select(static i => (object)BitConverter.Int64BitsToDouble(((long)i << 32) | (uint)i))) > 19_900);
        Assert.True(Distinct(Enumerable.Range(0, 20_000).Select(static i => (object)new DateTime(((long)i << 32) | (uint)i))) > 19_900);
        Assert.True(Distinct(Enumerable.Range(0, 20_000).Select(static i => (object)new TimeSpan(((long)i << 32) | (uint)i))) > 19_900);
    }

    [Fact]
    public void What_is_equal_has_one_hash()
    {
        (object, object)[] pairs =
        [
            (0.0, -0.0), (double.NaN, BitConverter.Int64BitsToDouble(-1)), (1.0m, 1.000m), (0m, -0.00m),
            (new PythonTuple(1L, "a"), new PythonTuple(1L, "a")),
            (new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            (new HashSet<object?> { 1L, 2L }, new HashSet<object?> { 2L, 1L }),
        ];
        Assert.All(
            pairs,
            static pair => Assert.Equal(PythonEquality.Instance.GetHashCode(pair.Item1), PythonEquality.Instance.GetHashCode(pair.Item2)));
        Assert.All(pairs, static pair => Assert.True(PythonEquality.Instance.Equals(pair.Item1, pair.Item2)));
    }

    [Fact]
    public void A_key_that_Python_could_not_hash_is_refused()
    {
        var tuple = new PythonTuple(1L);
        for (var i = 0; i < 100_000; i++)
        {
            tuple = new PythonTuple([tuple]);
        }

        Assert.Equal(ErrorCodes.NestedTooDeeply, Assert.Throws<StorageException>(() => PythonEquality.Instance.GetHashCode(tuple)).Code);
    }

    [Fact]
    public void An_integer_of_a_million_bytes_is_named_by_its_length()
    {
        var payload = Pickles.Write(BigInteger.One << 8_000_000);
        Assert.Contains("the int of 8000001 bits", Refused<int>(payload).Message, StringComparison.Ordinal);
        Refused<List<int>>(payload);
        Refused<Dictionary<string, int>>(payload);
        Refused<double>(payload);
        Refused<System.Text.Json.JsonElement>(payload);
    }

    [Fact]
    public void Lists_that_share_their_parts_have_no_JSON_of_their_unfolded_length()
    {
        var list = new List<object?> { 1L };
        for (var i = 0; i < 60; i++)
        {
            list = [list, list];
        }

        Refused<System.Text.Json.Nodes.JsonNode>(Pickles.Write(list));
    }

    [Fact]
    public void A_type_of_items_whose_state_is_set_after_its_array_was_filled_changes_nothing_of_the_array()
    {
        // dtype('V4') is remembered, an array is filled with it, and then a state with another size is set on what is remembered.
        var before = NumericType.FromCode("V4")!;
        var state = new PythonTuple(3L, "|", null, null, null, 8L, 1L, 0L);
        Assert.Equal(8, before.WithState(state)!.ItemSize);
        Assert.Equal(4, before.ItemSize);
    }

    private static int Distinct(IEnumerable<object> keys) => keys.Select(PythonEquality.Instance.GetHashCode).Distinct().Count();

    private static PythonTuple Shared(int levels)
    {
        var tuple = new PythonTuple(1L);
        for (var i = 0; i < levels; i++)
        {
            tuple = new PythonTuple(tuple, tuple);
        }

        return tuple;
    }

    internal static StorageException Refused<T>(byte[] payload)
        => Assert.IsAssignableFrom<StorageException>(
            Assert.ThrowsAny<Exception>(() => ArtifactSerializer.Deserialize<T>(payload, "pickle-v4")));
}
