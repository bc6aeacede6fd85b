using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Settings;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a", "a", "b", "c")]
    [InlineData("b", null, "b", "c")]
    [InlineData("c", null, null, "c")]
    [InlineData("d", null, "root", "d")]
    public void The_user_is_the_first_that_is_named_and_not_root(string expected, string? metaflowUser, string? sudoUser, string user)
    {
        var environment = new Dictionary<string, string> { ["USER"] = user };
        Put(environment, "METAFLOW_USER", metaflowUser);
        Put(environment, "SUDO_USER", sudoUser);

        var settings = SettingsLoader.Load(environment, _folder);

        Assert.Equal(expected, settings.User);
        Assert.Equal("user:" + expected, settings.Namespace);
    }

    [Fact]
    public void A_tilde_is_the_home_wherever_a_folder_is_named()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var environment = new Dictionary<string, string>
        {
            ["USER"] = "ada",
            ["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = "~/set",
            ["METAFLOW_TEMPDIR"] = "~/tmp",
        };

        Assert.Equal(Path.Combine(home, "set", ".metaflow"), SettingsLoader.Load(environment, _folder).Datastore.Root);
        Assert.Equal(Path.Combine(home, "given", ".metaflow"), SettingsLoader.Load(environment, _folder, "~/given").Datastore.Root);
        Assert.Equal(Path.Combine(home, ".metaflow"), SettingsLoader.Load(environment, _folder, "~").Datastore.Root);
        Assert.Equal(Path.Combine(_folder, "~ada", ".metaflow"), SettingsLoader.Load(environment, _folder, "~ada").Datastore.Root);
        Assert.Equal(Path.Combine(home, "tmp"), SettingsLoader.Load(environment, _folder).TemporaryFolder);
    }

    [Theory]
    [InlineData("METAFLOW_USER", "x\e[31mred")]
    [InlineData("METAFLOW_USER", "a\nb")]
    [InlineData("METAFLOW_USER", "\u202ea")]
    [InlineData("METAFLOW_USER", "  ")]
    [InlineData("USER", "\t")]
    [InlineData("USER", "caf\ufffd")]
    [InlineData("METAFLOW_USER", "")]
    [InlineData("HOME", "/")]
    public void A_user_without_a_name_that_can_be_shown_is_refused(string variable, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(
            new Dictionary<string, string> { [variable] = value }, _folder, null, processUser: ""));

        Assert.Equal((ErrorCodes.NoUserName, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains("METAFLOW_USER=ada", error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory]
    [InlineData("retry  catch:var=x ", "retry|catch:var=x")]
    [InlineData("""environment:vars={"A": "1 2", "B": "} "} retry""", """environment:vars={"A": "1 2", "B": "} "}|retry""")]
    [InlineData(
        """catch:var="a b",print_exception=false retry:on=["a b", "c"]""",
        """catch:var="a b",print_exception=false|retry:on=["a b", "c"]""")]
    [InlineData("""catch:var={a retry""", """catch:var={a|retry""")]
    [InlineData("x:a= retry=", "x:a=|retry=")]
    public void Blanks_inside_of_json_end_no_decorator(string text, string parts)
        => Assert.Equal(parts, string.Join('|', DecoratorList.Split(text)));

    [Fact]
    public void A_settings_file_gives_no_such_name_either()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, ".metaflow")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"METAFLOW_USER": "x\u001b[31m"}""");

        Assert.Equal(
            ErrorCodes.NoUserName,
            Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(new Dictionary<string, string>(), _folder)).Code);
    }

    [Theory]
    [InlineData("eve", "LOGNAME", "eve", "")]
    [InlineData("root", "LOGNAME", "eve", "root")]
    [InlineData("root", "USER", "root", "root")]
    [InlineData("12345", "METAFLOW_USER", "12345", "")]
    public void The_name_of_the_process_comes_after_the_variables(string expected, string variable, string value, string processUser)
        => Assert.Equal(
            expected, SettingsLoader.Load(new Dictionary<string, string> { [variable] = value }, _folder, null, processUser).User);

    [Fact]
    public void The_nearest_datastore_upwards_is_used()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
        Assert.Equal(Path.Combine(inner, ".metaflow"), Load(inner).Datastore.Root);

        Directory.CreateDirectory(Path.Combine(_folder, "a", ".metaflow"));
        Assert.Equal(Path.Combine(_folder, "a", ".metaflow"), Load(inner).Datastore.Root);
        Assert.Equal(Path.Combine(inner, "x", ".metaflow"), Load(inner, ("METAFLOW_DATASTORE_SYSROOT_LOCAL", "x")).Datastore.Root);
        Assert.Equal("/y/.metaflow", SettingsLoader.Load(new Dictionary<string, string>(), inner, "/y/.metaflow/").Datastore.Root);
    }

    [Fact]
    public void The_environment_beats_the_project_which_beats_the_profile()
    {
        Write(".metaflow/config.json", """{"METAFLOW_A": "project", "METAFLOW_B": "project", "METAFLOW_USER": "eve"}""");
        Write("home/config.json", """
            {"METAFLOW_A": "profile", "METAFLOW_B": "profile", "METAFLOW_C": "profile", "METAFLOW_N": 5, "METAFLOW_L": ["x"]} // comment
            """);

        var settings = Load(_folder, ("METAFLOW_HOME", Path.Combine(_folder, "home")), ("METAFLOW_A", "environment"));

        Assert.Equal("environment", settings.Environment["METAFLOW_A"]);
        Assert.Equal("project", settings.Environment["METAFLOW_B"]);
        Assert.Equal("profile", settings.Environment["METAFLOW_C"]);
        Assert.Equal("5", settings.Environment["METAFLOW_N"]);
        Assert.Equal("""["x"]""", settings.Environment["METAFLOW_L"]);
        Assert.Equal("eve", settings.User);
    }

    [Fact]
    public void A_profile_is_looked_for_in_the_users_home()
    {
        Write(".metaflowconfig/config.json", """{"METAFLOW_DEFAULT_DECOSPECS": "retry timeout:seconds=3"}""");
        Write(".metaflowconfig/config_prod.json", """{"METAFLOW_DATASTORE_SYSROOT_LOCAL": "/prod"}""");

        Assert.Equal(["retry", "timeout:seconds=3"], Load(_folder, ("HOME", _folder)).DefaultDecorators);
        Assert.Equal("/prod/.metaflow", Load(_folder, ("HOME", _folder), ("METAFLOW_PROFILE", "prod")).Datastore.Root);
    }

    [Fact]
    public void A_profile_without_a_file_is_an_error()
    {
        var error = Assert.Throws<ConfigurationException>(() => Load(_folder, ("METAFLOW_HOME", _folder), ("METAFLOW_PROFILE", "prod")));

        Assert.Equal(ErrorCodes.ProfileNotFound, error.Code);
        Assert.Equal($"Unable to locate METAFLOW_PROFILE 'prod' in '{_folder}'.", error.What);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    public void A_settings_file_that_is_no_json_object_is_an_error(string content)
    {
        Write("config.json", content);

        var error = Assert.Throws<ConfigurationException>(() => Load(_folder, ("METAFLOW_HOME", _folder)));

        Assert.Equal(ErrorCodes.InvalidSettingsFile, error.Code);
        Assert.Contains(Path.Combine(_folder, "config.json"), error.What);
    }

    [Theory]
    [InlineData("METAFLOW_DEFAULT_DATASTORE", "s3")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "service")]
    [InlineData("METAFLOW_DEFAULT_ENVIRONMENT", "pypi")]
    public void Another_store_than_the_local_one_is_refused_wherever_it_is_set(string name, string value)
    {
        var fromEnvironment = Assert.Throws<ConfigurationException>(() => Load(_folder, (name, value)).MetadataType);
        Write("config.json", $"{{\"{name}\": \"{value}\"}}");
        var fromFile = Assert.Throws<ConfigurationException>(() => Load(_folder, ("METAFLOW_HOME", _folder)).MetadataType);

        Assert.Equal((ErrorCodes.InvalidValue, ExitCodes.Usage), (fromEnvironment.Code, fromEnvironment.ExitCode));
        Assert.StartsWith(
            $"Invalid value for '{name}': invalid choice: {value}. (choose from '", fromEnvironment.What, StringComparison.Ordinal);
        Assert.Contains("It is set in the environment.", fromEnvironment.Message, StringComparison.Ordinal);
        Assert.Contains($"It is set in the file '{Path.Combine(_folder, "config.json")}'.", fromFile.Message, StringComparison.Ordinal);
        Assert.Equal("/y/.metaflow", SettingsLoader.Load(new Dictionary<string, string> { [name] = value }, _folder, "/y").Datastore.Root);
        Assert.Equal("local", Load(_folder, (name, "local")).Environment[name]);
    }

    [Fact]
    public void Another_metadata_provider_may_be_chosen_in_place_of_one_that_the_program_does_not_have()
    {
        var settings = Load(_folder, ("METAFLOW_DEFAULT_METADATA", "service"));
        Assert.Equal(Path.Combine(_folder, ".metaflow"), settings.Datastore.Root);
        Assert.Equal("store", (settings with { MetadataType = "store" }).MetadataType);
    }

    [Theory]
    [InlineData("s3:/bucket/x", "s3://bucket/x")]
    [InlineData("s3:bucket/x", "s3://bucket/x")]
    [InlineData("S3://bucket/x", "s3://bucket/x")]
    [InlineData("s3a://bucket/x", "s3://bucket/x")]
    [InlineData("s3//bucket/x", "s3://bucket/x")]
    [InlineData("s3;//bucket/x", "s3://bucket/x")]
    [InlineData(@"s3:\\bucket\x", @"s3://bucket\x")]
    [InlineData("s3:///bucket/x", "s3://bucket/x")]
    [InlineData("gs:/bucket", "gs://bucket")]
    [InlineData("GS:bucket", "gs://bucket")]
    [InlineData("gcs://bucket", "gs://bucket")]
    [InlineData("azure:/container/x", "azure://container/x")]
    [InlineData("Azure:container", "azure://container")]
    [InlineData("azure//container", "azure://container")]
    public void What_is_almost_an_address_is_not_taken_for_a_folder(string root, string meant)
    {
        var settings = Load(_folder);
        var error = Assert.Throws<ConfigurationException>(() => SettingsLoader.FindDatastore(settings, _folder, null, root));
        Assert.Equal((ErrorCodes.StoreAddressInvalid, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains($"Write '{meant}' for the address", error.Fix, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCodes.StoreAddressInvalid,
            Assert.Throws<ConfigurationException>(
                () => SettingsLoader.Load(new Dictionary<string, string>(), _folder, root).Datastore).Code);
        var folder = SettingsLoader.FindDatastore(settings, _folder, null, "./" + root).Root;
        Assert.Equal(Path.Combine(Path.GetFullPath(root, _folder), ".metaflow"), folder);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("s3/x")]
    [InlineData("gs-data//x")]
    [InlineData("local:s3")]
    [InlineData("local://s3/x")]
    [InlineData("~/s3:/x")]
    [InlineData("/data/s3:/x")]
    public void A_folder_whose_name_is_like_a_type_is_a_folder(string root)
        => Assert.True(SettingsLoader.FindDatastore(Load(_folder), _folder, null, root).IsLocal);

    [Fact]
    public void A_local_root_with_two_slashes_is_the_folder_behind_them()
        => Assert.Equal("/y/.metaflow", SettingsLoader.FindDatastore(Load(_folder), _folder, null, "local:///y").Root);

    [Theory]
    [InlineData("s3", "bucket/x", "s3://bucket/x")]
    [InlineData("azure", "container/x", "azure://container/x")]
    public void A_bare_root_is_no_folder_where_the_default_datastore_is_in_a_cloud(string type, string root, string meant)
    {
        var settings = Load(_folder, ("METAFLOW_DEFAULT_DATASTORE", type));
        var error = Assert.Throws<ConfigurationException>(() => SettingsLoader.FindDatastore(settings, _folder, null, root));
        Assert.Equal(ErrorCodes.StoreAddressInvalid, error.Code);
        Assert.Contains($"Write '{meant}' for the address, or './{root}'", error.Fix, StringComparison.Ordinal);
        Assert.True(SettingsLoader.FindDatastore(settings, _folder, null, "./" + root).IsLocal);
        Assert.True(SettingsLoader.FindDatastore(settings, _folder, "local", root).IsLocal);
    }

    [Theory]
    [InlineData("METAFLOW_DATASTORE_SYSROOT_LOCAL", "s3://bucket/x")]
    [InlineData("METAFLOW_DATASTORE_SYSROOT_LOCAL", "s3:/bucket/x")]
    [InlineData("METAFLOW_TEMPDIR", "gs://bucket/x")]
    [InlineData("METAFLOW_CLIENT_CACHE_PATH", "https://u:SECRET@somewhere/x")]
    public void A_setting_of_a_folder_takes_no_address(string name, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Load(_folder, (name, value)).Datastore);
        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.Contains(name, error.What, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
        _ = Load(_folder, (name, "./" + value)).Datastore;
    }

    [Theory]
    [InlineData("s3", "Add '#:package Metaflow.Aws@*'")]
    [InlineData("azure", "Add '#:package Metaflow.Azure@*'")]
    [InlineData("gs", "Add '#:package Metaflow.Gcp@*'")]
    [InlineData("locl", "Did you mean 'local'?")]
    public void A_default_datastore_of_a_missing_package_is_refused_where_it_is_used_and_another_one_may_be_chosen(string type, string fix)
    {
        var settings = Load(_folder, ("METAFLOW_DEFAULT_DATASTORE", type));
        Assert.Contains(fix, Assert.Throws<ConfigurationException>(() => settings.Datastore).Fix, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => settings.MetadataType);
        var chosen = settings with { Datastore = SettingsLoader.FindDatastore(settings, _folder, "local", null) };
        Assert.Equal((StoreAddress.Local(Path.Combine(_folder, ".metaflow")), "local"), (chosen.Datastore, chosen.MetadataType));
        Assert.Equal("/y/.metaflow", SettingsLoader.FindDatastore(settings, _folder, null, "/y").Root);
    }

    [Theory]
    [InlineData("s3://AKIA:SECRET@bbb/mf", "s3://***@bbb/mf")]
    [InlineData("s3://AKIA:SEC/RET@bbb/mf", "s3://***@bbb/mf")]
    [InlineData("SECRET@bbb", "***@bbb")]
    [InlineData("https://a.example.org/?sv=1&sig=SECRET", "https://a.example.org/?***")]
    [InlineData("a.example.org/?sv=1&sig=SECRET", "a.example.org/?***")]
    [InlineData("https://u:SECRET@a.example.org:9000/x?sig=SECRET", "https://***@a.example.org:9000/x?***")]
    [InlineData("https://a.example.org:9000/x@y", "https://a.example.org:9000/x@y")]
    [InlineData("s3://bbb/a@b", "s3://bbb/a@b")]
    [InlineData("many", "many")]
    public void An_address_is_shown_without_credentials(string address, string shown) => Assert.Equal(shown, ShownAddress.Of(address));

    [Fact]
    public void Values_have_types_and_places()
    {
        Write("config.json", """
            {"METAFLOW_INCLUDE_FOREACH_STACK": false, "METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS": 7, "METAFLOW_CONTACT_INFO": {"Chat": "#ml"}}
            """);

        var settings = Load(
            _folder, ("METAFLOW_HOME", _folder), ("METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS", "9"), ("METAFLOW_TEMPDIR", "/tmp/x"));
        var defaults = Load(_folder);

        Assert.Equal((false, 9, "/tmp/x"), (settings.IncludeForeachStack, settings.MaximumForeachValueChars, settings.TemporaryFolder));
        Assert.Equal("#ml", settings.ContactInfo["Chat"]);
        Assert.Equal("environment", settings.Origins["METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS"]);
        Assert.Equal(Path.Combine(_folder, "config.json"), settings.Origins["METAFLOW_CONTACT_INFO"]);
        Assert.Equal((true, 30, null), (defaults.IncludeForeachStack, defaults.MaximumForeachValueChars, defaults.TemporaryFolder));
        Assert.Empty(defaults.ContactInfo);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("False", false)]
    [InlineData("no", true)]
    [InlineData("1", true)]
    public void Only_some_texts_mean_no(string text, bool expected)
        => Assert.Equal(expected, Load(_folder, ("METAFLOW_INCLUDE_FOREACH_STACK", text)).IncludeForeachStack);

    [Theory]
    [InlineData("METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS", "many")]
    [InlineData("METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS", "-1")]
    [InlineData("METAFLOW_CONTACT_INFO", "{")]
    [InlineData("METAFLOW_CONTACT_INFO", "[]")]
    public void A_value_that_does_not_fit_is_an_error_that_names_the_setting_and_the_file(string name, string value)
    {
        Write("config.json", System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value }));

        var error = Assert.Throws<ConfigurationException>(() => Load(_folder, ("METAFLOW_HOME", _folder)));

        Assert.Equal((ErrorCodes.InvalidSetting, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Equal($"The setting '{name}' cannot be '{value}'.", error.What);
        Assert.Contains($"It is set in the file '{Path.Combine(_folder, "config.json")}'.", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "It is set in the environment.",
            Assert.Throws<ConfigurationException>(() => Load(_folder, (name, value))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_keeps_only_what_is_ours()
        => Assert.Equal(["METAFLOW_X"], Load(_folder, ("METAFLOW_X", "1"), ("PATH", "/bin")).Environment.Keys);

    private static MetaflowSettings Load(string folder, params (string Name, string Value)[] environment)
        => SettingsLoader.Load(environment.ToDictionary(static v => v.Name, static v => v.Value), folder);

    private static void Put(Dictionary<string, string> environment, string name, string? value)
    {
        if (value is not null)
        {
            environment[name] = value;
        }
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
