using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Environments.Settings;

/// <summary>The settings of environments. Most are those of the extension, by the same names.</summary>
internal sealed record EnvironmentSettings
{
    /// <summary>The name of the file with the environments that the extension cannot read.</summary>
    public const string OwnManifestFile = "dotnet_v2.cnd";

    private const string DefaultManifestFile = "conda_v2.cnd";
    private const int DefaultLockSeconds = 3600;
    private const string RootFolder = "conda_env";

    private static readonly SettingDescription FolderSetting = new(
        "METAFLOW_ENVIRONMENTS_FOLDER",
        SettingKind.Text,
        "It is the folder of this machine in which packages and environments are created.")
    { IsForTasks = true };

    private static readonly SettingDescription ManifestFileSetting = new(
        "METAFLOW_CONDA_MAGIC_FILE_V2", SettingKind.Text, "It is the name of the file that lists this machine's environments.")
    { Default = DefaultManifestFile, IsForTasks = true };

    private static readonly SettingDescription LockTimeoutSetting = new(
        "METAFLOW_CONDA_LOCK_TIMEOUT", SettingKind.Number, "It is how many seconds to wait for other processes.")
    { Default = "3600", IsForTasks = true };

    private static readonly SettingDescription RemoteLatestSetting = new(
        "METAFLOW_CONDA_USE_REMOTE_LATEST",
        SettingKind.Text,
        "It says whose environments of the datastore are used for requirements for which this machine has none.")
    { Default = ":none:" };

    private static readonly SettingDescription RemoteCommandsSetting = new(
        "METAFLOW_CONDA_REMOTE_COMMANDS", SettingKind.Text, "It is a JSON list of the decorators that run a step on another machine.")
    { Default = """["batch", "kubernetes"]""" };

    private static readonly SettingDescription ArchitecturesSetting = new(
        "METAFLOW_CONDA_ALL_ARCHS", SettingKind.Text, "It is a JSON list of the kinds of machines that environments are looked for.")
    { Default = """["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64", "win-arm64"]""" };

    private static readonly SettingDescription IgnoredDatastoresSetting = new(
        "METAFLOW_CONDA_IGNORE_CACHING_DATASTORES", SettingKind.Text, "It is a JSON list of the types of datastores without a cache.")
    { Default = "[]", IsForTasks = true };

    private static readonly SettingDescription PackagesFolderSetting = new(
        "METAFLOW_CONDA_PACKAGES_DIRNAME", SettingKind.Text, "It is the folder for packages in the root for environments.")
    { Default = "packages", IsForTasks = true };

    private static readonly SettingDescription EnvironmentsFolderSetting = new(
        "METAFLOW_CONDA_ENVS_DIRNAME", SettingKind.Text, "It is the folder for records in the root for environments.")
    { Default = "envs", IsForTasks = true };

    private static readonly SettingDescription S3RootSetting = new(
        "METAFLOW_CONDA_S3ROOT", SettingKind.Text, "It is the root for environments in S3.")
    { IsForTasks = true };

    private static readonly SettingDescription AzureRootSetting = new(
        "METAFLOW_CONDA_AZUREROOT", SettingKind.Text, "It is the root for environments in Azure.")
    { IsForTasks = true };

    private static readonly SettingDescription GoogleRootSetting = new(
        "METAFLOW_CONDA_GSROOT", SettingKind.Text, "It is the root for environments in Google Cloud.")
    { IsForTasks = true };

    private static readonly SettingDescription LocalRootSetting = new(
        "METAFLOW_CONDA_LOCALROOT", SettingKind.Text, "It is the root for environments beside a local datastore.")
    { IsForTasks = true };

    private EnvironmentSettings()
    {
    }

    /// <summary>Gets all settings of environments, for their plug-in.</summary>
    public static IReadOnlyList<SettingDescription> All { get; } =
    [
        FolderSetting, ManifestFileSetting, LockTimeoutSetting, RemoteLatestSetting, RemoteCommandsSetting, ArchitecturesSetting,
        IgnoredDatastoresSetting, PackagesFolderSetting, EnvironmentsFolderSetting, S3RootSetting, AzureRootSetting, GoogleRootSetting,
        LocalRootSetting, .. PythonSettings.All,
    ];

    /// <summary>Gets the folder of this machine in which packages and environments are created: an absolute path.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the name of the extension's file that lists this machine's environments.</summary>
    public string ManifestFile { get; init; } = DefaultManifestFile;

    /// <summary>Gets how long to wait for other processes.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(DefaultLockSeconds);

    /// <summary>Gets whose environments of the datastore are used for requirements for which this machine has none.</summary>
    public RemoteLatest RemoteLatest { get; init; } = RemoteLatest.None;

    /// <summary>Gets the decorators that run a step on another machine.</summary>
    public IReadOnlyList<string> RemoteCommands { get; init; } = [];

    /// <summary>Gets the kinds of machines that environments are looked for.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Gets the types of datastores in which no packages and records are stored.</summary>
    public IReadOnlyList<string> IgnoredDatastores { get; init; } = [];

    /// <summary>Gets the folder for packages in the root for environments.</summary>
    public required string PackagesFolder { get; init; }

    /// <summary>Gets the folder for records in the root for environments.</summary>
    public required string EnvironmentsFolder { get; init; }

