using Metaflow.Scenarios.Tests.Matrix.Checking;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Configurations from defaults, files and values; read by steps, by defaults of parameters and by decorators of steps and of the
/// flow.</summary>
internal sealed class BasicConfigParameters : ValueMatrixTest
{
    public override string Types => """
        public sealed record InnerConfig(int Value);
        public sealed record MainConfig(int Value, string StrValue, string ProjectName, InnerConfig Nested);
        public sealed record SecondConfig(int DefaultParam);
        """;

    public override string Attributes => "[Project(\"${config.project_name}\")]";

    public override string Members => """"
        [Config(Name = "config", DefaultValue = """{"value": 42, "str_value": "foobar", "project_name": "test_config", "nested": {"value": 43}}""")]
        public partial MainConfig Main { get; }
        [Config(Default = "absent.yaml")] public partial IReadOnlyDictionary<string, string> SillyConfig { get; }
        [Config] public partial SecondConfig Config2 { get; }
        [Config(DefaultValue = """{"val": 456}""")] public partial IReadOnlyDictionary<string, int> Config3 { get; }
        [Config] public partial IReadOnlyDictionary<string, Dictionary<string, string>> ConfigEnv { get; }
        [Parameter(DefaultFrom = nameof(OfConfig))] public partial int DefaultFromConfig { get; }
        [Parameter(DefaultFrom = nameof(Computed))] public partial int DefaultFromFunc { get; }
        int OfConfig() => Config2.DefaultParam;
        int Computed() => Config2.DefaultParam + 1;
        """";

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["METAFLOW_FLOW_CONFIG_VALUE"] =
            """{"config2": {"default_param": 123}, "config_env": {"vars": {"var1": "value1", "var2": "value2"}}}""",
        ["METAFLOW_FLOW_CONFIG"] = """{"silly_config": "silly.yaml"}""",
    };

    public override IReadOnlyDictionary<string, string> Files
        => new Dictionary<string, string> { ["silly.yaml"] = "# what a parser is for\nbaz: amazing\n" };

    public override IReadOnlyList<Generation.StepCode> Steps =>
    [
        new(0, "start", """
            Expect.Equal("value1", Environment.GetEnvironmentVariable("var1"));
            Expect.Equal("value2", Environment.GetEnvironmentVariable("var2"));
            """) { Attributes = "[EnvironmentVariables(\"var1\", \"${config_env.vars.var1}\", \"var2\", \"${config_env.vars.var2}\")]" },
        new(1, "all", """
            Expect.Equal("test_config", Current.Project!.Name);
            Expect.Equal("foobar", Environment.GetEnvironmentVariable("normal"));
            Expect.Equal("42", Environment.GetEnvironmentVariable("stringify"));
            Expect.Equal(123, DefaultFromConfig);
            Expect.Equal(124, DefaultFromFunc);
            Expect.Equal(new MainConfig(42, "foobar", "test_config", new(43)), Main);
            Expect.Equal("amazing", SillyConfig["baz"]);
            Expect.Equal(456, Config3["val"]);
            Expect.True(!GetType().GetProperty("Main")!.CanWrite, "a configuration has a setter");
            """) { Attributes = "[EnvironmentVariables(\"normal\", \"${config.str_value}\", \"stringify\", \"${config.value}\")]" },
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("config", new Dictionary<string, object>
        {
            ["value"] = 42,
            ["str_value"] = "foobar",
            ["project_name"] = "test_config",
            ["nested"] = new Dictionary<string, int> { ["value"] = 43 },
        });
        check.HasEverywhere("config2", new Dictionary<string, int> { ["default_param"] = 123 });
        check.HasEverywhere("config3", new Dictionary<string, int> { ["val"] = 456 });
        check.HasEverywhere("silly_config", new Dictionary<string, string> { ["baz"] = "amazing" });
        check.HasEverywhere(
            "config_env",
            new Dictionary<string, object> { ["vars"] = new Dictionary<string, string> { ["var1"] = "value1", ["var2"] = "value2" } });
        check.HasEverywhere("default_from_func", 124);
        Assert.Contains("project:test_config", check.SystemTags);
    }
}
