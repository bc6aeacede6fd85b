using System.Collections.Immutable;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Which values that were only read are known to be as they were stored.</summary>
public sealed class ImmutableTypeTests
{
    public static TheoryData<Type> Immutable =>
    [
        typeof(int), typeof(string), typeof(DateTime?), typeof(DayOfWeek), typeof(Trip), typeof(Chain), typeof((int, string)),
        typeof(Tuple<string, Trip>), typeof(ImmutableArray<Trip>), typeof(ImmutableDictionary<string, Trip>), typeof(IReadOnlyList<Trip>),
        typeof(IEnumerable<int>), typeof(IReadOnlyDictionary<string, ImmutableList<Trip>>),
    ];

    public static TheoryData<Type> Mutable =>
    [
        typeof(double[]), typeof(List<int>), typeof(IList<int>), typeof(object), typeof(Counter), typeof(Holder), typeof((int, List<int>)),
        typeof(ImmutableArray<Counter>), typeof(Derived), typeof(IReadOnlyList<Counter>), typeof(IReadOnlyList<IReadOnlyList<int>>),
        typeof(Nested), typeof(Chain2), typeof(System.Text.StringBuilder), typeof(Growing<int>),
    ];

    [Theory]
    [MemberData(nameof(Immutable))]
    public void A_value_whose_parts_cannot_be_assigned_is_known_not_to_change(Type type)
        => Assert.True(ArtifactSerializer.IsImmutable(null, type));

    [Theory]
    [MemberData(nameof(Mutable))]
    public void A_value_with_a_part_that_can_be_assigned_may_have_changed(Type type)
        => Assert.False(ArtifactSerializer.IsImmutable(null, type));

    [Fact]
    public void A_list_declared_for_reading_is_given_so_that_no_cast_changes_it()
    {
        List<Trip> trips = [new(1, new DateTime(2026, 1, 2), 3), new(2, default, 4)];
        var read = ArtifactSerializer.Deserialize<IReadOnlyList<Trip>>(Pickles.Write(trips), ArtifactSerializer.StandardEncoding);
        Assert.Equal(trips, read);
        Assert.True(ArtifactSerializer.IsImmutable(read, typeof(IReadOnlyList<Trip>)));
        Assert.Throws<NotSupportedException>(() => ((IList<Trip>)read)[0] = trips[1]);
        Assert.False(ArtifactSerializer.IsImmutable(trips, typeof(IReadOnlyList<Trip>)));

        var table = ArtifactSerializer.Deserialize<IReadOnlyDictionary<string, int>>(
            Pickles.Write(new Dictionary<string, int> { ["a"] = 1 }), ArtifactSerializer.StandardEncoding);
        Assert.Throws<NotSupportedException>(() => ((IDictionary<string, int>)table)["a"] = 2);
        Assert.IsType<List<int>>(ArtifactSerializer.Deserialize<IList<int>>(
            Pickles.Write(new List<int> { 1, 2 }), ArtifactSerializer.StandardEncoding));
    }

    private sealed record Trip(int Id, DateTime Start, decimal Fare);

    private sealed record Chain(int Value, Chain? Next);

    private sealed record Chain2(int[] Values, Chain2? Next);

    private sealed record Holder(Counter Counter);

    private sealed record Nested(IReadOnlyList<string> Names);

    private sealed record Growing<T>(T Value, Growing<List<T>>? Next);

    private class Counter
    {
        public int Count { get; private set; }
    }

    private sealed class Derived : Counter;
}
