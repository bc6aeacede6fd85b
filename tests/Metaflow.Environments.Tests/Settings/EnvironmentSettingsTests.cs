using Metaflow.Environments.Settings;
using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Environments.Tests.Settings;

/// <summary>The settings of environments.</summary>
public sealed class EnvironmentSettingsTests
{
    private static readonly StoreAddress Local = StoreAddress.Local("/data/.metaflow");

    [Fact]
    public void Without_settings_the_defaults_of_the_extension_count()
    {
        var settings = Read();

        Assert.Equal("conda_v2.cnd", settings.ManifestFile);
        Assert.Equal(TimeSpan.FromHours(1), settings.LockTimeout);
        Assert.Equal(RemoteLatest.None, settings.RemoteLatest);
        Assert.Equal(["batch", "kubernetes"], settings.RemoteCommands);
        Assert.Equal(MachineKinds.All, settings.Architectures);
        Assert.Empty(settings.IgnoredDatastores);
        Assert.Equal(("packages", "envs"), (settings.PackagesFolder, settings.EnvironmentsFolder));
        Assert.EndsWith(Path.Combine("metaflow", "environments"), settings.Folder, StringComparison.Ordinal);
        Assert.True(Path.IsPathRooted(settings.Folder));
    }

    [Theory]
    [InlineData("local", "/data/.metaflow", "/data/conda_env")]
    [InlineData("s3", "s3://bucket/prefix", "s3://bucket/prefix/conda_env")]
    [InlineData("azure", "container/prefix/", "container/prefix/conda_env")]
    [InlineData("other", "x", "x/conda_env")]
    public void Environments_are_kept_beside_the_data_of_runs(string type, string root, string expected)
        => Assert.Equal(new StoreAddress(type, expected), Read().RootOf(new StoreAddress(type, root)));

    [Theory]
    [InlineData("METAFLOW_CONDA_S3ROOT", "s3://other/envs", "s3", "s3://other/envs")]
    [InlineData("METAFLOW_CONDA_AZUREROOT", "container/envs/", "azure", "container/envs")]
    [InlineData("METAFLOW_CONDA_GSROOT", "gs://other/envs", "gs", "gs://other/envs")]
    [InlineData("METAFLOW_CONDA_LOCALROOT", "/shared/envs", "local", "/shared/envs")]
    public void A_setting_says_where_they_are_for_one_type_of_datastore(string name, string value, string type, string expected)
    {
        var settings = Read((name, value));

        Assert.Equal(new StoreAddress(type, expected), settings.RootOf(new StoreAddress(type, "/data/.metaflow")));
        Assert.Equal("x/conda_env", settings.RootOf(new StoreAddress("other", "x"))!.Root);
    }

    [Fact]
    public void Nothing_is_kept_for_types_that_the_setting_names()
    {
        var settings = Read(("METAFLOW_CONDA_IGNORE_CACHING_DATASTORES", """["local"]"""));

        Assert.Null(settings.RootOf(Local));
        Assert.NotNull(settings.RootOf(new StoreAddress("s3", "s3://bucket")));
    }

    [Theory]
    [InlineData(":any:", true, null)]
    [InlineData(":username:", true, "ada")]
    [InlineData("bob, carol", true, "bob carol")]
    [InlineData(":none:", false, null)]
    public void The_users_are_named_whose_environments_count(string value, bool isUsed, string? users)
    {
        var latest = Read(("METAFLOW_CONDA_USE_REMOTE_LATEST", value)).RemoteLatest;

        Assert.Equal(isUsed, latest.IsUsed);
        Assert.Equal(users?.Split(' '), latest.Users);
    }

    [Fact]
    public void The_folder_of_packages_may_be_any()
        => Assert.Equal("/scratch/environments", Read(("METAFLOW_ENVIRONMENTS_FOLDER", "/scratch/x/../environments")).Folder);

    [Theory]
    [InlineData("METAFLOW_CONDA_USE_REMOTE_LATEST", ":all:")]
    [InlineData("METAFLOW_CONDA_USE_REMOTE_LATEST", " , ")]
    [InlineData("METAFLOW_CONDA_MAGIC_FILE_V2", "a/b")]
    [InlineData("METAFLOW_CONDA_MAGIC_FILE_V2", "dotnet_v2.cnd")]
    [InlineData("METAFLOW_CONDA_ENVS_DIRNAME", "..")]
    [InlineData("METAFLOW_CONDA_PACKAGES_DIRNAME", "s3://b")]
    [InlineData("METAFLOW_CONDA_REMOTE_COMMANDS", "batch")]
    [InlineData("METAFLOW_CONDA_ALL_ARCHS", "{}")]
    [InlineData("METAFLOW_CONDA_IGNORE_CACHING_DATASTORES", "[1]")]
    [InlineData("METAFLOW_CONDA_LOCK_TIMEOUT", "soon")]
    [InlineData("METAFLOW_CONDA_S3ROOT", "/data")]
    [InlineData("METAFLOW_CONDA_S3ROOT", "bucket/x")]
    [InlineData("METAFLOW_CONDA_GSROOT", "s3://bucket")]
    [InlineData("METAFLOW_CONDA_AZUREROOT", "~/x")]
    [InlineData("METAFLOW_CONDA_LOCALROOT", "s3://bucket")]
    [InlineData("METAFLOW_ENVIRONMENTS_FOLDER", "s3://bucket")]
    public void A_value_that_cannot_be_is_refused(string name, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read((name, value)));

        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.Contains(name, error.What, StringComparison.Ordinal);
        Assert.Contains(value, error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_setting_is_described_once_with_the_default_that_counts()
    {
        Assert.Equal(19, EnvironmentSettings.All.Select(static setting => setting.Name).Distinct().Count());
        Assert.Equal(EnvironmentSettings.All.Count, EnvironmentSettings.All.Select(static setting => setting.Name).Distinct().Count());
        var defaults = Read([.. EnvironmentSettings.All.Where(static setting => setting.Default is not null)
            .Select(static setting => (setting.Name, setting.Default!))]);
        Assert.Equal(Read().LockTimeout, defaults.LockTimeout);
        Assert.Equal(Read().RemoteCommands, defaults.RemoteCommands);
        Assert.Equal(Read().RemoteLatest, defaults.RemoteLatest);
    }

    private static EnvironmentSettings Read(params (string Name, string Value)[] values) => EnvironmentSettings.Of(new MetaflowSettings
    {
        User = "ada",
        Datastore = Local,
        Environment = values.ToDictionary(static value => value.Name, static value => value.Value),
    });
}
