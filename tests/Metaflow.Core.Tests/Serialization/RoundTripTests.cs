using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class RoundTripTests
{
    public static TheoryData<Type, object?> Values
    {
        get
        {
            var data = new TheoryData<Type, object?>();
            foreach (var value in Scalars.Concat(Collections))
            {
                data.Add(value.GetType(), value);
            }

            data.Add(typeof(string), null);
            data.Add(typeof(int?), null);
            data.Add(typeof(int?), 5);
            data.Add(typeof(IReadOnlyList<string>), new List<string> { "a" });
            data.Add(typeof(IEnumerable<int>), new List<int> { 1, 2 });
            data.Add(typeof(IReadOnlyDictionary<string, double[]>), new Dictionary<string, double[]> { ["x"] = [1, 2.5] });
            data.Add(typeof(IReadOnlySet<string>), new HashSet<string> { "b", "a" });
            data.Add(typeof(IImmutableList<int>), ImmutableList.Create(1, 2));
            return data;
        }
    }

    private static IEnumerable<object> Scalars =>
    [
        true, (byte)200, (sbyte)-7, (short)-300, (ushort)65535, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, Int128.MinValue,
        UInt128.MaxValue, BigInteger.Pow(7, 300), 0.1f, -0.0, double.NaN, double.Epsilon, (Half)0.25, 1.10m, decimal.MaxValue,
        -0.0000000000000000000000000001m, "", "héllo ☃ 𝄞", "lone \ud800 surrogate", 'x', new byte[] { 1, 2, 3 },
        Guid.Parse("12345678-1234-5678-1234-567812345678"), Guid.Empty, new DateTime(2026, 11, 21, 21, 57, 17, 123).AddMicroseconds(456),
        new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-210)),
        new DateOnly(1, 1, 1), new TimeOnly(23, 59, 59, 999, 999), TimeSpan.FromMicroseconds(-1), TimeSpan.FromDays(10_000_000),
        new Complex(1, -2), DayOfWeek.Friday, FileAttributes.Hidden | FileAttributes.System, (DayOfWeek)77, nint.MinValue, nint.MaxValue,
        nuint.MaxValue, new System.Text.Rune(0x1F600), new System.Text.Rune('a'),
        new Uri("https://example.org/a?b=c"), new Version(1, 2, 3),
    ];

    private static IEnumerable<object> Collections =>
    [
        new[] { 1.5, double.NaN }, new[] { 1f }, new[] { 1, -2 }, new[] { 1L }, new[] { true, false }, new short[] { -1 },
        new ushort[] { 1 }, new uint[] { 1 }, new ulong[] { ulong.MaxValue }, new sbyte[] { -1 }, new[] { (Half)1.5 },
        new[] { Complex.ImaginaryOne }, Array.Empty<double>(), new[,] { { 1.0, 2 }, { 3, 4 }, { 5, 6 } }, new byte[,] { { 1 }, { 2 } },
        new int[2, 1, 2] { { { 1, 2 } }, { { 3, 4 } } }, new[,] { { "a", "b" } }, new[] { [1.0], new[] { 2.0, 3 } }, new[] { "a", null },
        new[] { 1.5m }, new[] { DayOfWeek.Monday }, new List<int> { 1 }, new List<double> { 1, 2 },
        new List<List<string>> { new() { "a" }, new() }, new HashSet<int> { 3, 1 }, new SortedSet<string> { "b", "a" },
        new Dictionary<int, string> { [3] = "x" }, new Dictionary<(int, string), double> { [(1, "a")] = 2 },
        new Dictionary<DateOnly, Guid> { [new DateOnly(2020, 1, 1)] = Guid.Empty },
        new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }, new LinkedList<int>([1, 2]), new Collection<string> { "a" },
        new Queue<int>([1, 2, 3]), ImmutableArray.Create(1, 2), ImmutableList.Create("a"), ImmutableSortedSet.Create(2, 1),
        new ReadOnlyCollection<int>([1]), (1, "a"), Tuple.Create(1, 2.5), (1, 2, 3, 4, 5, 6, 7, 8, 9), KeyValuePair.Create("a", 1),
        new List<KeyValuePair<string, int>> { new("a", 1) }, new Point(1, 2.5),
        new List<Movie> { new("A", 2001) { Tags = ["x"] }, new("B", 1999) }, new Dictionary<string, Movie> { ["a"] = new("A", 1) },
        new Dictionary<Point, string> { [new Point(1, 2)] = "unhashable in Python" }, new HashSet<Point> { new(3, 4) },
    ];

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void A_value_reads_back_equal_into_its_type(Type type, object? value)
    {
        var artifact = ArtifactSerializer.Serialize(value, type);
        var bytes = System.Buffers.BuffersExtensions.ToArray(artifact.Payload);
        var read = ArtifactSerializer.Deserialize(bytes, artifact.Encoding, type);
        Assert.Equal(value, read);
        Assert.Equal(bytes, Pickles.Write(value));
        if (read is not null)
        {
            Assert.IsAssignableFrom(type, read);
        }
    }

    [Fact]
    public void Files_and_folders_are_stored_as_their_full_paths()
    {
        Assert.Equal(Path.GetFullPath("a b.csv"), Pickles.RoundTrip(new FileInfo("a b.csv")).FullName);
        Assert.Equal(Path.GetFullPath("a/b"), Pickles.RoundTrip(new DirectoryInfo("a/b")).FullName);
    }

    [Fact]
    public void Kinds_of_times_are_kept()
    {
        Assert.Equal(DateTimeKind.Utc, Pickles.RoundTrip(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)).Kind);
        Assert.Equal(DateTimeKind.Unspecified, Pickles.RoundTrip(new DateTime(2020, 1, 1)).Kind);
        var local = new DateTime(2020, 1, 1, 12, 0, 0, DateTimeKind.Local);
        Assert.Equal(local.ToUniversalTime(), Pickles.RoundTrip(local));
        Assert.Equal(
            TimeSpan.FromMinutes(-210), Pickles.RoundTrip(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromMinutes(-210))).Offset);
        Assert.Equal(TimeSpan.FromTicks(10), Pickles.RoundTrip(TimeSpan.FromTicks(17)));
    }

    [Fact]
    public void Collections_of_other_kinds_read_back()
    {
        Assert.Equal([3, 2, 1], Pickles.RoundTrip(new Stack<int>([1, 2, 3])));
        Assert.Equal(new[] { 2, 1 }, Pickles.RoundTrip(ImmutableStack.Create(1, 2)).ToArray());
        Assert.True(Pickles.RoundTrip(ImmutableHashSet.Create("a", "b")).SetEquals(["a", "b"]));
        Assert.True(Pickles.RoundTrip(new[] { "a", "b" }.ToFrozenSet()).SetEquals(["a", "b"]));
        Assert.Equal(2, Pickles.RoundTrip(ImmutableDictionary.Create<string, int>().Add("a", 2))["a"]);
        Assert.Equal(2, Pickles.RoundTrip(new Dictionary<string, int> { ["a"] = 2 }.ToFrozenDictionary())["a"]);
        Assert.Equal(2, Pickles.RoundTrip(new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 2 }))["a"]);
        Assert.Equal(2, Pickles.RoundTrip(new System.Collections.Concurrent.ConcurrentDictionary<string, int> { ["a"] = 2 })["a"]);
    }

    [Fact]
    public void Records_are_dictionaries_in_snake_case()
    {
        var stored = Assert.IsType<Dictionary<object, object?>>(
            PickleReader.Read(Pickles.Write(new Movie("A", 2001) { Tags = ["x"], BoxOffice = 1.5m })));
        Assert.Equal(["title", "year", "box_office", "labels"], stored.Keys);
        Assert.Equal(1.5m, stored["box_office"]);
        var anonymous = Assert.IsType<Dictionary<object, object?>>(
            PickleReader.Read(Pickles.Write(new { MaxGenres = 5, Inner = new { X = 1 } })));
        Assert.Equal(5L, anonymous["max_genres"]);
    }

    [Fact]
    public void Members_that_came_or_went_do_not_matter()
    {
        var stored = new Dictionary<string, object?> { ["TITLE"] = "A", ["gone"] = 1 };
        var movie = Pickles.ReadAs<Movie>(stored);
        Assert.Equal("A", movie.Title);
        Assert.Equal(1900, movie.Year);
        Assert.Null(movie.BoxOffice);
    }

    [Fact]
    public void A_cycle_of_classes_is_kept()
    {
        var parent = new Node { Name = "parent" };
        parent.Children.Add(new Node { Name = "child", Parent = parent });
        var read = Pickles.RoundTrip(parent);
        Assert.Same(read, read.Children[0].Parent);
        Assert.Equal("child", read.Children[0].Name);
    }

    [Fact]
    public void Shared_parts_stay_shared()
    {
        var part = new List<string> { "a" };
        var read = Pickles.RoundTrip(new[] { part, part });
        Assert.Same(read[0], read[1]);
    }

    [Fact]
    public void Items_of_a_list_are_written_by_their_own_types()
    {
        var stored = PickleReader.Read(Pickles.Write(new List<Shape> { new Circle(2), new Square(3) }));
        var shapes = Assert.IsType<List<object?>>(stored);
        Assert.Equal(2L, ((Dictionary<object, object?>)shapes[0]!)["radius"]);
        Assert.Equal(3L, ((Dictionary<object, object?>)shapes[1]!)["side"]);
    }

    [Fact]
    public void Objects_of_Python_read_into_records()
    {
        var dataclass = new PythonObject("__main__", "Point", [], new Dictionary<object, object?> { ["x"] = 1L, ["y"] = 2.5 });
        Assert.Equal(new Point(1, 2.5), Pickles.ReadAs<Point>(dataclass));
        Assert.Equal(new Point(1, 2.5), Pickles.ReadAs<Point>(new PythonObject("__main__", "Point", [1L, 2.5])));
        Assert.Equal(DayOfWeek.Friday, Pickles.ReadAs<DayOfWeek>(new PythonObject("__main__", "Day", [5L], isCall: true)));
    }

    [Fact]
    public void A_failure_is_the_exception_of_the_reference()
    {
        var failure = new StepFailure("System.InvalidOperationException", "boom", "at Step", new StepFailure("System.Exception", "cause"));
        var artifact = ArtifactSerializer.Serialize(failure, typeof(StepFailure));
        Assert.Equal("<class 'metaflow.exception.MetaflowExceptionWrapper'>", artifact.TypeName);
        Assert.Equal(failure, Pickles.RoundTrip<StepFailure?>(failure));
        Assert.Null(Pickles.RoundTrip<StepFailure?>(null));
        var wrapper = Assert.IsType<PythonObject>(PickleReader.Read(System.Buffers.BuffersExtensions.ToArray(artifact.Payload)));
        Assert.Equal("boom", wrapper.Fields["exception"]);
        Assert.Equal("System.InvalidOperationException", wrapper.Fields["type"]);
        Assert.Equal("at Step", wrapper.Fields["stacktrace"]);
    }

    [Theory]
    [InlineData(100_000)]
    public void Lists_nested_a_hundred_thousand_times_are_written_and_read(int depth)
    {
        var list = new List<object?>();
        for (var i = 1; i < depth; i++)
        {
            list = [list];
        }

        var read = PickleReader.Read(Pickles.Write(list));
        var levels = 0;
        for (var level = read; level is List<object?> items; level = items.FirstOrDefault())
        {
            levels++;
        }

        Assert.Equal(depth, levels);
    }

    [Fact]
    public void Objects_chained_thirty_thousand_times_are_written_and_read()
    {
        Node? chain = null;
        for (var i = 0; i < 30_000; i++)
        {
            chain = new Node { Parent = chain };
        }

        var levels = 0;
        for (var node = Pickles.RoundTrip(chain); node is not null; node = node.Parent)
        {
            levels++;
        }

        Assert.Equal(30_000, levels);
    }

    [Fact]
    public void One_item_is_read_without_the_others()
    {
        var bytes = Pickles.Write(new List<object> { "not a point", new Point(1, 2) });
        Assert.Equal(new Point(1, 2), ArtifactSerializer.DeserializeItem<Point>(bytes, "pickle-v4", 1));
        Assert.Equal(2.5, ArtifactSerializer.DeserializeItem<double>(Pickles.Write(new[] { 1, 2.5 }), "pickle-v4", 1));
        Assert.Equal([3, 4], ArtifactSerializer.DeserializeItem<int[]>(Pickles.Write(new[,] { { 1, 2 }, { 3, 4 } }), "pickle-v4", 1));
        var table = Pickles.Write(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 });
        Assert.Equal("b", ArtifactSerializer.DeserializeItem<string>(table, "pickle-v4", 1));
        Assert.Equal(KeyValuePair.Create("b", 2), ArtifactSerializer.DeserializeItem<KeyValuePair<string, int>>(table, "pickle-v4", 1));
        Assert.Equal('é', ArtifactSerializer.DeserializeItem<char>(Pickles.Write("hé"), "pickle-v4", 1));
    }

    [Theory]
    [InlineData("<class 'NoneType'>", null)]
    [InlineData("<class 'int'>", 1)]
    [InlineData("<class 'bool'>", true)]
    [InlineData("<class 'float'>", 1.5)]
    [InlineData("<class 'str'>", DayOfWeek.Friday)]
    [InlineData("<class 'bytes'>", new byte[] { 1 })]
    [InlineData("<class 'numpy.ndarray'>", new double[] { 1 })]
    [InlineData("<class 'list'>", new[] { "a" })]
    public void Types_are_named_as_Python_prints_them(string expected, object? value) =>
        Assert.Equal(expected, ArtifactSerializer.Serialize(value, typeof(object)).TypeName);

    [Fact]
    public void Types_of_objects_are_named_as_Python_prints_them()
    {
        Assert.Equal("<class 'decimal.Decimal'>", TypeOf(1m));
        Assert.Equal("<class 'datetime.datetime'>", TypeOf(DateTime.UnixEpoch));
        Assert.Equal("<class 'dict'>", TypeOf(new Point(1, 2)));
        Assert.Equal("<class 'dict'>", TypeOf(new Dictionary<string, int>()));
        Assert.Equal("<class 'set'>", TypeOf(new HashSet<int> { 1 }));
        Assert.Equal("<class 'list'>", TypeOf(new HashSet<Point> { new(1, 2) }));
        Assert.Equal("<class 'tuple'>", TypeOf((1, 2)));

        static string TypeOf(object value) => ArtifactSerializer.Serialize(value, value.GetType()).TypeName;
    }

    [Fact]
    public void Sets_and_dictionaries_in_order_of_hashes_have_the_same_bytes_in_every_process()
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"name {i * 7919 % 100}")];
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        Assert.Equal(sorted, Pickles.ReadAs<List<string>>(names.ToImmutableHashSet()));
        Assert.Equal(
            sorted,
            ((Dictionary<object, object?>)PickleReader.Read(Pickles.Write(names.ToFrozenDictionary(name => name)))!).Keys.Cast<string>());
    }

    internal sealed record Movie(string Title, int Year = 1900)
    {
        public decimal? BoxOffice { get; init; }

        [ArtifactKey("labels")]
        public IReadOnlyList<string>? Tags { get; init; }

        public bool Equals(Movie? other)
            => other is not null && (Title, Year, BoxOffice) == (other.Title, other.Year, other.BoxOffice)
                && (Tags ?? []).SequenceEqual(other.Tags ?? []);

        public override int GetHashCode() => Title.GetHashCode(StringComparison.Ordinal);
    }

    internal readonly record struct Point(int X, double Y);

    internal abstract record Shape;

    internal sealed record Circle(int Radius) : Shape;

    internal sealed record Square(int Side) : Shape;

    internal sealed class Node
    {
        public string? Name { get; set; }

        public Node? Parent { get; set; }

        public List<Node> Children { get; set; } = [];
    }
}
