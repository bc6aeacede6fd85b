namespace Metaflow.Tool.Tests;

public sealed class ConfigureTests : IDisposable
{
    private readonly ToolPlace _place = new();

    [Fact]
    public async Task Without_a_file_flows_run_locally()
    {
        var show = await _place.RunAsync("configure", "show", "--quiet");

        Assert.Equal(new ToolRun(0, "Configuration is set to run locally.\n", ""), show);
    }

    [Fact]
    public async Task Settings_are_kept_sorted_and_for_the_owner_alone()
    {
        await _place.RunAsync("configure", "set", "USER=ada", "METAFLOW_A=1");
        await _place.RunAsync("configure", "set", "metaflow_b=x=y", "A=");

        Assert.Equal("{\n    \"METAFLOW_B\": \"x=y\",\n    \"METAFLOW_USER\": \"ada\"\n}\n", _place.Text("home/config.json"));
        Assert.Equal("METAFLOW_B=x=y\nMETAFLOW_USER=ada\n", (await _place.RunAsync("configure", "show")).Out);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_place.Home, "config.json")));
        }
    }

    [Theory]
    [InlineData("METAFLOW_S3_ENDPOINT_URL", "http://ada:SECRET@ours.example.org:9000/x", "http://***@ours.example.org:9000/x")]
    [InlineData("METAFLOW_S3_ENDPOINT_URL", "http://ada:SEC/SECRET@ours.example.org", "http://***@ours.example.org")]
    [InlineData("METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT", "https://o.example.org/?sv=1&sig=SECRET", "https://o.example.org/?***")]
    [InlineData("METAFLOW_CONTACT_INFO", """{"a": "https://u:SECRET@h", "b": "c"}""", """{"a": "https://***@h", "b": "c"}""")]
    [InlineData("METAFLOW_OTHER", "AccountName=a;AccountKey=SECRET==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x")]
    [InlineData("METAFLOW_OTHER", "sv=1&sig=SECRET&se=2", "sv=1&sig=***&se=2")]
    [InlineData("METAFLOW_SERVICE_AUTH_KEY", "SECRET", "***")]
    [InlineData("METAFLOW_SERVICE_HEADERS", """{"x-api-key": "SECRET"}""", "***")]
    [InlineData("METAFLOW_DATASTORE_SYSROOT_S3", "s3://our-runs/a?b", "s3://our-runs/a?***")]
    [InlineData("METAFLOW_DATASTORE_SYSROOT_S3", "s3://our-runs/metaflow", "s3://our-runs/metaflow")]
    [InlineData("METAFLOW_OTHER", "ada@example.org", "ada@example.org")]
    [InlineData("METAFLOW_OTHER", "token=", "token=")]
    public async Task Credentials_in_settings_are_written_and_not_shown(string name, string value, string shown)
    {
        Assert.Equal(0, (await _place.RunAsync("configure", "set", $"{name}={value}")).ExitCode);
        _place.Environment["METAFLOW_TWIN"] = "https://u:SECRET@h";

        foreach (var options in (string[][])[[], ["--json"], ["--origin"], ["--origin", "--json"]])
        {
            var show = await _place.RunAsync(["configure", "show", .. options]);
            Assert.Equal(0, show.ExitCode);
            Assert.DoesNotContain("SECRET", show.Out + show.Error, StringComparison.Ordinal);
            Assert.Contains(options.Contains("--json") ? JsonText(shown) : $"{name}={shown}", show.Out, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await _place.RunAsync("configure", "export", "all.json")).ExitCode);
        Assert.Contains(JsonText(value), _place.Text("all.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("METAFLOW_USR=ada", "Warning: No setting is called 'METAFLOW_USR'. Did you mean 'METAFLOW_USER'?\n")]
    [InlineData("FOO=1", "Warning: Metaflow for .NET has no setting 'METAFLOW_FOO'. It is kept for packages and for Python Metaflow")]
    [InlineData("USER=ada", "")]
    [InlineData("RUN_MAX_WORKERS=4", "")]
    public async Task A_name_that_no_setting_has_is_told_with_the_nearest(string setting, string warning)
    {
        var set = await _place.RunAsync("configure", "set", setting);

        Assert.Equal(0, set.ExitCode);
        Assert.StartsWith(warning + (warning.Length == 0 ? "Settings written to " : ""), set.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ISOLATION=foo", "'in-process'")]
    [InlineData("MAXIMUM_FOREACH_VALUE_CHARS=many", "METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS")]
    public async Task A_value_that_would_stop_every_command_is_not_written(string setting, string told)
    {
        var set = await _place.RunAsync("configure", "set", "USER=ada", setting);

        Assert.Equal(2, set.ExitCode);
        Assert.Contains(told, set.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Home, "config.json")));
    }

    [Fact]
    public async Task Numbers_of_a_file_stay_as_they_are_when_another_setting_changes()
    {
        Directory.CreateDirectory(_place.Home);
        await File.WriteAllTextAsync(
            Path.Combine(_place.Home, "config.json"),
            """
            {"METAFLOW_Z": [1e400, {"a": 5.50, "a": 12345678901234567890123}], "METAFLOW_S3_WORKER_COUNT": 64, "METAFLOW_RATE": 5.50}
            """,
            TestContext.Current.CancellationToken);

        await _place.RunAsync("configure", "set", "USER=ada");

        Assert.Equal(
            """
            {
                "METAFLOW_RATE": 5.50,
                "METAFLOW_S3_WORKER_COUNT": 64,
                "METAFLOW_USER": "ada",
                "METAFLOW_Z": [
                    1e400,
                    {
                        "a": 12345678901234567890123
                    }
                ]
            }

            """,
            _place.Text("home/config.json"));
    }

    [Theory]
    [InlineData("configure", "set", "USER=eve")]
    [InlineData("configure", "local", "--root", "/data", "--overwrite")]
    [InlineData("configure", "import", "other.json", "--overwrite")]
    [InlineData("configure", "reset", "--overwrite")]
    public async Task A_profile_that_is_a_link_stays_one_and_the_file_that_it_names_is_written(params string[] arguments)
    {
        var target = Path.Combine(_place.Folder, "dotfiles.json");
        await File.WriteAllTextAsync(target, "{}\n\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "other.json"), "{}", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_place.Home);
        File.CreateSymbolicLink(Path.Combine(_place.Home, "config.json"), "../dotfiles.json");

        Assert.Equal(0, (await _place.RunAsync(arguments)).ExitCode);

        Assert.Equal("../dotfiles.json", new FileInfo(Path.Combine(_place.Home, "config.json")).LinkTarget);
        Assert.NotEqual("{}\n\n", _place.Text("dotfiles.json"));
    }

    [Theory]
    [InlineData("--profile", "configure", "set", "USER=eve")]
    [InlineData("--root", "configure", "local")]
    [InlineData("--stack", "configure", "aws")]
    [InlineData("--endpoint", "configure", "azure", "--yes")]
    [InlineData("--to", "copy", "F/1")]
    [InlineData("--datastore-root", "flows")]
    public async Task An_option_that_names_something_is_not_empty(string option, params string[] arguments)
    {
        var refused = await _place.RunAsync([.. arguments, option, ""]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"Invalid value for '{option}': it is empty.", refused.Error, StringComparison.Ordinal);
        Assert.Contains("MF2004", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Home, "config.json")));
    }

    [Fact]
    public async Task A_profile_is_a_name_and_no_path()
    {
        var refused = await _place.RunAsync("configure", "set", "USER=eve", "--profile", "../../prod");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("'../../prod' has a slash.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_have_files_of_their_own()
    {
        await _place.RunAsync("configure", "set", "USER=eve", "--profile", "prod");
        _place.Environment["METAFLOW_PROFILE"] = "prod";

        Assert.Equal("METAFLOW_USER=eve\n", (await _place.RunAsync("configure", "show")).Out);
        Assert.Contains("Profile:   prod\n", (await _place.RunAsync("status")).Out);
        Assert.Contains("prod", (await _place.RunAsync("complete", "--", "configure", "show", "--profile", "")).Out);
    }

    [Fact]
    public async Task Origins_are_shown()
    {
        _place.Environment["METAFLOW_USER"] = "bob";
        await _place.RunAsync("configure", "set", "USER=ada", "TEMPDIR=/tmp");

        var origins = await _place.RunAsync("configure", "show", "--origin");

        Assert.Contains("METAFLOW_USER=bob  (environment)\n", origins.Out);
        Assert.Contains($"METAFLOW_TEMPDIR=/tmp  ({Path.Combine(_place.Home, "config.json")})\n", origins.Out);
        Assert.Contains("\"origin\": \"environment\"", (await _place.RunAsync("configure", "show", "--origin", "--json")).Out);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    public async Task Reset_asks_first(string answer, bool removes)
    {
        await _place.RunAsync("configure", "set", "USER=ada");

        var reset = await _place.AnswerAsync(answer, "configure", "reset");

        Assert.Equal(removes ? 0 : 1, reset.ExitCode);
        Assert.Equal(!removes, File.Exists(Path.Combine(_place.Home, "config.json")));
    }

    [Fact]
    public async Task Settings_go_out_and_in()
    {
        await _place.RunAsync("configure", "set", "USER=ada");

        Assert.Equal(0, (await _place.RunAsync("configure", "export", "out.json")).ExitCode);
        Assert.Equal(1, (await _place.AnswerAsync("n\n", "configure", "export", "out.json")).ExitCode);
        Assert.Equal(0, (await _place.RunAsync("configure", "import", "out.json", "--profile", "copy")).ExitCode);
        Assert.Equal(1, (await _place.AnswerAsync("\n", "configure", "import", "out.json", "--profile", "copy")).ExitCode);
        Assert.Equal(0, (await _place.RunAsync("configure", "import", "out.json", "--profile", "copy", "--overwrite")).ExitCode);
        Assert.Equal(_place.Text("home/config.json"), _place.Text("home/config_copy.json"));
        Assert.Equal(_place.Text("home/config.json"), (await _place.RunAsync("configure", "export", "-")).Out);
    }

    [Fact]
    public async Task What_is_no_settings_file_is_not_imported()
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "bad.json"), "[]", TestContext.Current.CancellationToken);

        var bad = await _place.RunAsync("configure", "import", "bad.json");
        var none = await _place.RunAsync("configure", "import", "none.json");

        Assert.Equal((1, 1), (bad.ExitCode, none.ExitCode));
        Assert.Contains("[MF2020]", bad.Error);
        Assert.Contains("It does not exist.", none.Error);
        Assert.False(Directory.Exists(_place.Home));
    }

    [Fact]
    public async Task A_machine_is_set_up_by_an_answer_or_an_option()
    {
        await _place.AnswerAsync("data\n", "configure", "local");
        await _place.AnswerAsync("\n", "configure", "local", "--profile", "own");
        await _place.RunAsync("configure", "local", "--profile", "given", "--root", "/data");

        Assert.Contains(
            $"\"METAFLOW_DATASTORE_SYSROOT_LOCAL\": \"{Path.Combine(_place.Folder, "data")}\"", _place.Text("home/config.json"));
        Assert.DoesNotContain("SYSROOT", _place.Text("home/config_own.json"));
        Assert.Contains("\"METAFLOW_DATASTORE_SYSROOT_LOCAL\": \"/data\"", _place.Text("home/config_given.json"));
        Assert.Contains($"Datastore: {Path.Combine(_place.Folder, "data", ".metaflow")}", (await _place.RunAsync("status")).Out);
    }

    [Fact]
    public async Task A_setting_without_an_equals_sign_is_explained()
    {
        var set = await _place.RunAsync("configure", "set", "USER");

        Assert.Equal(2, set.ExitCode);
        Assert.Contains("'USER' has no '='; write 'METAFLOW_USER=ada'.", set.Error);
    }

    public void Dispose() => _place.Dispose();

    private static string JsonText(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
