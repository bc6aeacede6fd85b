using Metaflow.Cli.Configs;

namespace Metaflow.Cli.Tests.Configs;

public sealed class YamlConfigParserTests
{
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("-7", -7L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0o17", 15L)]
    [InlineData("1_000", "1_000")]
    [InlineData("017", 17L)]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("1e-3", 0.001)]
    [InlineData("-.5", -0.5)]
    [InlineData(".inf", double.PositiveInfinity)]
    [InlineData("true", true)]
    [InlineData("yes", "yes")]
    [InlineData("~", null)]
    [InlineData("", null)]
    [InlineData("'1'", "1")]
    [InlineData("!!str 1", "1")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("!!int '5'", 5L)]
    [InlineData("!!int 0x1F", 31L)]
    [InlineData("!!float 1", 1.0)]
    [InlineData("!!bool \"true\"", true)]
    [InlineData("!!null ''", null)]
    [InlineData("! 1", "1")]
    [InlineData("a: !!int x", "line 1, column 4: 'x' is not a value of the tag '!!int'", true)]
    [InlineData("a: !!binary aGVsbG8=", "line 1, column 4: the tag '!!binary' is not supported", true)]
    [InlineData("a: !foo bar", "the tag '!foo' is not supported", true)]
    [InlineData("a: !!python/object:os.system x", "'!!python/object:os.system'", true)]
    [InlineData("!!timestamp a: 1", "the tag '!!timestamp'", true)]
    [InlineData("!!set {a, b}", "the tag '!!set'", true)]
    [InlineData("!!omap [a: 1]", "the tag '!!omap'", true)]
    [InlineData("a: 1\n\0\nb: 2", "line 2, column 1: the control character U+0000", true)]
    [InlineData("a: '\u001b[1m'", "line 1, column 5: the control character U+001B", true)]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData("a: b: c", "line 1, column 5:", true)]
    [InlineData("--- 1\n--- 2", "line 2, column 1: a second document", true)]
    [InlineData("[1", "flow sequence", true)]
    [InlineData("<<: 1", "merges something that is not a mapping", true)]
    public void A_scalar_has_the_type_of_the_core_schema(string yaml, object? expected, bool isWrong = false)
    {
        var parser = new YamlConfigParser();
        if (isWrong)
        {
            Assert.Contains((string)expected!, Assert.Throws<FormatException>(() => parser.Parse(yaml)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, parser.Parse(yaml));
        }
    }

    [Fact]
    public void Anchors_and_merge_keys_are_filled_in()
    {
        var data = Assert.IsType<Dictionary<string, object?>>(new YamlConfigParser()
            .Parse("base: &b {x: 1, y: [2, {z: 3}]}\nother:\n  <<: *b\n  x: 4\n"));
        var other = Assert.IsType<Dictionary<string, object?>>(data["other"]);
        Assert.Equal(4L, other["x"]);
        Assert.Equal(3L, ((Dictionary<string, object?>)((List<object?>)other["y"]!)[1]!)["z"]);
    }

    [Theory]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695")]
    [InlineData("-99999999999999999999999", "-99999999999999999999999")]
    public void A_whole_number_of_any_size_is_kept(string yaml, string expected)
        => Assert.Equal(
            System.Numerics.BigInteger.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            new YamlConfigParser().Parse(yaml));

    [Fact]
    public void Of_a_key_that_is_written_twice_the_last_value_counts()
        => Assert.Equal(2L, ((Dictionary<string, object?>)new YamlConfigParser().Parse("a: 1\nb: 5\n'a': 2\n")!)["a"]);

    [Fact]
    public void Deep_nesting_is_refused_with_its_place()
        => Assert.Contains(
            "line 1, column 66: it is nested deeper",
            Assert.Throws<FormatException>(() => new YamlConfigParser().Parse(new string('[', 100_000))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Aliases_of_aliases_do_not_fill_the_memory()
    {
        var lines = string.Concat(Enumerable.Range(1, 20)
            .Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains(
            "1000000 values",
            Assert.Throws<FormatException>(() => new YamlConfigParser().Parse("a0: &a0 [x]\n" + lines)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".yaml", true)]
    [InlineData(".yml", true)]
    [InlineData(".json", false)]
    public void It_reads_files_by_their_extension(string extension, bool reads)
        => Assert.Equal(reads, new YamlConfigParser().Reads(extension));
}
