using Metaflow.Core.Tests.Storage;
using Metaflow.Environments.Settings;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Environments.Tests.Settings;

/// <summary>Where packages of conda and of the Python package index are looked for.</summary>
public sealed class PythonSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_any_setting_packages_come_from_one_channel_of_no_known_address()
    {
        var settings = Read();

        Assert.Equal(["conda-forge"], settings.Channels);
        Assert.Equal((null, null, null), (settings.ChannelAlias, settings.ChannelPriority, settings.Index));
        Assert.Empty(settings.Overrides);
    }

    [Fact]
    public void The_setting_counts_before_the_variables_of_conda_and_those_before_its_file()
    {
        Write(".condarc", """
            # mine
            channels:
              - "of-file"   # the first
              - second
            channel_alias: http://127.0.0.1:1/file
            channel_priority: flexible
            """);

        var file = Read();
        (string, string)[] ofConda =
        [
            ("CONDA_CHANNELS", "one, two"), ("CONDA_CHANNEL_ALIAS", "http://127.0.0.1:1/variable"),
            ("CONDA_CHANNEL_PRIORITY", "disabled"), ("CONDA_OVERRIDE_CUDA", "12.4"),
        ];
        var variables = Read(ofConda);
        var setting = Read(
            [.. ofConda, ("METAFLOW_CONDA_CHANNELS", "[\"three\"]"), ("METAFLOW_CONDA_CHANNEL_ALIAS", "http://127.0.0.1:1/setting")]);

        Assert.Equal(["of-file", "second"], file.Channels);
        Assert.Equal(("http://127.0.0.1:1/file", "flexible"), (file.ChannelAlias, file.ChannelPriority));
        Assert.Equal(["one", "two"], variables.Channels);
        Assert.Equal(("http://127.0.0.1:1/variable", "disabled"), (variables.ChannelAlias, variables.ChannelPriority));
        Assert.Equal("12.4", variables.Overrides["CONDA_OVERRIDE_CUDA"]);
        Assert.Equal(["three"], setting.Channels);
        Assert.Equal("http://127.0.0.1:1/setting", setting.ChannelAlias);
    }

    [Fact]
    public void The_file_that_CONDARC_names_counts_before_that_of_the_user()
    {
        Write(".condarc", "channels: [of-user]\n");
        Write("other", "channels: ['of-other', b]\n");

        Assert.Equal(["of-user"], Read().Channels);
        Assert.Equal(["of-other", "b"], Read(("CONDARC", Path.Combine(_home.Path, "other"))).Channels);
        Assert.Equal(["of-user"], Read(("CONDARC", Path.Combine(_home.Path, "missing"))).Channels);
    }

    [Theory]
    [InlineData("METAFLOW_CONDA_CHANNELS", "conda-forge")]
    [InlineData("METAFLOW_CONDA_CHANNELS", "[1]")]
    [InlineData("METAFLOW_CONDA_SRCS_AUTH_INFO", "{\"host\": [\"secret\"]}")]
    [InlineData("METAFLOW_CONDA_SYS_DEFAULT_PACKAGES", "{\"linux-64\": \"2.28\"}")]
    public void A_value_of_another_form_is_refused_and_no_password_is_shown(string name, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read((name, value)));

        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("builtin", null)]
    [InlineData("micromamba", "micromamba")]
    [InlineData("mamba", "mamba")]
    [InlineData("conda", "conda")]
    public void A_program_finds_packages_of_conda_only_if_the_setting_names_one(string? value, string? expected)
        => Assert.Equal(expected, (value is null ? Read() : Read(("METAFLOW_CONDA_DEPENDENCY_RESOLVER", value))).Program);

    [Fact]
    public void Another_program_is_refused_with_those_that_there_are()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(("METAFLOW_CONDA_DEPENDENCY_RESOLVER", "micromanba")));

        Assert.Equal(ErrorCodes.InvalidValue, error.Code);
        Assert.Contains("'builtin', 'micromamba', 'mamba', 'conda'", error.What, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'micromamba'?", error.Fix, StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_home.Path, name), text);

    private PythonSettings Read(params (string Name, string Value)[] variables)
        => PythonSettings.Of(SettingsLoader.Load(
            variables.Append(("HOME", _home.Path)).Append(("USER", "ada"))
                .ToDictionary(static pair => pair.Item1, static pair => pair.Item2),
            _home.Path));
}