    /// <summary>Gets the roots that settings name, by the type of the datastore.</summary>
    private IReadOnlyDictionary<string, StoreAddress> Roots { get; init; } = new Dictionary<string, StoreAddress>();

    /// <summary>Reads the settings.</summary>
    /// <param name="settings">All settings.</param>
    /// <returns>Those of environments.</returns>
    /// <exception cref="ConfigurationException">MF2105: a value is wrong.</exception>
    public static EnvironmentSettings Of(MetaflowSettings settings)
    {
        var reader = SettingReader.Of(settings);
        return new EnvironmentSettings
        {
            Folder = FolderOf(reader),
            ManifestFile = Named(reader, ManifestFileSetting),
            LockTimeout = TimeSpan.FromSeconds(reader.Number(LockTimeoutSetting.Name, DefaultLockSeconds)),
            RemoteLatest = RemoteLatestOf(reader, settings.User),
            RemoteCommands = Texts(reader, RemoteCommandsSetting),
            Architectures = Texts(reader, ArchitecturesSetting),
            IgnoredDatastores = Texts(reader, IgnoredDatastoresSetting),
            PackagesFolder = Named(reader, PackagesFolderSetting),
            EnvironmentsFolder = Named(reader, EnvironmentsFolderSetting),
            Roots = RootsOf(reader),
        };
    }

    /// <summary>Returns where the packages and records of environments are kept for a datastore.</summary>
    /// <param name="datastore">The datastore.</param>
    /// <returns>The address; <see langword="null"/> if nothing is kept for datastores of its type.</returns>
    public StoreAddress? RootOf(StoreAddress datastore)
        => IgnoredDatastores.Contains(datastore.Type) ? null
            : Roots.GetValueOrDefault(datastore.Type)
                ?? datastore with
                {
                    // The extension's default is beside the folder .metaflow, in the folder that its setting for local data names.
                    Root = datastore.IsLocal
                        ? Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(datastore.Folder))!, RootFolder)
                        : $"{datastore.Root.TrimEnd('/')}/{RootFolder}",
                };

    /// <summary>Returns the folder of this machine in which packages and environments are created.</summary>
    /// <param name="settings">All settings.</param>
    /// <returns>The absolute path.</returns>
    public static string FolderOf(MetaflowSettings settings) => FolderOf(SettingReader.Of(settings));

    private static string FolderOf(SettingReader reader)
    {
        if (reader.Folder(FolderSetting.Name) is { } given)
        {
            return UserPath.Of(given, Environment.CurrentDirectory);
        }

        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "metaflow", "environments");
    }

    private static RemoteLatest RemoteLatestOf(SettingReader reader, string user)
        => reader.Text(RemoteLatestSetting.Name) is not { } text ? RemoteLatest.None
            : RemoteLatest.TryParse(text, user, out var latest) ? latest
            : throw reader.Wrong(RemoteLatestSetting.Name, text, RemoteLatest.Expected, "':username:'");

    private static string Named(SettingReader reader, SettingDescription setting)
    {
        var name = reader.Text(setting.Name) ?? setting.Default!;
        return name is not ("." or ".." or OwnManifestFile) && name.IndexOfAny(['/', '\\', ':']) < 0
            ? name
            : throw reader.Wrong(setting.Name, name, "the name of a file or folder, without its path", $"'{setting.Default}'");
    }

    private static IReadOnlyList<string> Texts(SettingReader reader, SettingDescription setting)
    {
        var text = reader.Text(setting.Name) ?? setting.Default!;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Array
                && json.RootElement.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
                    ? [.. json.RootElement.EnumerateArray().Select(static item => item.GetString()!)]
                    : throw WrongList(reader, setting, text);
        }
        catch (JsonException)
        {
            throw WrongList(reader, setting, text);
        }
    }

    private static ConfigurationException WrongList(SettingReader reader, SettingDescription setting, string text)
        => reader.Wrong(setting.Name, text, "a JSON list of texts", setting.Default is null or "[]" ? """["local"]""" : setting.Default);

    private static Dictionary<string, StoreAddress> RootsOf(SettingReader reader)
    {
        var roots = new Dictionary<string, StoreAddress>(StringComparer.Ordinal);
        if (reader.Folder(LocalRootSetting.Name) is { } folder)
        {
            var path = UserPath.Of(folder, Environment.CurrentDirectory);
            roots[StoreAddress.LocalType] = new StoreAddress(StoreAddress.LocalType, path);
        }

        AddRoot(roots, reader, S3RootSetting, "s3", "s3://bucket/conda_env");
        AddRoot(roots, reader, AzureRootSetting, "azure", "container/conda_env");
        AddRoot(roots, reader, GoogleRootSetting, "gs", "gs://bucket/conda_env");
        return roots;
    }

    private static void AddRoot(
        Dictionary<string, StoreAddress> roots, SettingReader reader, SettingDescription setting, string type, string example)
    {
        if (reader.Text(setting.Name) is not { } text)
        {
            return;
        }

        // Azure has roots without a scheme. Whatever else has one, or begins as a path does, is meant for another store.
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if ((scheme < 0 && type != "azure") || (scheme >= 0 && text[..scheme] != type) || text[0] is '/' or '.' or '~')
        {
            throw reader.Wrong(setting.Name, ShownAddress.Of(text), $"an address in a store of type '{type}'", $"'{example}'");
        }

        roots[type] = new StoreAddress(type, text.TrimEnd('/'));
    }
}
