using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>What is stored comes back as it was, or is refused when it is stored; however its type makes itself.</summary>
public sealed class FaithfulReadingTests
{
    [Fact]
    public void A_constructor_that_changes_what_it_is_given_does_not_change_a_value_that_is_read()
    {
        var money = Pickles.RoundTrip(Pickles.RoundTrip(new Money(5, "EUR")));
        Assert.Equal((500m, "EUR"), (money.Amount, money.Currency));
        Assert.Equal(new Negated(5), Pickles.RoundTrip(new Negated(5)));
        Assert.Equal(6, Pickles.RoundTrip(new Next(5)).X);
        Assert.Equal(10, Pickles.RoundTrip(new Derived(5)).A);
        Assert.Equal([-5, -6], Pickles.RoundTrip(new Negated[] { new(5), new(6) }).Select(static item => item.X));
        Assert.Equal(1, Pickles.RoundTrip(new Clamped(1, 700)).Low);
        Assert.Equal(99, Pickles.RoundTrip(new Clamped(1, 700)).High);
    }

    [Fact]
    public void Many_records_are_read_as_they_were_by_the_fast_way_too()
    {
        var values = Enumerable.Range(0, 1000).Select(static i => new Derived(i)).ToList();
        Assert.Equal(values.Select(static value => value.A), Pickles.RoundTrip(values).Select(static value => value.A));
        var moneys = Enumerable.Range(0, 1000).Select(static i => new Money(i, "EUR")).ToList();
        Assert.Equal(moneys, Pickles.RoundTrip(moneys));
    }

    [Fact]
    public void A_setter_that_changes_what_it_is_given_does_not_change_a_value_that_is_read()
    {
        var counted = new Counted { A = 1 };
        Assert.Equal(2, counted.A);
        Assert.Equal(2, Pickles.RoundTrip(Pickles.RoundTrip(counted)).A);
    }

    [Fact]
    public void A_getter_that_changes_what_the_property_keeps_is_refused_and_one_that_computes_it_once_is_not()
    {
        Refused(new Doubled { A = 1 }, ErrorCodes.StateWouldBeLost, "A");
        Assert.Equal("made", Pickles.RoundTrip(new Computed()).Text);
    }

    [Theory]
    [InlineData("http://h/a%20b")]
    [InlineData("http://h/a b")]
    [InlineData("HTTP://Host:80/%7Euser?x=%41#%2F")]
    [InlineData("data:,a%20b")]
    [InlineData("a%20b?x=%41")]
    [InlineData("../up")]
    [InlineData("")]
    [InlineData("/abs/path")]
    [InlineData("http://h/\u202eb")]
    [InlineData("mailto:a@b.c")]
    [InlineData("urn:isbn:0451450523")]
    public void An_address_is_read_as_it_was_written(string text)
    {
        foreach (var kind in new[] { UriKind.Relative, UriKind.Absolute })
        {
            if (Uri.TryCreate(text, kind, out var uri))
            {
                var read = Pickles.RoundTrip(uri);
                Assert.Equal((uri, uri.IsAbsoluteUri), (read, read.IsAbsoluteUri));
                Assert.Equal(
                    uri.IsAbsoluteUri ? uri.AbsoluteUri : uri.OriginalString, read.IsAbsoluteUri ? read.AbsoluteUri : read.OriginalString);
            }
        }
    }

    [Fact]
    public void An_immutable_array_that_was_never_set_is_read_as_such()
    {
        Assert.True(Pickles.RoundTrip(default(ImmutableArray<int>)).IsDefault);
        Assert.True(Pickles.RoundTrip(new Holder()).Items.IsDefault);
        Assert.Equal(
            [true, false],
            Pickles.RoundTrip(new List<ImmutableArray<string>> { default, ImmutableArray<string>.Empty })
                .Select(static items => items.IsDefault));
        Assert.Null(Pickles.RoundTrip<object?>(default(ImmutableArray<int>)));
    }

