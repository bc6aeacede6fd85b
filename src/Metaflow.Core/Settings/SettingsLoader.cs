using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Settings;

/// <summary>Reads the settings.</summary>
internal static class SettingsLoader
{
    private const string FolderName = ".metaflow";

    /// <summary>Gets the names of <see cref="TaskIsolation.Process"/> and <see cref="TaskIsolation.InProcess"/> in settings and on command
    /// lines.</summary>
    internal static IReadOnlyList<string> IsolationNames { get; } = ["process", "in-process"];

    /// <summary>Reads the settings: from the environment, below it the project's <c>.metaflow/config.json</c>, below that the profile's
    /// file.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="workingFolder">The folder from which the local datastore is looked for, upwards.</param>
    /// <param name="datastoreRoot">A root that overrides what the settings say, or <see langword="null"/>.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ConfigurationException">MF2020: a settings file is wrong. MF2021: the profile has no file. MF2105: a value does
    /// not fit its setting. MF2012: the user has no name. MF2046: a variable is not UTF-8. MF2004: the default environment is one that
    /// the program does not have, and no root is given. That the default datastore or metadata provider cannot be is said where it is
    /// used.</exception>
    /// <remarks>The profile's file is <c>config.json</c>, or <c>config_NAME.json</c> where <c>METAFLOW_PROFILE</c> names one, in the
    /// folder <c>METAFLOW_HOME</c>, by default <c>.metaflowconfig</c> in the user's home. The user is the first of <c>METAFLOW_USER</c>,
    /// <c>SUDO_USER</c>, <c>USERNAME</c>, <c>USER</c> that is set, other than <c>root</c> where another is; else the process's user; else
    /// <c>LOGNAME</c>. Python Metaflow refuses <c>root</c>; here it is a user like any.</remarks>
    public static MetaflowSettings Load(IReadOnlyDictionary<string, string> environment, string workingFolder, string? datastoreRoot = null)
        => Load(environment, workingFolder, datastoreRoot, Environment.UserName);

    /// <summary>Reads the settings for a program some of whose commands need none.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="workingFolder">The folder from which the local datastore is looked for, upwards.</param>
    /// <returns>The settings; defaults with <see cref="MetaflowSettings.Problem"/> where <see cref="Load(IReadOnlyDictionary{string,
    /// string}, string, string?)"/> throws.</returns>
    internal static MetaflowSettings LoadOrDefault(IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        try
        {
            return Load(environment, workingFolder);
        }
        catch (ConfigurationException problem)
        {
            return new MetaflowSettings
            {
                User = "",
                Datastore = StoreAddress.Local(Path.Combine(workingFolder, FolderName)),
                Problem = problem,
            };
        }
    }

    /// <summary>Reads the settings of a process whose user the system calls so.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="workingFolder">The folder from which the local datastore is looked for, upwards.</param>
    /// <param name="datastoreRoot">A root that overrides what the settings say, or <see langword="null"/>.</param>
    /// <param name="processUser">The system's name of the process's user; empty where it has none, as in many containers.</param>
    /// <returns>The settings.</returns>
    internal static MetaflowSettings Load(
        IReadOnlyDictionary<string, string> environment, string workingFolder, string? datastoreRoot, string processUser)
    {
        GivenTexts.CheckEnvironment(environment);
        var nearest = FindNearest(workingFolder);
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = SettingsFile.Merge(environment, nearest, origins);
        var reader = new SettingReader(settings, origins);
        SettingTable.Check(reader);
        if (datastoreRoot is null)
        {
            reader.Choice(SettingNames.DefaultEnvironment, EnvironmentTypes.All, "These are the kinds of environments.");
        }

        var user = CheckedUser(reader.Text(SettingNames.User) ?? FindUser(environment, processUser));
        var (datastore, datastoreProblem) = DatastoreOrProblem(reader, workingFolder, datastoreRoot, nearest);
        var (metadata, metadataProblem) = datastoreRoot is not null && datastore.IsLocal ? (StoreAddress.LocalType, null)
            : MetadataOrProblem(reader);
        return new MetaflowSettings
        {
            User = user,
            Datastore = datastore,
            DatastoreProblem = datastoreProblem,
            MetadataType = metadata,
            MetadataProblem = metadataProblem,
            Namespace = "user:" + user,
            EnvironmentType = reader.Text(SettingNames.DefaultEnvironment) is { } kind && EnvironmentTypes.All.Contains(kind)
                ? kind : EnvironmentTypes.Automatic,
            Isolation = reader.Text(SettingNames.Isolation) is { } isolation ? IsolationOf(isolation) : TaskIsolation.Automatic,
            DefaultDecorators = reader.Text(SettingNames.DefaultDecorators) is { } decorators ? DecoratorList.Split(decorators) : [],
            IncludeForeachStack = reader.Flag(SettingNames.IncludeForeachStack, otherwise: true),
            MaximumForeachValueChars = reader.Number(SettingNames.MaximumForeachValueChars, TaskSettings.DefaultForeachValueChars),
            TemporaryFolder = reader.Folder(SettingNames.TemporaryFolder) is { } temporary ? UserPath.WithHome(temporary) : null,
            ClientCacheFolder = ClientCacheOf(reader, environment, workingFolder),
            ClientCacheBytes = (long)reader.Number(
                SettingNames.ClientCacheMaxSize, (int)MetaflowSettings.DefaultClientCacheMegabytes) << 20,
            ContactInfo = reader.Map(SettingNames.ContactInfo),
            Environment = settings,
            Variables = environment,
            Origins = origins,
        };
    }

