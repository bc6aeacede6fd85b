using System.Globalization;
using System.Numerics;
using System.Text;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Definition;

/// <summary>Every way in which a value comes from outside reads the same forms and refuses the same mistakes.</summary>
public sealed class ValueFormTests
{
    public enum Net
    {
        resnet_50,
        Vgg,
        gpt_4,
    }

    [Flags]
    public enum Parts
    {
        None = 0,
        Head = 1,
        Tail = 2,
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Naming", "CA1708", Justification = "Authors write such members, and they must be told apart.")]
    public enum Alike
    {
        small,
        Small,
        big_one,
        BigOne,
    }

    public sealed record Cfg(double Rate = 1, string? Note = null, ulong Seed = 0, decimal Price = 0, float F = 0, Net Kind = Net.Vgg);

    public sealed record Mixed(
        IReadOnlyList<double>? List = null, object? Any = null, string[]? Cols = null, TimeSpan Dur = default, DateTime At = default,
        Dictionary<Net, int>? ByNet = null);

    public sealed record Features(string[] Names, bool Intercept = true);

    public sealed class Open
    {
        public int N { get; set; }

        [System.Text.Json.Serialization.JsonExtensionData]
        public Dictionary<string, object?> Others { get; set; } = [];
    }

    public sealed record Bounded
    {
        public Bounded(int low) => Low = low >= 0 ? low : throw new ArgumentException("Low is at least 0.");

        public int Low { get; }
    }

    public static TheoryData<Type, string, object> Numbers { get; } = new()
    {
        { typeof(float), ".5", 0.5f },
        { typeof(float), "+5", 5f },
        { typeof(float), "5.", 5f },
        { typeof(float), "NaN", float.NaN },
        { typeof(float), "inf", float.PositiveInfinity },
        { typeof(Half), "1.5", (Half)1.5 },
        { typeof(double), "1e400", double.PositiveInfinity },
        { typeof(sbyte), "-5", (sbyte)-5 },
        { typeof(short), "+5", (short)5 },
        { typeof(byte), "05", (byte)5 },
        { typeof(ushort), "+7", (ushort)7 },
        { typeof(uint), "4294967295", uint.MaxValue },
        { typeof(ulong), "18446744073709551615", ulong.MaxValue },
        { typeof(UInt128), "340282366920938463463374607431768211455", UInt128.MaxValue },
        { typeof(Int128), "-170141183460469231731687303715884105728", Int128.MinValue },
        {
            typeof(BigInteger), "123456789012345678901234567890",
            BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture)
        },
        { typeof(char), "1", '1' },
        { typeof(char), " ", ' ' },
        { typeof(Rune), "😀", new Rune(0x1F600) },
        { typeof(Version), "1.10", new Version(1, 10) },
        { typeof(Uri), "5", new Uri("5", UriKind.Relative) },
        { typeof(string[]), "a,b", new[] { "a", "b" } },
        { typeof(double[]), ".5,+1", new[] { 0.5, 1.0 } },
        { typeof(Net), "resnet_50", Net.resnet_50 },
        { typeof(Net), "ResNet-50", Net.resnet_50 },
        { typeof(Net?), "gpt4", Net.gpt_4 },
        { typeof(Parts), "head, Tail", Parts.Head | Parts.Tail },
        { typeof(Alike), "Small", Alike.Small },
        { typeof(Alike), "BIGONE", Alike.BigOne },
        { typeof(Net[]), "[\"resnet50\"]", new[] { Net.resnet_50 } },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void An_ordinary_text_is_read_as_its_own_kind(Type type, string text, object expected)
        => Assert.Equal(expected, ParameterText.Read(Parameter(type), text));

    [Theory]
    [InlineData(typeof(Net), "7")]
    [InlineData(typeof(Net), "Vgg,gpt_4")]
    [InlineData(typeof(Alike), "SMALL")]
    [InlineData(typeof(Parts), "4")]
    [InlineData(typeof(Dictionary<Net, int>), "{\"vgg\":1,\"VGG\":2}")]
    [InlineData(typeof(Dictionary<Net, int>), "{\"9\":1}")]
    [InlineData(typeof(decimal), "0.12345678901234567890123456789012345")]
    [InlineData(typeof(ulong), "18446744073709551616")]
    [InlineData(typeof(Bounded), "{\"low\":-1}")]
    [InlineData(typeof(object), "[\"\\ud800\"]")]
    [InlineData(typeof(Cfg), "{\"rate\":\"1\"}")]
    public void What_is_no_value_is_a_usage_error(Type type, string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => ParameterText.Read(Parameter(type), text));
        Assert.Equal((ErrorCodes.InvalidValue, ExitCodes.Usage), (error.Code, error.ExitCode));
    }

