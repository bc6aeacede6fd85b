using System.Numerics;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class SerializationErrorTests
{
    public static TheoryData<object, string, string> Refusals => new()
    {
        { new[] { new Index(1) }, "'value' is a 'Index[]'", "'Index' is a .NET type with more data than its public properties" },
        { new Index?[] { new Index(1) }, "'Index", "'Index' is a .NET type" },
        { new Action[1], "'Action[]'", "exist only in the process" },
        { new List<object> { Console.Out }, "'value[0]'", "exist only in the process" },
        { new object(), "'Object'", "plain object" },
        {
            System.Text.Json.JsonDocument.Parse("{\"a\": [1, 1e400]}"), "'value[\"a\"][1]' is the JSON number 1e400",
            "greater than any double"
        },
        { default(System.Text.Json.JsonElement), "'value' is JSON without a value", "was not read from any text" },
        { System.Text.Json.JsonDocument.Parse("1" + new string('0', 500) + ".0"), $"1{new string('0', 39)}…", "greater than any double" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void A_refusal_says_what_is_true_of_the_type(object value, string what, string why)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, value.GetType()));
        Assert.Equal(ErrorCodes.TypeCannotBeStored, error.Code);
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_encoding_is_named()
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.DeserializePlain(Pickles.Write(1), "parquet"));
        Assert.Equal(ErrorCodes.UnknownEncoding, error.Code);
        Assert.Contains("'parquet'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pickle-v2")]
    [InlineData("pickle-v4")]
    [InlineData("gzip+pickle-v2")]
    [InlineData("gzip+pickle-v4")]
    public void The_encodings_of_the_reference_are_read(string encoding)
        => Assert.Equal(1, ArtifactSerializer.Deserialize<int>(Pickles.Write(1), encoding));

    [Theory]
    [InlineData("")]
    [InlineData("80 04")]
    [InlineData("80 04 2e")]
    [InlineData("80 09 4e 2e")]
    [InlineData("80 04 4a 01 02")]
    [InlineData("80 04 42 ff ff ff ff 00")]
    [InlineData("80 04 8e ff ff ff ff ff ff ff 7f 00")]
    [InlineData("80 04 8b ff ff ff ff 00")]
    [InlineData("80 04 8c 02 c3 28 2e")]
    [InlineData("80 04 68 07 2e")]
    [InlineData("80 04 65 2e")]
    [InlineData("80 04 4e 4e 61 2e")]
    [InlineData("80 04 28 7d 4e 75 2e")]
    [InlineData("80 04 ff 2e")]
    [InlineData("80 04 4e 52 2e")]
    [InlineData("49 31")]
    [InlineData("49 78 0a 2e")]
    public void Damaged_bytes_are_an_error(string hex) =>
        Assert.Equal(ErrorCodes.MalformedPickle, Assert.Throws<StorageException>(() => Pickles.Read(hex)).Code);

    [Theory]
    [InlineData("80 04 4b 01 51 2e")]
    [InlineData("80 04 82 01 2e")]
    [InlineData("80 05 97 2e")]
    public void What_only_the_writer_has_is_an_error(string hex) =>
        Assert.Equal(ErrorCodes.UnsupportedPickle, Assert.Throws<StorageException>(() => Pickles.Read(hex)).Code);

    public static TheoryData<object?, Type> Misfits => new()
    {
        { 1.5, typeof(int) },
        { 300, typeof(byte) },
        { -1, typeof(ulong) },
        { 3_000_000_000L, typeof(int) },
        { BigInteger.Pow(2, 70), typeof(long) },
        { 0.1, typeof(float) },
        { (1L << 53) + 1, typeof(double) },
        { true, typeof(int) },
        { 1, typeof(bool) },
        { 1, typeof(string) },
        { "1", typeof(int) },
        { "ab", typeof(char) },
        { null, typeof(int) },
        { 1.5, typeof(decimal) },
        { new List<int> { 1 }, typeof(int) },
        { 1, typeof(List<int>) },
        { "Someday", typeof(DayOfWeek) },
        { new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(1)), typeof(DateTime) },
        { new DateTime(2020, 1, 1), typeof(DateTimeOffset) },
        { new double[] { 1.5 }, typeof(int[]) },
        { new[,] { { 1.0 } }, typeof(double[]) },
        { new[] { [1], new[] { 2, 3 } }, typeof(int[,]) },
        { (1, 2), typeof((int, int, int)) },
        { new List<int> { 1 }, typeof(Dictionary<string, int>) },
        { new Dictionary<string, int> { ["a"] = 1 }, typeof(List<int>) },
        { new List<int> { 1 }, typeof(RoundTripTests.Movie) },
        { 1, typeof(StepFailure) },
    };

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public void A_value_that_does_not_fit_is_an_error(object? stored, Type type)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize(Pickles.Write(stored), "pickle-v4", type));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
    }

    [Fact]
    public void A_misfit_is_found_by_its_path()
    {
        var stored = new List<object> { new { Title = "A", Year = 1 }, new { Title = "B", Year = 1.5 } };
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<List<RoundTripTests.Movie>>(
            Pickles.Write(stored), "pickle-v4", "movies"));
        Assert.Contains("'movies[1].Year' is the float 1.5, which does not fit 'Int32'", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<object> Unstorable =>
    [
        new Action(() => { }), new MemoryStream(), Task.CompletedTask, typeof(int), Thread.CurrentThread, CancellationToken.None,
        new List<Func<int>> { () => 1 }, new StringReader("a"), new Func<int>[] { () => 1 },
        new Dictionary<string, Stream> { ["x"] = Stream.Null }, new NeedsReader { Reader = TextReader.Null },
    ];

    [Theory]
    [MemberData(nameof(Unstorable), DisableDiscoveryEnumeration = true)]
    public void What_exists_only_in_its_process_cannot_be_stored(object value) =>
        Assert.Equal(ErrorCodes.TypeCannotBeStored, Assert.Throws<StorageException>(() => PickleWriter.Write(value)).Code);

    [Fact]
    public void What_cannot_be_stored_is_found_by_its_path()
    {
        var movies = new List<object> { 1, 2, 3, new NeedsReader() };
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(movies, movies.GetType(), "movies"));
        Assert.Contains("'movies[3].Reader' is a 'TextReader'", error.Message, StringComparison.Ordinal);
        var table = new Dictionary<string, object> { ["a b"] = new { Task = Task.CompletedTask } };
        Assert.Contains(
            "'value[\"a b\"].Task'", Assert.Throws<StorageException>(() => PickleWriter.Write(table)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_a_fitting_constructor_is_an_error()
    {
        Assert.Equal(ErrorCodes.TypeCannotBeConstructed, CodeOf<NoConstructor>());
        Assert.Equal(ErrorCodes.TypeCannotBeConstructed, CodeOf<RoundTripTests.Shape>());

        static string CodeOf<T>() => Assert.Throws<StorageException>(() => Pickles.ReadAs<T>(new Dictionary<string, int>())).Code;
    }

    [Fact]
    public void A_member_that_throws_is_an_error_with_its_cause()
    {
        var writing = Assert.Throws<StorageException>(() => PickleWriter.Write(new Throws()));
        Assert.Equal(ErrorCodes.MemberThrew, writing.Code);
        Assert.IsType<InvalidOperationException>(writing.InnerException);
        var reading = Assert.Throws<StorageException>(() => Pickles.ReadAs<Throws>(new { Value = 1 }));
        Assert.Equal(ErrorCodes.MemberThrew, reading.Code);
    }

    [Fact]
    public void Two_members_with_one_key_are_an_error()
    {
        var error = Assert.Throws<StorageException>(() => PickleWriter.Write(new { MaxSize = 1, maxSize = 2 }));
        Assert.Equal(ErrorCodes.DuplicateKey, error.Code);
        Assert.Contains("'max_size'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void An_item_that_is_not_there_is_an_error(int index)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.DeserializeItem<int>(
            Pickles.Write(new List<int> { 1, 2 }), "pickle-v4", index));
        Assert.Equal(ErrorCodes.NoSuchItem, error.Code);
    }

    [Fact]
    public void A_value_that_is_no_collection_has_no_items() =>
        Assert.Equal(
            ErrorCodes.NoSuchItem,
            Assert.Throws<StorageException>(() => ArtifactSerializer.DeserializeItem<int>(Pickles.Write(5), "pickle-v4", 0)).Code);

    [Fact]
    public void A_cycle_through_a_constructor_is_an_error()
    {
        var link = new Dictionary<string, object?>();
        link["next"] = link;
        Assert.Equal(ErrorCodes.CycleThroughConstructor, Assert.Throws<StorageException>(() => Pickles.ReadAs<Link>(link)).Code);
    }

    [Fact]
    public void A_value_that_is_nested_too_deeply_for_its_type_is_an_error()
    {
        // A hostile writer needs a few bytes for each level.
        var depth = 110_000;
        var bytes = new List<byte> { 0x80, 4 };
        bytes.AddRange(Enumerable.Range(0, depth).SelectMany(_ => new byte[] { 0x7d, 0x8c, 1, (byte)'n' }));
        bytes.Add(0x4e);
        bytes.AddRange(Enumerable.Repeat((byte)'s', depth));
        bytes.Add(0x2e);
        Assert.NotNull(PickleReader.Read(bytes.ToArray()));
        Assert.Equal(
            ErrorCodes.NestedTooDeeply,
            Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<Chain>(bytes.ToArray(), "pickle-v4")).Code);
    }

    internal sealed class Chain
    {
        public Chain? N { get; set; }
    }

    internal sealed record Link(Link? Next, int Number);

    internal sealed class NeedsReader
    {
        public TextReader? Reader { get; set; }
    }

    internal sealed class NoConstructor
    {
        public NoConstructor(int unrelated) => Value = unrelated.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public string Value { get; }
    }

    internal sealed class Throws
    {
        public int Value
        {
            get => throw new InvalidOperationException("get");
            set => throw new InvalidOperationException("set");
        }
    }
}