    /// <summary>Returns the file that holds the settings of a profile, whether it exists or not.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="profile">The profile; <see langword="null"/> for the one without a name.</param>
    /// <returns>The absolute path, or <see langword="null"/> when the user has no home.</returns>
    public static string? ProfileFile(IReadOnlyDictionary<string, string> environment, string? profile)
        => SettingsFile.PathOf(environment, profile);

    /// <summary>Returns the environment of this process.</summary>
    /// <returns>The variables.</returns>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string)variable.Value!;
        }

        return variables;
    }

    /// <summary>Says which datastore a command line names, by its type, its root or both.</summary>
    /// <param name="settings">The settings, which say what the command line leaves out.</param>
    /// <param name="workingFolder">The folder from which the local datastore is looked for, upwards.</param>
    /// <param name="type">The type, or <see langword="null"/>.</param>
    /// <param name="root">The root: an address, or a folder where the type is the local one; or <see langword="null"/>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ConfigurationException">MF2004: the type and the root do not fit. MF2077: the type has no root.</exception>
    public static StoreAddress FindDatastore(MetaflowSettings settings, string workingFolder, string? type, string? root)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (type is not null && root is not null && StoreAddress.TryParse(root, out var address) && address.Type != type)
        {
            throw new ConfigurationException(
                ErrorCodes.InvalidValue,
                $"The datastore '{ShownAddress.Of(root)}' is not of type '{type}'.",
                $"Its address begins with '{address.Type}'.",
                $"Write --datastore {address.Type}, or remove it: the address contains the type.")
            { ExitCode = ExitCodes.Usage };
        }

        return DatastoreOf(
            new SettingReader(settings.Environment, settings.Origins), workingFolder, type, root, FindNearest(workingFolder));
    }

    /// <summary>Returns the root of the local datastore of a process whose data may be elsewhere.</summary>
    /// <param name="setting">What <see cref="SettingNames.LocalDatastoreRoot"/> says, or <see langword="null"/>.</param>
    /// <returns>The absolute path, which ends in <c>/.metaflow</c>.</returns>
    internal static string LocalRoot(string? setting)
    {
        var workingFolder = Environment.CurrentDirectory;
        if (setting is not null)
        {
            GivenFolder.CheckSetting(SettingNames.LocalDatastoreRoot, setting);
        }

        return LocalRoot(setting, workingFolder, FindNearest(workingFolder));
    }

    /// <summary>Returns where tasks run as a user names it.</summary>
    /// <param name="name">One of <see cref="IsolationNames"/>.</param>
    /// <returns>Where tasks run.</returns>
    internal static TaskIsolation IsolationOf(string name)
        => name == IsolationNames[0] ? TaskIsolation.Process : TaskIsolation.InProcess;

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name)
        => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    // A command line may name another one, and many commands need none.
    private static (StoreAddress Datastore, ConfigurationException? Problem) DatastoreOrProblem(
        SettingReader reader, string workingFolder, string? datastoreRoot, string? nearest)
    {
        try
        {
            return (DatastoreOf(reader, workingFolder, null, datastoreRoot, nearest), null);
        }
        catch (ConfigurationException problem)
        {
            return (StoreAddress.Local(LocalRoot(null, workingFolder, nearest)), problem);
        }
    }

    private static (string? Type, ConfigurationException? Problem) MetadataOrProblem(SettingReader reader)
    {
        try
        {
            return (reader.Text(SettingNames.DefaultMetadata) is null ? null
                : Type<IMetadataFactory>(reader, SettingNames.DefaultMetadata), null);
        }
        catch (ConfigurationException problem)
        {
            return (null, problem);
        }
    }

    // Data that is meant for elsewhere must not land on this disk unnoticed: the type counts, unless a folder is named.
    private static StoreAddress DatastoreOf(
        SettingReader reader, string workingFolder, string? type, string? datastoreRoot, string? nearest)
    {
        var given = datastoreRoot is not null && StoreAddress.TryParse(datastoreRoot, out var address) ? address : null;
        if (datastoreRoot is not null)
        {
            GivenFolder.CheckRoot(datastoreRoot);
        }

        if (given is { IsLocal: false })
        {
            return given;
        }

        if (datastoreRoot is not null && given is null && type is null)
        {
            GivenFolder.CheckBareRoot(datastoreRoot, reader.Text(SettingNames.DefaultDatastore));
        }

        type ??= datastoreRoot is null ? Type<IStoreFactory>(reader, SettingNames.DefaultDatastore) : StoreAddress.LocalType;
        return type == StoreAddress.LocalType
            ? StoreAddress.Local(LocalRoot(
                given?.Folder ?? datastoreRoot ?? reader.Folder(SettingNames.LocalDatastoreRoot), workingFolder, nearest))
            : new StoreAddress(type, datastoreRoot ?? reader.Text(SettingNames.DatastoreRootOf(type)) ?? throw MissingRoot(type));
    }

    // The local one first, which is the default, and which every program has.
    private static string Type<T>(SettingReader reader, string name)
        where T : class
        => reader.Text(name) is null or StoreAddress.LocalType
            ? StoreAddress.LocalType
            : reader.Choice(
                name,
                [StoreAddress.LocalType, .. ProgramPlugins.Registry.NamesOf<T>().Where(static type => type != StoreAddress.LocalType)],
                ProgramPlugins.Registry.Remedy);

    private static ConfigurationException MissingRoot(string type) => new(
        ErrorCodes.NoDatastoreRoot,
        $"The datastore of type '{type}' has no root.",
        "No setting says where its data is.",
        $"Set {SettingNames.DatastoreRootOf(type)}, or name a datastore with --datastore-root.")
    { ExitCode = ExitCodes.Usage };

    // A folder of our own: Python Metaflow keeps files of other forms in the folder that the setting names.
    private static string? ClientCacheOf(
        SettingReader reader, IReadOnlyDictionary<string, string> environment, string workingFolder)
        => reader.Folder(SettingNames.ClientCachePath) is { } given ? Path.Combine(UserPath.Of(given, workingFolder), "payloads")
            : (Value(environment, "XDG_CACHE_HOME") ?? Value(environment, "LOCALAPPDATA")
                ?? (Value(environment, "HOME") is { } home ? Path.Combine(home, ".cache") : null)) is { } caches
                ? Path.Combine(caches, "metaflow", "payloads")
                : null;

    private static string? FindUser(IReadOnlyDictionary<string, string> environment, string processUser)
    {
        string[] names = ["SUDO_USER", "USERNAME", "USER"];
        return names.Select(name => Value(environment, name)).FirstOrDefault(static user => user is not null and not "root")
            ?? (processUser.Length > 0 ? processUser : Value(environment, "LOGNAME"));
    }

    // All users without a name would share one namespace, and nobody could tell whose run is whose.
    private static string CheckedUser(string? user)
    {
        if (string.IsNullOrWhiteSpace(user))
        {
            throw new ConfigurationException(
                ErrorCodes.NoUserName,
                "Metaflow could not find out the name of the user.",
                user is null
                    ? $"Neither {SettingNames.User} nor SUDO_USER, USERNAME, USER or LOGNAME is set, and the user of this process has no "
                        + "name on this machine. Many containers are like this."
                    : "The name that is set is blank.",
                $"Set {SettingNames.User} to a name, for example '{SettingNames.User}=ada'.")
            { ExitCode = ExitCodes.Usage };
        }

        return VisibleText.FirstHidden(user) is { } hidden
            ? throw new ConfigurationException(
                ErrorCodes.NoUserName,
                $"The name of the user, '{VisibleText.Line(user)}', cannot be used.",
                $"It has a character that is not visible ({hidden}), which would appear in every listing of runs.",
                $"Set {SettingNames.User} to a name, for example '{SettingNames.User}=ada'.")
            { ExitCode = ExitCodes.Usage }
            : user;
    }

    private static string LocalRoot(string? folder, string workingFolder, string? nearest)
        => folder is not null ? WithFolderName(UserPath.Of(folder, workingFolder)) : nearest ?? Path.Combine(workingFolder, FolderName);

    private static string? FindNearest(string workingFolder)
    {
        for (var folder = workingFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, FolderName);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string WithFolderName(string folder)
    {
        var trimmed = Path.TrimEndingDirectorySeparator(folder);
        return Path.GetFileName(trimmed) == FolderName ? trimmed : Path.Combine(trimmed, FolderName);
    }
}
