using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>What a test of a flow asks of each stored value: that the next step reads what was set.</summary>
public sealed class ReadBackTests
{
    public static TheoryData<object, string, string> Changed => new()
    {
        { new Cache { Hits = 3 }, "x.Total", "was set to the int 3, and the next step reads the int 0" },
        { new List<Cache> { new(), new() { Hits = 1 } }, "x[1].Total", "the int 1" },
        { new Dictionary<string, Cache> { ["a"] = new() { Hits = 1 } }, "x[\"a\"].Total", "the int 1" },
        { new Shifted { Value = 1 }, "x.Value", "the int 2, and the next step reads the int 3" },
        { new Halved(4), "x.Value", "the int 2, and the next step reads the int 1" },
        { new Even { 2, 4 }, "x[0]", "was set to the int 4, and the next step reads the int 8" },
        { new Nested(new Cache { Hits = 7 }), "x.Cache.Total", "the int 7" },
    };

    [Theory]
    [MemberData(nameof(Changed), DisableDiscoveryEnumeration = true)]
    public void What_is_read_as_another_value_is_named_with_its_member(object value, string place, string what)
    {
        // Collections of the author's own are looked at whenever they are stored.
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.RequireSameWhenRead(
            value, value.GetType(), ArtifactSerializer.Serialize(value, value.GetType(), "x"), "x"));
        Assert.Equal(ErrorCodes.ReadBackDiffers, error.Code);
        Assert.Contains($"'{place}' was set to", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RoundTripTests.Values), MemberType = typeof(RoundTripTests), DisableDiscoveryEnumeration = true)]
    public void What_is_kept_is_the_same(Type type, object? value) => Same(value, type);

    [Fact]
    public void What_the_documentation_says_is_not_kept_is_no_difference()
    {
        Same(DateTime.Now, typeof(DateTime));
        Same(TimeSpan.FromTicks(19), typeof(TimeSpan));
        Same(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "b", "a", "C" }, typeof(HashSet<string>));
        Same(JsonNode.Parse("{\"a\": [1.50, null, 1e3]}"), typeof(JsonNode));
        Same(5, typeof(object));
        Same(new { A = DayOfWeek.Friday, B = (1, 'c') }, typeof(object));
        Same(new Aging { Born = DateTime.UtcNow }, typeof(Aging));
        Same(new[] { 1.5, 2.5 }, typeof(IReadOnlyList<double>));
        Same(new List<IList<int>> { new[] { 1, 2 } }, typeof(IList<IList<int>>));
        Same(new Dictionary<string, int> { ["a"] = 1 }, typeof(IEnumerable<KeyValuePair<string, int>>));
        Same(new List<int> { 3, 1 }.Where(static number => number > 0), typeof(IEnumerable<int>));
    }

    [Fact]
    public void Cycles_and_shared_parts_are_compared_once()
    {
        var ring = new Ring();
        ring.Next = ring;
        Same(ring, typeof(Ring));
        var list = new List<object?> { new Ring().GetHashCode() };
        for (var i = 0; i < 50; i++)
        {
            list = [list, list];
        }

        Same(list, typeof(object));
    }

    private static void Same(object? value, Type type)
        => ArtifactSerializer.RequireSameWhenRead(value, type, ArtifactSerializer.Serialize(value, type, "x"), "x");

    internal sealed class Cache
    {
        [ArtifactIgnore]
        public int Hits { get; set; }

        public int Total => Hits;
    }

    [ArtifactByPublicMembers]
    internal sealed class Shifted
    {
        private int _value;

        public int Value { get => _value; set => _value = value + 1; }
    }

    [ArtifactByPublicMembers]
    internal sealed class Halved(int value)
    {
        private readonly int _value = value / 2;

        public int Value => _value;
    }

    internal sealed record Nested(Cache Cache);

    internal sealed class Even : Collection<int>
    {
        protected override void InsertItem(int index, int item) => base.InsertItem(index, item * 2);
    }

    internal sealed class Aging
    {
        private static long _asked;

        public DateTime Born { get; set; }

        public long Asked => Interlocked.Increment(ref _asked);
    }

    internal sealed class Ring
    {
        public Ring? Next { get; set; }
    }
}
