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
        var definition = Flow(new ConfigDefinition { Name = "size", MemberName = "Size", ValueType = typeof(int), TypeName = "int", DefaultValue = 1 });
        var source = new ConfigRequest { Source = new FixedSource(2L) };
        var both = source with { Values = new Dictionary<string, string> { ["Size"] = "3" } };
        Assert.Equal(1, Load(definition, ConfigRequest.None));
        Assert.Equal(2, Load(definition, source));
        Assert.Equal(3, Load(definition, both));
    }

    [Fact]
    public void Two_spellings_of_one_name_are_refused()
    {
        var definition = Flow(new ConfigDefinition { Name = "max_size", MemberName = "MaxSize", ValueType = typeof(int), TypeName = "int", DefaultValue = 1 });
        var twice = new Dictionary<string, string> { ["max_size"] = "2", ["MaxSize"] = "3" };
        ConfigRequest[] requests = [new ConfigRequest { Values = twice }, new ConfigRequest { Files = twice }, new ConfigRequest()];
        var variables = new Dictionary<string, string> { ["METAFLOW_FLOW_CONFIG_VALUE"] = """{"max_size": 2, "max-size": 3, "other": 1, "Other": 2}""" };
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
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(definition, ConfigRequest.None, new Dictionary<string, string> { ["METAFLOW_FLOW_CONFIG"] = variable }, "/"));
        Assert.Equal((ErrorCodes.InvalidConfigVariable, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains($"is no text: {shown}", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_together()
    {
        var required = new ConfigDefinition { Name = "one", MemberName = "One", ValueType = typeof(object), TypeName = "object", IsRequired = true };
        var definition = Flow(required, required with { Name = "two" }, required with { Name = "three", ValueType = typeof(int), TypeName = "int", DefaultValue = "[]" });
        var error = Assert.Throws<ConfigurationException>(() => Load(definition, ConfigRequest.None));
        Assert.Equal(ErrorCodes.BadConfigs, error.Code);
        Assert.Matches("missing configuration for 'one'; missing configuration for 'two'; configuration 'three' is no 'int'", error.What);
    }

    private static object? Load(FlowDefinition definition, ConfigRequest request)
        => ConfigLoader.Load(definition, request, NoVariables, Path.GetTempPath()).Values[0].Value;

    private static FlowDefinition Flow(params ConfigDefinition[] configs) => new() { FlowName = "F", Graph = new FlowGraph("F", []), Configs = configs };

    private sealed class FixedSource(object value) : IConfigSource
    {
        public object? Find(ConfigDefinition config) => value;
    }
}