    [Theory]
    [InlineData(typeof(string[]), "string[]", "[null]")]
    [InlineData(typeof(IReadOnlyList<string>), "IReadOnlyList<string>", "[\"a\",null]")]
    [InlineData(typeof(Dictionary<string, string[]>), "Dictionary<string, string[]>", "{\"a\":[null]}")]
    [InlineData(typeof(Dictionary<string, object?>), "Dictionary<string, object?>", "null")]
    [InlineData(typeof(int[]), "int[]", "[null]")]
    public void Null_is_refused_where_the_type_has_none(Type type, string typeName, string text)
    {
        Assert.Throws<ConfigurationException>(() => ParameterText.Read(Parameter(type) with { TypeName = typeName }, text));
    }

    [Fact]
    public void Null_is_read_where_the_type_has_it()
        => Assert.Equal(
            new string?[] { "a", null }, ParameterText.Read(Parameter(typeof(string[])) with { TypeName = "string?[]" }, "[\"a\", null]"));

    [Fact]
    public void Of_a_key_that_is_written_twice_the_last_value_counts()
    {
        Assert.Equal(
            new Dictionary<string, object?> { ["a"] = 2L },
            ParameterText.Read(Parameter(typeof(Dictionary<string, object?>)), """{"a":1,"a":2}"""));
        Assert.Equal(2.0, ((Cfg)ParameterText.Read(Parameter(typeof(Cfg)), """{"rate":1,"rate":2}""")!).Rate);
    }

