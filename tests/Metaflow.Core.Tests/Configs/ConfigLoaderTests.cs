using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Configs;

public sealed class ConfigLoaderTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void A_command_that_takes_those_of_another_run_refuses_options_for_them()
    {
        ConfigDefinition[] kept = [new() { Name = "max_size", MemberName = "MaxSize", ValueType = typeof(int), TypeName = "int" }];
        foreach (var spelling in new[] { "max_size", "max-size", "MaxSize" })
        {
            var request = new ConfigRequest { Values = new Dictionary<string, string> { [spelling] = "1" } };
            var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Refuse(request, kept, "resume"));
            Assert.Equal((ErrorCodes.ConfigsNotTaken, ExitCodes.Usage), (error.Code, error.ExitCode));
            ConfigLoader.Refuse(request, [], "resume");
        }

        ConfigLoader.Refuse(ConfigRequest.None, kept, "resume");
    }

    [Fact]
    public void Another_source_comes_before_the_default_and_after_what_was_given()
    {
        var definition = Flow(new ConfigDefinition
        {
            Name = "size",
            MemberName = "Size",
            ValueType = typeof(int),
            TypeName = "int",
            DefaultValue = 1,
        });
        var source = new ConfigRequest { Source = new FixedSource(2L) };
        var both = source with { Values = new Dictionary<string, string> { ["Size"] = "3" } };
        Assert.Equal(1, Load(definition, ConfigRequest.None));
        Assert.Equal(2, Load(definition, source));
        Assert.Equal(3, Load(definition, both));
    }

    [Fact]
    public void Two_spellings_of_one_name_are_refused()
    {
        var definition = Flow(new ConfigDefinition
        {
            Name = "max_size",
            MemberName = "MaxSize",
            ValueType = typeof(int),
            TypeName = "int",
            DefaultValue = 1,
        });
        var twice = new Dictionary<string, string> { ["max_size"] = "2", ["MaxSize"] = "3" };
        ConfigRequest[] requests = [new ConfigRequest { Values = twice }, new ConfigRequest { Files = twice }, new ConfigRequest()];
        var variables = new Dictionary<string, string>
        {
            ["METAFLOW_FLOW_CONFIG_VALUE"] = """{"max_size": 2, "max-size": 3, "other": 1, "Other": 2}""",
        };
        foreach (var request in requests)
        {
            var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(definition, request, variables, "/"));
            Assert.Equal((ErrorCodes.ConfigGivenTwice, ExitCodes.Usage), (error.Code, error.ExitCode));
        }
    }

    [Theory]
    [InlineData("""{"c": 1}""", "1")]
    [InlineData("""{"other": [1], "c": "a.json"}""", "[1]")]
    [InlineData("""{"c": null}""", "null")]
    [InlineData("""{"c": {"rate": 1}}""", "{\"rate\":1}")]
    public void A_path_in_a_variable_is_a_text(string variable, string shown)
    {
        var definition = Flow(new ConfigDefinition { Name = "c", MemberName = "C", ValueType = typeof(object), TypeName = "object?" });
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(
            definition, ConfigRequest.None, new Dictionary<string, string> { ["METAFLOW_FLOW_CONFIG"] = variable }, "/"));
        Assert.Equal((ErrorCodes.InvalidConfigVariable, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains($"is not a string: {shown}", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("METAFLOW_FLOW_CONFIG", """{"trainin": "/gone.json"}""", "'training'")]
    [InlineData("METAFLOW_FLOW_CONFIG_VALUE", """{"training": {}, "maxsize": 1, "max-sise": 2}""", null)]
    [InlineData("METAFLOW_FLOW_CONFIG_VALUE", """{"training": {}, "max-sise": 2}""", "'max_size'")]
    [InlineData("METAFLOW_FLOW_CONFIG_VALUE", """{"score": 1, "trainin": {}, "Training": {}}""", null)]
    public void A_variable_may_name_the_configurations_of_other_flows_but_not_one_of_this_flow_wrongly(
        string variable, string json, string? meant)
    {
        var config = new ConfigDefinition { Name = "training", MemberName = "Training", ValueType = typeof(object), TypeName = "object?" };
        var definition = Flow(config, config with { Name = "max_size", MemberName = "MaxSize" });
        var variables = new Dictionary<string, string> { [variable] = json };
        var error = Record.Exception(() => ConfigLoader.Load(definition, ConfigRequest.None, variables, "/")) as ConfigurationException;
        Assert.Equal(meant is null ? null : ErrorCodes.UnknownConfig, error?.Code);
        if (meant is not null)
        {
            Assert.Contains($"Did you mean {meant}?", error!.Message, StringComparison.Ordinal);
            Assert.Contains(variable + "'", error.Message, StringComparison.Ordinal);
            ConfigLoader.Load(
                definition,
                new ConfigRequest { Values = new Dictionary<string, string> { ["training"] = "1", ["max_size"] = "1" } },
                variables,
                "/");
        }
    }

    [Theory]
    [InlineData("${trainin.rate}", "'training'")]
    [InlineData("a ${Trianing.rate.x} b", "'training'")]
    [InlineData("${max-sise.x}", "'max_size'")]
    [InlineData("${trainin} ${HOME} ${other.rate} ${training", null)]
    public void A_reference_that_begins_with_what_is_nearly_a_configuration_is_refused(string text, string? meant)
    {
        var config = new ConfigDefinition
        {
            Name = "training",
            MemberName = "Training",
            ValueType = typeof(object),
            TypeName = "object?",
            DefaultValue = "{}",
        };
        var texts = ConfigLoader.Load(
            Flow(config, config with { Name = "max_size", MemberName = "MaxSize" }), ConfigRequest.None, NoVariables, "/").ToTexts();
        if (meant is null)
        {
            Assert.Equal(text, texts.Fill(text));
            return;
        }

        var error = Assert.Throws<ConfigurationException>(() => texts.Fill(text));
        Assert.Equal((ErrorCodes.UnknownConfigKey, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains($"Did you mean {meant}?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.toml", "('.toml' is not a known extension: a file is YAML if its name ends with .yaml, otherwise JSON)")]
    [InlineData("t", "(a file is YAML if its name ends with .yaml, otherwise JSON)")]
    [InlineData("gone.json", "could not be read for 'training': it does not exist")]
    [InlineData("gone/t.json", "could not be read for 'training': it does not exist")]
    [InlineData(".", "could not be read for 'training': it is a folder")]
    [InlineData("t.json", "is not valid JSON: line 1, column 1")]
    public void A_file_that_cannot_be_read_says_why(string path, string why)
    {
        using var folder = new Storage.TemporaryFolder();
        foreach (var name in new[] { "t", "t.toml", "t.json" })
        {
            File.WriteAllText(Path.Combine(folder.Path, name), "rate = 1");
        }

        var definition = Flow(new ConfigDefinition
        {
            Name = "training",
            MemberName = "Training",
            ValueType = typeof(object),
            TypeName = "object",
        });
        var request = new ConfigRequest { Files = new Dictionary<string, string> { ["training"] = path }, Parsers = [new NoYaml()] };
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(definition, request, NoVariables, folder.Path));
        Assert.Contains(why, error.What, StringComparison.Ordinal);
        Assert.Equal(
            path == "t.json",
            !error.What.Contains("YAML", StringComparison.Ordinal) && !error.What.Contains("could not", StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_is_wrong_is_told_together()
    {
        var required = new ConfigDefinition
        {
            Name = "one",
            MemberName = "One",
            ValueType = typeof(object),
            TypeName = "object",
            IsRequired = true,
        };
        var definition = Flow(
            required,
            required with { Name = "two" },
            required with { Name = "three", ValueType = typeof(int), TypeName = "int", DefaultValue = "[]" });
        var error = Assert.Throws<ConfigurationException>(() => Load(definition, ConfigRequest.None));
        Assert.Equal(ErrorCodes.BadConfigs, error.Code);
        Assert.Matches(
            "missing configuration for 'one'; missing configuration for 'two'; configuration 'three' is not a 'int'", error.What);
    }

    private static object? Load(FlowDefinition definition, ConfigRequest request)
        => ConfigLoader.Load(definition, request, NoVariables, Path.GetTempPath()).Values[0].Value;

    private static FlowDefinition Flow(params ConfigDefinition[] configs)
        => new() { FlowName = "F", Graph = new FlowGraph("F", []), Configs = configs };

    private sealed class NoYaml : IConfigParser
    {
        public bool Reads(string extension) => extension == ".yaml";

        public object? Parse(string text) => throw new FormatException("it is none");
    }

    private sealed class FixedSource(object value) : IConfigSource
    {
        public object? Find(ConfigDefinition config) => value;
    }
}
