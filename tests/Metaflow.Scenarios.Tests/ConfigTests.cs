using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

public sealed class ConfigTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_configuration_has_its_default_value_and_is_read_in_steps_defaults_foreaches_and_decorators()
    {
        var run = await _place.SucceedAsync("ConfigFlow");
        Assert.Equal("SMALL: small at 0.5 with 2, -1 more", run.Data.Get<string>("seen"));
        Assert.Equal([1, 4], run.Data.Get<List<int>>("squares"));
        Assert.Equal("label small free 2 ${HOME}\n", run.Step("start").Task!.Stdout);
        var stored = Assert.IsType<IReadOnlyDictionary<object, object?>>(run.Data["training"], exactMatch: false);
        Assert.Equal(["name", "learning_rate", "sizes", "retries", "note"], stored.Keys);
        Assert.Contains("training", run.Step("end").Task!.MetadataDictionary["read-artifacts"], StringComparison.Ordinal);
        Assert.Equal(run.Step("start").Task!.Artifact("training").Sha, run.Step("end").Task!.Artifact("training").Sha);
    }

    [Fact]
    public async Task Files_and_values_come_from_options_before_or_after_the_command()
    {
        var file = Path.Combine(_place.Folder, "training.yaml");
        await File.WriteAllTextAsync(
            file, "# how\nname: yaml\nLearningRate: 1e-3\nsizes: &s [3]\nretries: 1\nnote: *s\n", TestContext.Current.CancellationToken);
        (await _place.RunAsync(
            "ConfigFlow", "--config", "training", "training.yaml", "run", "--config-value", "extra", "{\"a\": 1, \"b\": null}", "--with",
            "retry:times=${training.retries}")).Succeeded();
        var run = _place.Client().Flow("ConfigFlow").LatestRun!;
        Assert.Equal("YAML: yaml at 0.001 with 1, 2 more", run.Data.Get<string>("seen"));
        Assert.Equal("label yaml [3] 1 ${HOME}\n", run.Step("start").Task!.Stdout);
        Assert.Equal([9], run.Data.Get<List<int>>("squares"));
    }

    [Fact]
    public async Task Standard_input_is_a_configuration_and_what_never_ends_is_refused_at_once()
    {
        using var piped = _place.StartUnder(
            "exec <<END\n{\"name\": \"piped\", \"learning_rate\": 0.25, \"sizes\": [1], \"retries\": 0}\nEND\n", "ConfigFlow", "--config",
            "training", "/dev/stdin", "run");
        (await piped.EndAsync()).Succeeded();
        Assert.StartsWith(
            "PIPED: piped at 0.25", _place.Client().Flow("ConfigFlow").LatestRun!.Data.Get<string>("seen"), StringComparison.Ordinal);

        using var waiting = _place.StartUnder("mkfifo never", "ConfigFlow", "--config", "training", "never", "run");
        var refused = await waiting.EndAsync();
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("is a named pipe", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("[MF2042]", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_configurations_does_not_load_the_parser_of_their_formats()
    {
        using var run = _place.Start("MendableFlow", "run", "--way", "wait");
        await run.LinesWithAsync("before");

        var loaded = await File.ReadAllTextAsync($"/proc/{run.Id}/maps", TestContext.Current.CancellationToken);
        run.Signal("TERM");
        await run.EndAsync();

        Assert.Contains("/System.CommandLine.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("/YamlDotNet.dll", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_gives_configurations_of_which_options_are_silent()
    {
        _place.Environment["METAFLOW_FLOW_CONFIG_VALUE"] =
            """{"training": {"name": "env", "learningRate": 2, "sizes": [5], "note": 0}, "of_another_flow": 1, "and_another": 2}""";
        Assert.Equal("ENV: env at 2 with 2, -1 more", (await _place.SucceedAsync("ConfigFlow")).Data.Get<string>("seen"));
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "c.json"),
            "{\"name\": \"file\", \"learning-rate\": 3, \"sizes\": [], \"note\": 1, /* none */ }",
            TestContext.Current.CancellationToken);
        Assert.Equal(
            "FILE: file at 3 with 2, -1 more",
            (await _place.SucceedAsync("ConfigFlow", "--config", "training", "c.json")).Data.Get<string>("seen"));
    }

    [Theory]
    [InlineData(
        ErrorCodes.ConfigGivenTwice, "Both a file and a value", "--config", "training", "x.json", "--config-value", "training", "{}")]
    [InlineData(ErrorCodes.UnknownConfig, "Did you mean 'training'?", "--config", "trainin", "x.json")]
    [InlineData(
        ErrorCodes.BadConfigs, "could not be read for 'training': it does not exist; configuration value for 'extra' is not valid JSON",
        "--config", "training", "gone.json", "--config-value", "extra", "{")]
    [InlineData(ErrorCodes.BadConfigs, "is missing", "--config-value", "training", "{\"sizes\": []}")]
    [InlineData(ErrorCodes.UnknownConfigKey, "Did you mean 'note'?", "--with", "retry:times=${training.not}")]
    [InlineData(ErrorCodes.OptionWithoutValue, "--config NAME PATH", "--config", "training")]
    [InlineData(ErrorCodes.InvalidConfigVariable, "METAFLOW_FLOW_CONFIG")]
    public async Task Bad_configurations_are_refused_before_the_run(string code, string text, params string[] options)
    {
        if (code == ErrorCodes.InvalidConfigVariable)
        {
            _place.Environment["METAFLOW_FLOW_CONFIG"] = "[1]";
        }

        var outcome = await _place.RunAsync("ConfigFlow", ["run", .. options]);
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(code, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(text, outcome.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, "ConfigFlow", "1")));
    }

    [Fact]
    public async Task A_resumed_run_keeps_its_configurations()
    {
        var origin = await _place.SucceedAsync(
            "ConfigFlow", "--config-value", "training", "{\"name\": \"first\", \"learning_rate\": 2.0, \"sizes\": [2], \"note\": 1}",
            "--config-value", "extra", "{\"x\": 3.0}");
        var refused = await _place.RunAsync("ConfigFlow", "resume", "end", "--config-value", "training", "{}");
        Assert.True(refused.ExitCode == 2 && refused.Errors.Contains(ErrorCodes.ConfigsNotTaken, StringComparison.Ordinal), refused.All);
        var continued = await _place.RunAsync("ConfigFlow", "resume", "--continue", origin.Id, "--config-value", "training", "{}");
        Assert.True(
            continued.ExitCode == 2 && continued.Errors.Contains(ErrorCodes.OptionsConflict, StringComparison.Ordinal), continued.All);
        (await _place.RunAsync("ConfigFlow", "resume", "end", "--with", "retry:times=${training.note}")).Succeeded();
        var run = _place.Client().Flow("ConfigFlow").LatestRun!;
        Assert.NotEqual(origin.Id, run.Id);
        Assert.Equal("FIRST: first at 2 with 2, 1 more", run.Data.Get<string>("seen"));
        Assert.Equal(origin.Step("end").Task!.Artifact("extra").Sha, run.Step("end").Task!.Artifact("extra").Sha);
        Assert.Equal(3.0, run.Data.Get<Dictionary<string, object?>>("extra")["x"]);
    }

    [Fact]
    public async Task Help_names_the_configurations()
        => Assert.Contains(
            "'training': How to train",
            (await _place.RunAsync("ConfigFlow", "run", "--help")).Output.ReplaceLineEndings(" "),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_flow_without_configurations_has_no_options_for_them()
        => Assert.Contains(
            ErrorCodes.UnknownOption, (await _place.RunAsync("LinearFlow", "run", "--config", "a", "b")).Errors, StringComparison.Ordinal);
}