    [Fact]
    public void What_throws_while_it_is_enumerated_is_refused_with_its_place_and_a_code()
    {
        Refused(JsonDocument.Parse("\"\\ud800\"").RootElement, ErrorCodes.MemberThrew, "value");
        Refused(new Dictionary<string, object> { ["a"] = new Broken() }, ErrorCodes.MemberThrew, "value[\"a\"]");
        var changing = new List<object>();
        changing.Add(new Adding(changing));
        Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(new Queue<object>([new Broken()]), typeof(object)));
    }

    [Fact]
    public void The_least_and_the_greatest_spans_are_read_to_the_microsecond()
    {
        foreach (var span in new[]
        {
            TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromTicks(-1), TimeSpan.FromTicks(-19), TimeSpan.FromTicks(19),
        })
        {
            Assert.Equal(span.Ticks - (span.Ticks % 10), Pickles.RoundTrip(span).Ticks);
        }
    }

    [Fact]
    public void Arrays_declared_as_some_collection_are_read()
    {
        Assert.Equal(new[] { 1, 2 }, Pickles.RoundTrip<Array>(new[] { 1, 2 }));
        Assert.Equal(new object[] { "a" }, Pickles.RoundTrip<Array>(new[] { "a" }));
        Assert.Equal(new[,] { { 1.5 } }, Pickles.RoundTrip<Array>(new[,] { { 1.5 } }));
        Assert.Equal(new[] { 1, 2 }, Pickles.RoundTrip<IList>(new[] { 1, 2 }));
        Assert.Equal(new[] { 1, 2 }, Pickles.RoundTrip<IEnumerable>(new[] { 1, 2 }));
        Assert.Equal(new[] { 1, 2 }, Pickles.RoundTrip<ICollection>(new[] { 1, 2 }));
        Refused<ITuple>((1, 2), ErrorCodes.TypeCannotBeConstructed, "ITuple");
    }

    [Fact]
    public void Collections_that_contain_themselves_are_read()
    {
        var array = new object[1];
        array[0] = array;
        var read = Assert.IsType<List<object?>>(Pickles.RoundTrip<object>(array));
        Assert.Same(read, read[0]);
        var queue = new Queue<object>();
        queue.Enqueue(queue);
        Assert.Single(Pickles.RoundTrip(queue));
        Assert.Single(Pickles.RoundTrip(array));
    }

    [Fact]
    public void Keys_that_are_one_once_they_are_stored_are_refused()
    {
        Refused(new Dictionary<object, object> { [1] = "int", [1L] = "long" }, ErrorCodes.StateWouldBeLost, "'1'");
        Refused(new HashSet<object> { 1, 1.0 }, ErrorCodes.StateWouldBeLost, "would replace another");
        Refused(new HashSet<object> { true, 1 }, ErrorCodes.StateWouldBeLost, "would replace another");
        Refused(new Dictionary<object, int> { ["Second"] = 1, [Order.Second] = 2 }, ErrorCodes.StateWouldBeLost, "'Second'");
        Refused(
            new Dictionary<string, int>(ReferenceEqualityComparer.Instance as IEqualityComparer<string>)
            {
                ["a"] = 1,
                [new string('a', 1)] = 2,
            },
            ErrorCodes.StateWouldBeLost,
            "'a'");
        Assert.Equal(2, Pickles.RoundTrip(new Dictionary<object, object> { [1] = "int", ["1"] = "text" }).Count);
        Assert.Equal(2, Pickles.RoundTrip(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1, ["B"] = 2 }).Count);
    }

    [Fact]
    public void A_sorted_collection_keeps_its_order_or_is_refused()
    {
        Refused(new SortedSet<int>(Comparer<int>.Create(static (x, y) => y.CompareTo(x))) { 1, 2 }, ErrorCodes.StateWouldBeLost, "order");
        Refused(
            new SortedDictionary<Point, int>(Comparer<Point>.Create(static (x, y) => x.X.CompareTo(y.X))) { [new(1)] = 1 },
            ErrorCodes.StateWouldBeLost,
            "order");
        Assert.Equal(["a", "b"], Pickles.RoundTrip(new SortedSet<string>(StringComparer.Ordinal) { "b", "a" }));
        Assert.Equal([1], Pickles.RoundTrip(new SortedSet<int>(Comparer<int>.Create(static (x, y) => y.CompareTo(x))) { 1 }));
        Assert.Equal([1, 2], Pickles.RoundTrip(new SortedSet<int> { 2, 1 }));
    }

    private static void Refused<T>(T value, string code, string part)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, typeof(T)));
        Assert.Equal(code, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private enum Order
    {
        First,
        Second,
    }

    private readonly struct Money
    {
        public Money(decimal amount, string currency)
        {
            Amount = amount * 100;
            Currency = currency;
        }

        public decimal Amount { get; }

        public string Currency { get; }
    }

    private sealed record Negated(int X)
    {
        public int X { get; } = -X;
    }

    private sealed record Next(int X)
    {
        public int X { get; init; } = X + 1;
    }

    private record Base(int A);

    private sealed record Derived(int A) : Base(A * 2);

    private sealed class Clamped
    {
        public Clamped(int low, int high)
        {
            Low = low;
            High = high > 100 ? 99 : high;
        }

        public int Low { get; }

        public int High { get; }
    }

    private sealed class Counted
    {
        public int A { get => field; set => field = value + 1; }
    }

    private sealed class Doubled
    {
        public int A { get => field * 2; set; }
    }

    private sealed class Computed
    {
        public string Text { get => field ??= "made"; set; }
    }

    private sealed class Holder
    {
        public ImmutableArray<int> Items { get; set; }
    }

    private sealed record Point(int X);

    private sealed class Broken : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => throw new NotSupportedException("once only");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Adding(List<object> list) : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator()
        {
            list.Add(1);
            return Enumerable.Empty<int>().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
