using Metaflow.Definition;
using Metaflow.Errors;

namespace Metaflow.Core.Tests.Definition;

public sealed class ParameterTextTests
{
    public enum Level
    {
        Low,
        VeryHigh,
    }

    public sealed record Options(
        int MaxDepth, string Name, Level Level = Level.Low, IReadOnlyList<Options>? Inner = null,
        Dictionary<string, Options>? ByKey = null);

    public static TheoryData<Type, string, object?> Values { get; } = new()
    {
        { typeof(bool), "True", true },
        { typeof(bool), "yes", true },
        { typeof(bool), "1", true },
        { typeof(bool), "FALSE", false },
        { typeof(bool), "no", false },
        { typeof(bool), "0", false },
        { typeof(int), "-12", -12 },
        { typeof(int?), "5", 5 },
        { typeof(long), "9999999999", 9_999_999_999L },
        { typeof(double), "-1.5e3", -1500.0 },
        { typeof(double), "-inf", double.NegativeInfinity },
        { typeof(double), "nan", double.NaN },
        { typeof(decimal), "0.10", 0.10m },
        { typeof(string), "  as it is ", "  as it is " },
        { typeof(Level), "veryhigh", Level.VeryHigh },
        { typeof(Level), "very-high", Level.VeryHigh },
        { typeof(Level?), "low", Level.Low },
        { typeof(DateTime), "2026-01-31T12:00:00Z", new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc) },
        { typeof(DateTimeOffset), "2026-01-31T12:00:00+01:00", new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.FromHours(1)) },
        { typeof(DateTimeOffset), "2026-01-31", new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero) },
        { typeof(DateOnly), "2026-01-31", new DateOnly(2026, 1, 31) },
        { typeof(TimeOnly), "12:30", new TimeOnly(12, 30) },
        { typeof(TimeSpan), "1.02:03:04", new TimeSpan(1, 2, 3, 4) },
        { typeof(TimeSpan), "PT1H30M", TimeSpan.FromMinutes(90) },
        { typeof(Guid), "a8098c1a-f86e-11da-bd1a-00112444be1e", new Guid("a8098c1a-f86e-11da-bd1a-00112444be1e") },
        { typeof(short), "7", (short)7 },
        { typeof(Uri), "https://example.org/a", new Uri("https://example.org/a") },
        { typeof(List<int>), "[1, 2]", new List<int> { 1, 2 } },
        { typeof(IReadOnlyList<string>), "[\"a\"]", new List<string> { "a" } },
        { typeof(double[]), "[1.5]", new[] { 1.5 } },
        { typeof(Dictionary<string, int>), "{\"max_depth\": 1}", new Dictionary<string, int> { ["max_depth"] = 1 } },
        {
            typeof(object), "{\"a\": [1, 2.5, null, true]}",
            new Dictionary<string, object?> { ["a"] = new List<object?> { 1L, 2.5, null, true } }
        },
    };

    [Theory]
    [InlineData(typeof(float), "1e39")]
    [InlineData(typeof(float), "-1e39")]
    [InlineData(typeof(float), "1e-60")]
    [InlineData(typeof(Half), "70000")]
    [InlineData(typeof(Half), "1e-9")]
    [InlineData(typeof(decimal), "1e-29")]
    [InlineData(typeof(decimal), "1.5e-28")]
    [InlineData(typeof(decimal), "0.12345678901234567890123456789")]
    [InlineData(typeof(TimeSpan), "P1Y")]
    [InlineData(typeof(TimeSpan), "P1M")]
    [InlineData(typeof(TimeSpan), "-P1Y2M3DT4H")]
    [InlineData(typeof(TimeSpan), "P99999999999W")]
    [InlineData(typeof(TimeSpan), "P2000000000W")]
    [InlineData(typeof(TimeSpan), "PW")]
    public void What_a_type_cannot_hold_is_refused_and_not_rounded_or_guessed(Type type, string text)
        => Assert.Equal(
            ErrorCodes.InvalidValue, Assert.Throws<ConfigurationException>(() => ParameterText.Read(Parameter(type), text)).Code);

    public static TheoryData<Type, string, object> Held { get; } = new()
    {
        { typeof(float), "0e99", 0f },
        { typeof(float), "-0.0", -0f },
        { typeof(float), "Infinity", float.PositiveInfinity },
        { typeof(Half), "65504", Half.MaxValue },
        { typeof(double), "1e400", double.PositiveInfinity },
        { typeof(double), "1e-400", 0.0 },
        { typeof(decimal), "1e2", 100m },
        { typeof(decimal), "100.00", 100m },
        { typeof(decimal), "0e-40", 0m },
        { typeof(decimal), "1e-28", 0.0000000000000000000000000001m },
        { typeof(TimeSpan), "P1W", TimeSpan.FromDays(7) },
        { typeof(TimeSpan), "-P2W", TimeSpan.FromDays(-14) },
        { typeof(TimeSpan), "P1DT1M", new TimeSpan(1, 0, 1, 0) },
    };

    [Theory]
    [MemberData(nameof(Held))]
    public void What_a_type_holds_is_taken(Type type, string text, object expected)
        => Assert.Equal(expected, ParameterText.Read(Parameter(type), text));

    public static TheoryData<Type> Lists { get; } =
    [
        typeof(IEnumerable<Level>), typeof(ICollection<Level>), typeof(IList<Level>), typeof(IReadOnlyList<Level>),
        typeof(IReadOnlyCollection<Level>), typeof(ISet<Level>), typeof(IReadOnlySet<Level>), typeof(HashSet<Level>),
        typeof(SortedSet<Level>), typeof(Queue<Level>), typeof(LinkedList<Level>), typeof(Level[]), typeof(List<Level>),
        typeof(System.Collections.ObjectModel.Collection<Level>), typeof(System.Collections.ObjectModel.ObservableCollection<Level>),
        typeof(System.Collections.ObjectModel.ReadOnlyCollection<Level>), typeof(System.Collections.ObjectModel.ReadOnlySet<Level>),
        typeof(System.Collections.Frozen.FrozenSet<Level>), typeof(System.Collections.Immutable.ImmutableArray<Level>),
        typeof(System.Collections.Immutable.ImmutableList<Level>), typeof(System.Collections.Immutable.IImmutableList<Level>),
        typeof(System.Collections.Immutable.ImmutableHashSet<Level>), typeof(System.Collections.Immutable.IImmutableSet<Level>),
        typeof(System.Collections.Immutable.ImmutableSortedSet<Level>), typeof(System.Collections.Immutable.ImmutableQueue<Level>),
        typeof(System.Collections.Concurrent.ConcurrentQueue<Level>),
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_kind_of_list_and_set_is_given_by_items_with_commas_and_by_json(Type type)
    {
        foreach (var text in new[] { "low,very-high", """["Low", "very_high"]""" })
        {
            var value = ParameterText.Read(Parameter(type), text);
            Assert.IsAssignableFrom(type, value);
            Assert.Equal([Level.Low, Level.VeryHigh], Assert.IsAssignableFrom<IEnumerable<Level>>(value).Order());
        }
    }

    public static TheoryData<Type> Maps { get; } =
    [
        typeof(IDictionary<Level, int>), typeof(IReadOnlyDictionary<Level, int>), typeof(SortedDictionary<Level, int>),
        typeof(OrderedDictionary<Level, int>),
        typeof(SortedList<Level, int>),
        typeof(System.Collections.ObjectModel.ReadOnlyDictionary<Level, int>),
        typeof(System.Collections.Frozen.FrozenDictionary<Level, int>),
        typeof(System.Collections.Immutable.ImmutableDictionary<Level, int>),
        typeof(System.Collections.Immutable.IImmutableDictionary<Level, int>),
        typeof(System.Collections.Immutable.ImmutableSortedDictionary<Level, int>),
        typeof(System.Collections.Concurrent.ConcurrentDictionary<Level, int>),
    ];

    [Theory]
    [MemberData(nameof(Maps))]
    public void Every_kind_of_dictionary_is_given_as_json(Type type)
    {
        var value = ParameterText.Read(Parameter(type), """{"low": 1, "very-high": 2}""");
        Assert.IsAssignableFrom(type, value);
        Assert.Equal(
            [(Level.Low, 1), (Level.VeryHigh, 2)],
            Assert.IsAssignableFrom<IEnumerable<KeyValuePair<Level, int>>>(value).Select(static pair => (pair.Key, pair.Value)).Order());
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_text_is_read_as_its_type(Type type, string text, object? expected)
    {
        var value = ParameterText.Read(Parameter(type), text);

        Assert.Equal(expected, value);
        Assert.IsAssignableFrom(Nullable.GetUnderlyingType(type) ?? type, value);
    }

    [Theory]
    [InlineData(typeof(int), "abc", "'abc' is not a valid integer.")]
    [InlineData(typeof(int), "1.5", "'1.5' is not a valid integer.")]
    [InlineData(typeof(int), "99999999999", "'99999999999' is not a whole number from -2147483648 to 2147483647.")]
    [InlineData(typeof(long), "", "'' is not a valid integer.")]
    [InlineData(typeof(double), "1,5", "'1,5' is not a valid number.")]
    [InlineData(typeof(decimal), "1,000", "'1,000' is not a valid number.")]
    [InlineData(typeof(bool), "maybe", "'maybe' is not a valid boolean (true or false).")]
    [InlineData(typeof(Level), "high", "'high' is not one of 'Low', 'VeryHigh'.")]
    [InlineData(typeof(Level), "1", "'1' is not one of 'Low', 'VeryHigh'.")]
    [InlineData(typeof(DateOnly), "soon", "'soon' is not a valid date (for example 2026-01-31).")]
    [InlineData(typeof(DateOnly), "2026-11-22T01:00", "'2026-11-22T01:00' is not a valid date (for example 2026-01-31).")]
    [InlineData(typeof(TimeOnly), "2026-11-22T01:00", "'2026-11-22T01:00' is not a valid time of day (for example 12:30).")]
    [InlineData(typeof(TimeOnly), "25:00", "'25:00' is not a valid time of day (for example 12:30).")]
    [InlineData(typeof(DateTime), "x", "'x' is not a valid time (for example 2026-01-31T12:00:00).")]
    [InlineData(typeof(DateTimeOffset), "x", "'x' is not a valid time (for example 2026-01-31T12:00:00+01:00).")]
    [InlineData(typeof(TimeSpan), "long", "'long' is not a valid duration (for example 01:30:00 or PT1H30M).")]
    [InlineData(typeof(Guid), "x", "'x' is not a valid GUID.")]
    [InlineData(
        typeof(List<int>), "[1,",
        "'[1,' is not a valid 'List': line 1, column 3: Expected start of a property name or value, but instead reached end of data.")]
    [InlineData(
        typeof(List<int>), "[\"a\"]",
        "'[\"a\"]' is not a valid 'List': line 1, column 2: '[0]': the text 'a', but a valid integer is expected.")]
    [InlineData(
        typeof(List<int>), "null", "'null' is not a valid 'List': line 1, column 1: null, but a value of the type 'List' is expected.")]
    [InlineData(
        typeof(Options), "null", "'null' is not a valid 'Options': line 1, column 1: null, but a value of the type 'Options' is expected.")]
    [InlineData(
        typeof(Options), "{}",
        "'{}' is not a valid 'Options': line 1, column 1: 'max_depth' is missing; line 1, column 1: 'name' is missing.")]
    [InlineData(
        typeof(Options), "{\"max_depth\": 1}", "'{\"max_depth\": 1}' is not a valid 'Options': line 1, column 1: 'name' is missing.")]
    [InlineData(typeof(TimeSpan), "90", "'90' is not a duration: it has no unit (write 00:01:30, PT90S or P90D).")]
    [InlineData(typeof(TimeSpan), "P1M", "'P1M' is not a duration: years and months have no fixed length (write days, for example P30D).")]
    [InlineData(
        typeof(TimeSpan), "-P1YT1H", "'-P1YT1H' is not a duration: years and months have no fixed length (write days, for example P30D).")]
    [InlineData(typeof(TimeSpan), "PT", "'PT' is not a valid duration (for example 01:30:00 or PT1H30M).")]
    [InlineData(typeof(float), "1e39", "'1e39' is not a number from -3.4028235E+38 to 3.4028235E+38.")]
    [InlineData(typeof(float), "1e-60", "'1e-60' is not a number that differs from 0: the smallest one is 1E-45.")]
    [InlineData(typeof(Half), "70000", "'70000' is not a number from -65500 to 65500.")]
    [InlineData(typeof(decimal), "1e40", "'1e40' is not a number from -79228162514264337593543950335 to 79228162514264337593543950335.")]
    [InlineData(
        typeof(decimal), "0.12345678901234567890123456789012",
        "'0.12345678901234567890123456789012' is not a number of at most 28 digits, at most 28 of them after the point.")]
    [InlineData(typeof(decimal), "1e-40", "'1e-40' is not a number of at most 28 digits, at most 28 of them after the point.")]
    [InlineData(typeof(List<string>), "", "'' is not a valid 'List': it is empty; write an empty list as [].")]
    [InlineData(typeof(int[]), "", "'' is not a valid 'Int32[]': it is empty; write an empty list as [].")]
    [InlineData(typeof(Options), "", "'' is not a valid 'Options': it is empty; write JSON, for example {}.")]
    [InlineData(
        typeof(Dictionary<string, int>), "a=1",
        "'a=1' is not a valid 'Dictionary': line 1, column 1: 'a=1', but a value of the type 'Dictionary' is expected; "
            + "write JSON, for example {\"key\": 1}.")]
    [InlineData(typeof(DateTime), "12:30", "'12:30' is not a valid time (for example 2026-01-31T12:00:00).")]
    [InlineData(typeof(DateTimeOffset), "01/02/2026", "'01/02/2026' is not a valid time (for example 2026-01-31T12:00:00+01:00).")]
    [InlineData(typeof(DateOnly), "01/02/2026", "'01/02/2026' is not a valid date (for example 2026-01-31).")]
    [InlineData(typeof(byte), "256", "'256' is not a whole number from 0 to 255.")]
    [InlineData(typeof(sbyte), "-129", "'-129' is not a whole number from -128 to 127.")]
    [InlineData(
        typeof(List<short>), "[1, 40000]",
        "'[1, 40000]' is not a valid 'List': line 1, column 5: '[1]': '40000', but a whole number from -32768 to 32767 is expected.")]
    [InlineData(typeof(List<byte>), "1,256", "'1,256' is not a valid 'List': '[1]': '256', but a whole number from 0 to 255 is expected.")]
    [InlineData(
        typeof(Options), "5",
        "'5' is not a valid 'Options': line 1, column 1: '5', but a value of the type 'Options' is expected; "
            + "write JSON, for example {\"key\": 1}.")]
    [InlineData(
        typeof(Options),
        "{\"max_depth\": \"x\", \"name\": \"\"}",
        "'{\"max_depth\": \"x\", \"name\": \"\"}' is not a valid 'Options': line 1, column 15: 'max_depth': the text 'x', but a "
            + "valid integer is expected.")]
    [InlineData(
        typeof(Options),
        "{\"max_depth\": 1, \"name\": null}",
        "'{\"max_depth\": 1, \"name\": null}' is not a valid 'Options': line 1, column 26: 'name': null, but a text is expected.")]
    public void A_wrong_text_is_a_usage_error(Type type, string text, string problem)
    {
        var error = Assert.Throws<ConfigurationException>(() => ParameterText.Read(Parameter(type), text));

        Assert.Equal(ErrorCodes.InvalidValue, error.Code);
        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Equal("Invalid value for '--max-depth': " + problem, error.What);
    }

    [Theory]
    [InlineData("""{"max_depth": 3, "name": "a", "level": "very_high"}""")]
    [InlineData("""{"maxDepth": 3, "Name": "a", "level": "VeryHigh"}""")]
    [InlineData("""{"MaxDepth": 3, "NAME": "a", "Level": "VeryHigh"}""")]
    public void A_record_is_read_with_keys_in_any_case(string text)
    {
        var value = ParameterText.Read(Parameter(typeof(Options)), text.Replace("very_high", "VeryHigh", StringComparison.Ordinal));

        Assert.Equal(new Options(3, "a", Level.VeryHigh), value);
    }

    [Fact]
    public void Null_is_a_value_where_the_author_allows_it()
        => Assert.Null(ParameterText.Read(Parameter(typeof(Options)) with { TypeName = "Options?" }, "null"));

    [Fact]
    public void Records_within_records_lists_and_dictionaries_are_read_too()
    {
        var value = Assert.IsType<Options>(ParameterText.Read(
            Parameter(typeof(Options)),
            """
            {"max_depth": 1, "name": "", "inner": [{"max_depth": 2, "name": ""}], "by_key": {"some_key": {"max_depth": 3, "name": ""}}}
            """));

        Assert.Equal(2, value.Inner![0].MaxDepth);
        Assert.Equal(3, value.ByKey!["some_key"].MaxDepth);
    }

    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("", new string[0])]
    public void A_separator_splits_a_list_of_texts(string text, string[] expected)
    {
        Assert.Equal(expected, ParameterText.Read(Parameter(typeof(string[])) with { Separator = "," }, text));
        Assert.Equal(expected, Assert.IsAssignableFrom<IReadOnlyList<string>>(
            ParameterText.Read(Parameter(typeof(IReadOnlyList<string>)) with { Separator = "," }, text)));
    }

    private static ParameterDefinition Parameter(Type type)
        => new() { Name = "max_depth", MemberName = "MaxDepth", ValueType = type, TypeName = type.Name.Split('`')[0] };
}