    [Fact]
    public void Two_spellings_of_a_member_are_named_both_wherever_they_come_from()
    {
        Assert.Contains(
            "'note' and 'Note'",
            Assert.Throws<ConfigurationException>(() => Config<Cfg>("""{"note":"a","Note":"b"}""")).What,
            StringComparison.Ordinal);
        Assert.Contains("'rate' and 'Rate'", Given(typeof(Cfg), "{\"rate\":1,\"Rate\":2}"), StringComparison.Ordinal);
        Assert.Contains(
            "'rate' and 'Rate'",
            Given(typeof(Cfg), new Dictionary<string, object?> { ["rate"] = 1, ["Rate"] = 2 }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("-170141183460469231731687303715884105729")]
    public void A_whole_number_of_any_size_is_kept_in_a_dictionary(string number)
    {
        var read = (Dictionary<string, object?>)ParameterText.Read(Parameter(typeof(Dictionary<string, object?>)), $"{{\"a\": {number}}}")!;
        Assert.Equal(BigInteger.Parse(number, CultureInfo.InvariantCulture), read["a"]);
    }

    [Fact]
    public void A_record_keeps_the_digits_of_its_numbers()
    {
        var read = Config<Cfg>(
            """{"seed": 18446744073709551615, "price": 0.1234567890123456789012345678, "rate": 1e400, "f": "NaN", "kind": "resnet_50"}""");
        Assert.Equal(
            new Cfg(double.PositiveInfinity, null, ulong.MaxValue, 0.1234567890123456789012345678m, float.NaN, Net.resnet_50), read);
    }

    [Fact]
    public void Not_a_number_is_a_value_from_code_too()
    {
        Assert.Equal([double.NaN, 1.0], (IReadOnlyList<double>)Resolved(typeof(IReadOnlyList<double>), new List<float> { float.NaN, 1f })!);
        Assert.Equal(new Cfg(double.NaN, "a"), Resolved(typeof(Cfg), new { rate = double.NaN, note = "a" }));
        Assert.Equal(0.1f, (float)((IReadOnlyList<double>)Resolved(typeof(IReadOnlyList<double>), new List<float> { 0.1f })!)[0]);
    }

    [Fact]
    public void A_value_that_no_member_names_is_refused_from_code_too()
    {
        Assert.Contains("'99'", Given(typeof(Net), (Net)99), StringComparison.Ordinal);
        Assert.Contains("'99'", Given(typeof(List<Net>), new List<Net> { (Net)99 }), StringComparison.Ordinal);
        Assert.Equal(Parts.Head | Parts.Tail, Resolved(typeof(Parts), Parts.Head | Parts.Tail));
        Assert.Throws<ConfigurationException>(() => Config<Cfg>("""{"kind": 7}"""));
    }

    [Fact]
    public void A_configuration_reads_the_texts_that_a_parameter_reads()
    {
        var read = Config<Mixed>(
            """{"dur": "PT1H", "at": "2026-01-31 12:00:00", "by_net": {"resnet50": 1}, "any": 18446744073709551615, "list": [1, "NaN"]}""");
        Assert.Equal((TimeSpan.FromHours(1), new DateTime(2026, 1, 31, 12, 0, 0), 1), (read.Dur, read.At, read.ByNet![Net.resnet_50]));
        Assert.Equal(((object)(BigInteger)ulong.MaxValue, 2), (read.Any, read.List!.Count));
    }

    [Fact]
    public void All_that_is_wrong_with_a_record_is_told_together_with_the_keys_of_the_user()
    {
        var what = Assert.Throws<ConfigurationException>(() => Config<Features>("{\n  \"intercept\": \"yes\",\n  \"nmaes\": []}")).What;
        Assert.Contains("line 2, column 16: 'intercept'", what, StringComparison.Ordinal);
        Assert.Contains("line 3, column 3: there is no key 'nmaes'; did you mean 'names'?", what, StringComparison.Ordinal);
        Assert.Contains("'names' is missing", what, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_takes_other_keys_keeps_them()
        => Assert.Equal((1, true), (Config<Open>("""{"n": 1, "x": 2}""").N, Config<Open>("""{"n": 1, "x": 2}""").Others.ContainsKey("x")));

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    public void A_configuration_that_must_have_a_value_is_not_null(string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => Config<Cfg>(text));
        Assert.Equal((ErrorCodes.BadConfigs, ExitCodes.Usage), (error.Code, error.ExitCode));
    }

    [Theory]
    [InlineData("/dev/zero", "device")]
    [InlineData("/", "could not be read")]
    public void What_is_no_file_of_a_configuration_is_refused(string path, string why)
        => Assert.Contains(why, Assert.Throws<ConfigurationException>(() => ConfigFile<Cfg>(path)).What, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_utf8_is_refused_with_the_place()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, [.. "{\n \"note\": \""u8, 0xE9, .. "\"}"u8]);
        Assert.Contains(
            "line 2, byte 11 of the line is 0xE9",
            Assert.Throws<ConfigurationException>(() => ConfigFile<Cfg>(path)).What,
            StringComparison.Ordinal);
        File.Delete(path);
    }

    public static TheoryData<Type> OneWordTypes { get; } =
    [
        typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint),
        typeof(nuint), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Half), typeof(float), typeof(double), typeof(decimal),
        typeof(bool), typeof(char), typeof(Rune), typeof(Guid), typeof(Version), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly),
        typeof(TimeOnly), typeof(TimeSpan), typeof(Net), typeof(Parts), typeof(Alike),
    ];

    [Theory]
    [MemberData(nameof(OneWordTypes))]
    public void Any_value_is_read_back_from_its_text_and_from_json(Type type)
    {
        var random = new Random(42);
        for (var trial = 0; trial < 200; trial++)
        {
            var value = RandomValues.Of(type, random);
            var text = ConfigNode.Of(value).Text;
            Assert.Equal(
                value,
                ParameterText.Read(
                    Parameter(type),
                    ConfigNode.Of(value) is { Kind: ConfigNodeKind.Real } && type != typeof(decimal)
                        ? ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture)
                        : text));
            Assert.Equal(value, ParameterJson.Read(type, ConfigNode.Of(value), NullMap.Unknown));
            Assert.Equal(
                value, ((Array)ParameterJson.Read(type.MakeArrayType(), ConfigNode.Of(new[] { value }), NullMap.Unknown)!).GetValue(0));
        }
    }

    [Theory]
    [MemberData(nameof(OneWordTypes))]
    public void A_default_that_help_shows_can_be_typed(Type type)
    {
        var random = new Random(3);
        for (var trial = 0; trial < 100; trial++)
        {
            var value = RandomValues.Of(type, random);
            var items = Array.CreateInstance(type, random.Next(3));
            for (var at = 0; at < items.Length; at++)
            {
                items.SetValue(RandomValues.Of(type, random), at);
            }

            foreach (var given in new[] { value, items })
            {
                var parameter = Parameter(given.GetType()) with { HasDefault = true, Default = given };
                Assert.Equal(given, ParameterText.Read(parameter, ParameterForms.DefaultText(parameter)!));
            }
        }
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a,b", "")]
    [InlineData("[x", "null")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData(" a ")]
    public void A_list_of_texts_that_help_shows_can_be_typed(params string[] texts)
    {
        foreach (var separator in new[] { null, "," })
        {
            if (separator is null || !texts.Any(text => text.Contains(',', StringComparison.Ordinal) || text.Length == 0))
            {
                var parameter = Parameter(typeof(string[])) with { HasDefault = true, Default = texts, Separator = separator };
                Assert.Equal(texts, ParameterText.Read(parameter, ParameterForms.DefaultText(parameter)!));
            }
        }
    }

    [Theory]
    [InlineData(typeof(float), "number")]
    [InlineData(typeof(byte), "integer")]
    [InlineData(typeof(BigInteger), "integer")]
    [InlineData(typeof(FileInfo), "path")]
    [InlineData(typeof(Version), "version")]
    [InlineData(typeof(string[]), "text,text…")]
    [InlineData(typeof(List<double>), "number,number…")]
    [InlineData(typeof(Cfg), "json")]
    public void Help_has_a_word_for_each_type(Type type, string word) => Assert.Equal(word, ParameterForms.ValueName(Parameter(type)));

    [Theory]
    [InlineData(typeof(int[]))]
    [InlineData(typeof(IReadOnlyList<int>))]
    public void A_separator_splits_numbers_too(Type type)
        => Assert.Equal(new[] { 1, 2 }, (IEnumerable<int>)ParameterText.Read(Parameter(type) with { Separator = ";" }, "1;+2")!);

    [Theory]
    [MemberData(nameof(OneWordTypes))]
    public void A_wrong_text_of_any_type_is_a_usage_error(Type type)
    {
        var random = new Random(7);
        for (var trial = 0; trial < 300; trial++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => "{}[]\",:01-+.eEnNxP \0\u00e9"[random.Next(21)]));
            foreach (var wanted in new[] { type, type.MakeArrayType(), typeof(Dictionary<,>).MakeGenericType(typeof(string), type) })
            {
                var error = Record.Exception(() => ParameterText.Read(Parameter(wanted), text));
                Assert.True(
                    error is null or ConfigurationException { Code: ErrorCodes.InvalidValue, ExitCode: ExitCodes.Usage },
                    $"{wanted}: {text}: {error}");
            }
        }
    }

    private static T Config<T>(string json) => Load<T>(new ConfigRequest { Values = new Dictionary<string, string> { ["c"] = json } });

    private static T ConfigFile<T>(string path) => Load<T>(new ConfigRequest { Files = new Dictionary<string, string> { ["c"] = path } });

    private static T Load<T>(ConfigRequest request)
    {
        var definition = new FlowDefinition
        {
            FlowName = "F",
            Graph = new FlowGraph("F", []),
            Configs = [new() { Name = "c", MemberName = "C", ValueType = typeof(T), TypeName = typeof(T).Name, IsRequired = true }],
        };
        return (T)ConfigLoader.Load(definition, request, new Dictionary<string, string>(), Path.GetTempPath()).Values[0].Value!;
    }

    private static string Given(Type type, object value) => Assert.Throws<ConfigurationException>(() => Resolved(type, value)).What;

    private static object? Resolved(Type type, object value)
    {
        var definition = new FlowDefinition { FlowName = "F", Graph = new FlowGraph("F", []), Parameters = [Parameter(type)] };
        return ParameterValues.Resolve(
            definition, new Dictionary<string, string>(), new Dictionary<string, string>(), null,
            new Dictionary<string, object?> { ["p"] = value })["p"];
    }

    private static ParameterDefinition Parameter(Type type)
        => new() { Name = "p", MemberName = "P", ValueType = type, TypeName = type.Name };
}
