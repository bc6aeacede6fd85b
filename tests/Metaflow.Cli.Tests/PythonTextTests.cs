using Metaflow.Cli.Commands;

namespace Metaflow.Cli.Tests;

public sealed class PythonTextTests
{
    [Fact]
    public void A_list_that_unfolds_without_end_is_cut()
    {
        var list = new List<object?> { 1L };
        for (var i = 0; i < 60; i++)
        {
            list = [list, list];
        }

        Assert.InRange(PythonRepr.Of(list).Length, 1_000_000, 200_000_000);
    }

    [Fact]
    public void A_long_text_that_is_held_many_times_is_cut()
    {
        var text = new string('x', 1_000_000);
        Assert.InRange(PythonRepr.Of(Enumerable.Repeat((object?)text, 100_000).ToList()).Length, 1_000_000, 200_000_000);
    }

    [Fact]
    public void JSON_that_unfolds_without_end_is_refused_and_each_part_is_converted_once()
    {
        var asked = 0;
        IEnumerable<object?> Counted()
        {
            asked++;
            yield return 1L;
        }

        object list = Counted();
        for (var i = 0; i < 60; i++)
        {
            list = new List<object?> { list, list };
        }

        Assert.Equal(
            Metaflow.Errors.ErrorCodes.JsonTooLong, Assert.Throws<Metaflow.Errors.StorageException>(() => ArtifactJson.Of(list)).Code);
        Assert.Equal(1, asked);
        var text = new string('x', 1_000_000);
        Assert.Throws<Metaflow.Errors.StorageException>(() => ArtifactJson.Of(Enumerable.Repeat((object?)new[] { text }.ToList(), 1)
            .SelectMany(part => Enumerable.Repeat((object?)part, 1_000)).ToList()));
        var shared = new List<object?> { 1L, "a" };
        Assert.Equal("[[1, \"a\"], [1, \"a\"]]", PythonJson.WriteLine(ArtifactJson.Of(new List<object?> { shared, shared })));
        Assert.Equal("[null, 1]", PythonJson.WriteLine(ArtifactJson.Of(Ring())));
        Assert.Equal(
            "\"0x1" + new string('0', 2_000_000) + "\"",
            PythonJson.WriteLine(ArtifactJson.Of(System.Numerics.BigInteger.One << 8_000_000)));
    }

    private static List<object?> Ring()
    {
        var ring = new List<object?>();
        ring.Add(ring);
        ring.Add(1L);
        return ring;
    }

    [Fact]
    public void An_integer_that_Python_does_not_write_in_digits_is_written_in_hexadecimal_ones()
    {
        Assert.Equal("0x1" + new string('0', 2_000_000), PythonRepr.Of(System.Numerics.BigInteger.One << 8_000_000));
        Assert.Equal("-0x1" + new string('0', 5_000), PythonRepr.Of(-(System.Numerics.BigInteger.One << 20_000)));
        Assert.Equal(
            (System.Numerics.BigInteger.One << 1_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
            PythonRepr.Of(System.Numerics.BigInteger.One << 1_000));
    }

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(123456789.12345678, "123456789.12345678")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Numbers_are_the_shortest_that_read_back(double number, string text) => Assert.Equal(text, PythonRepr.Of(number));

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("both ' and \"", "'both \\' and \"'")]
    [InlineData("a\nb\t\\\u0001", "'a\\nb\\t\\\\\\x01'")]
    [InlineData("ü", "'ü'")]
    public void Texts_are_quoted_as_in_python(string value, string text) => Assert.Equal(text, PythonRepr.Of(value));

    [Fact]
    public void Times_are_calls_of_their_types()
    {
        Assert.Equal("datetime.time(12, 30)", PythonRepr.Of(new TimeOnly(12, 30)));
        Assert.Equal("datetime.timedelta(days=-1, seconds=86399)", PythonRepr.Of(TimeSpan.FromSeconds(-1)));
        Assert.Equal("datetime.timedelta(days=-10675200, seconds=76314, microseconds=522419)", PythonRepr.Of(TimeSpan.MinValue));
        Assert.Equal("datetime.timedelta(0)", PythonRepr.Of(TimeSpan.Zero));
        Assert.Equal(
            "datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600)))",
            PythonRepr.Of(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 0, 6, TimeSpan.FromHours(1))));
    }

    [Fact]
    public void A_value_of_any_depth_is_shown()
    {
        object? value = null;
        for (var i = 0; i < 100_000; i++)
        {
            value = new List<object?> { value };
        }

        Assert.Contains("[[...]]", PythonRepr.Of(value));
    }

    [Fact]
    public void Json_escapes_all_that_is_not_ascii()
        => Assert.Equal(
            "{\n    \"\\u00fc\\\"\\n\": [\n        1,\n        1.0,\n        true,\n        null,\n        {},\n        []\n    ]\n}",
            PythonJson.Write(new Dictionary<string, object?>
            {
                ["ü\"\n"] = new List<object?> { 1L, 1.0, true, null, new Dictionary<string, object?>(), new List<object?>() },
            }));
}
