using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Settings;

/// <summary>The settings of a process, read once from the environment and the profile's file. See <see cref="SettingsLoader"/>.</summary>
public sealed record MetaflowSettings
{
    /// <summary>Gets the user's name; see <c>METAFLOW_USER</c>.</summary>
    public required string User { get; init; }

    /// <summary>Gets where the datastore is; by default the nearest folder <c>.metaflow</c>. See
    /// <c>METAFLOW_DEFAULT_DATASTORE</c>.</summary>
    /// <exception cref="Errors.ConfigurationException">The settings name a datastore that the program does not have (MF2004), or that has
    /// no root (MF2077). Commands that need no datastore do not fail by it.</exception>
    public required StoreAddress Datastore
    {
        get => DatastoreProblem is { } problem ? throw problem : field;
        init
        {
            field = value;
            DatastoreProblem = null;
        }
    }

    /// <summary>Gets the type of the metadata provider. By default it is <c>local</c> for a local datastore and <c>store</c>, which keeps
    /// the records in the datastore itself, for others. See <c>METAFLOW_DEFAULT_METADATA</c>.</summary>
    /// <exception cref="Errors.ConfigurationException">The settings name a metadata provider that the program does not have (MF2004).
    /// Commands that need none do not fail by it.</exception>
    [AllowNull]
    public string MetadataType
    {
        get => MetadataProblem is { } problem ? throw problem
            : field ?? (Datastore.IsLocal ? StoreAddress.LocalType : StoreMetadataProvider.Type);
        init
        {
            field = value;
            MetadataProblem = null;
        }
    }

    /// <summary>Gets why the datastore that the settings name cannot be used; <see langword="null"/> where it can. It counts until
    /// <see cref="Datastore"/> is set to another one.</summary>
    internal Errors.ConfigurationException? DatastoreProblem { get; init; }

    /// <summary>Gets why the metadata provider that the settings name cannot be used; <see langword="null"/> where it can. It counts until
    /// <see cref="MetadataType"/> is set to another one.</summary>
    internal Errors.ConfigurationException? MetadataProblem { get; init; }

    /// <summary>Gets why the settings cannot be used at all; <see langword="null"/> where they can. Only help and the like go on
    /// then.</summary>
    internal Errors.ConfigurationException? Problem { get; init; }

    /// <summary>Gets the namespace that clients filter by; <c>user:name</c> by default, <see langword="null"/> for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets where the tasks of runs execute; <see cref="TaskIsolation.Automatic"/> by default. See
    /// <c>METAFLOW_ISOLATION</c>.</summary>
    public TaskIsolation Isolation { get; init; }

    /// <summary>Gets where tasks get their packages from: one of <see cref="EnvironmentTypes"/>; the default is
    /// <see cref="EnvironmentTypes.Automatic"/>. See <c>METAFLOW_DEFAULT_ENVIRONMENT</c>.</summary>
    public string EnvironmentType { get; init; } = EnvironmentTypes.Automatic;

    /// <summary>Gets a value indicating whether tasks run in this process.</summary>
    internal bool RunsInProcess
        => Isolation == TaskIsolation.InProcess || (Isolation == TaskIsolation.Automatic && Debugger.IsAttached);

    /// <summary>Gets the environment variables that every task process gets in addition to the inherited ones. None by default.</summary>
    public IReadOnlyDictionary<string, string> TaskVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the decorators attached to every step, from <c>METAFLOW_DEFAULT_DECOSPECS</c>, split at spaces outside
    /// JSON.</summary>
    public IReadOnlyList<string> DefaultDecorators { get; init; } = [];

    /// <summary>Gets a value indicating whether the values of foreaches are recorded; <see langword="true"/> by default. See
    /// <c>METAFLOW_INCLUDE_FOREACH_STACK</c>.</summary>
    public bool IncludeForeachStack { get; init; } = true;

    /// <summary>Gets the maximum number of characters that are recorded of a foreach value; 30 by default. See
    /// <c>METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS</c>.</summary>
    public int MaximumForeachValueChars { get; init; } = TaskSettings.DefaultForeachValueChars;

    /// <summary>Gets the folder in which tasks create their temporary folders; <see langword="null"/> means the system's. See
    /// <c>METAFLOW_TEMPDIR</c>.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>Gets the folder in which clients keep values that they read from datastores that are no folders; <see langword="null"/>,
    /// the default, means nowhere. <see cref="SettingsLoader"/> takes the user's folder for caches. See
    /// <c>METAFLOW_CLIENT_CACHE_PATH</c>.</summary>
    public string? ClientCacheFolder { get; init; }

    /// <summary>Gets the maximum number of bytes in <see cref="ClientCacheFolder"/>; 10,000 MB of 1,048,576 bytes by default. 0 means that
    /// nothing is kept. See <c>METAFLOW_CLIENT_CACHE_MAX_SIZE</c>.</summary>
    public long ClientCacheBytes { get; init; } = DefaultClientCacheMegabytes << 20;

    /// <summary>The default of <c>METAFLOW_CLIENT_CACHE_MAX_SIZE</c>.</summary>
    internal const long DefaultClientCacheMegabytes = 10_000;

    /// <summary>Gets the contacts for help: titles and addresses; none by default. See <c>METAFLOW_CONTACT_INFO</c>.</summary>
    public IReadOnlyDictionary<string, string> ContactInfo { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets where each setting of <see cref="Environment"/> comes from: the path of a file, or <c>environment</c>.</summary>
    public IReadOnlyDictionary<string, string> Origins { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets all settings by the names of their environment variables, <c>METAFLOW_…</c>: the environment's, below them those of
    /// settings files.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets all variables that the settings were read from: other tools have some that count too.</summary>
    internal IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
