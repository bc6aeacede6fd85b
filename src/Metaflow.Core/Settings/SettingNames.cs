namespace Metaflow.Settings;

/// <summary>The settings that apply, by the names of their environment variables; <c>docs/settings.md</c> says what each means.</summary>
internal static class SettingNames
{
    /// <summary>The user's name.</summary>
    public const string User = "METAFLOW_USER";

    /// <summary>The folder of <see cref="Profile"/>'s file; by default <c>.metaflowconfig</c> in the user's home.</summary>
    public const string Home = "METAFLOW_HOME";

    /// <summary>The profile, whose file is <c>config_NAME.json</c>.</summary>
    public const string Profile = "METAFLOW_PROFILE";

    /// <summary>The type of metadata provider: <c>local</c>, or one of a package.</summary>
    public const string DefaultMetadata = "METAFLOW_DEFAULT_METADATA";

    /// <summary>The type of datastore: <c>local</c>, or one of a package.</summary>
    public const string DefaultDatastore = "METAFLOW_DEFAULT_DATASTORE";

    /// <summary>Where tasks get packages from; only <c>local</c>.</summary>
    public const string DefaultEnvironment = "METAFLOW_DEFAULT_ENVIRONMENT";

    /// <summary>Where tasks run: <c>process</c> or <c>in-process</c>.</summary>
    public const string Isolation = "METAFLOW_ISOLATION";

    /// <summary>Decorators attached to every step, separated by spaces.</summary>
    public const string DefaultDecorators = "METAFLOW_DEFAULT_DECOSPECS";

    /// <summary>The back end of secrets whose source names none.</summary>
    public const string DefaultSecretsBackend = "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE";

    /// <summary>The role that reads secrets whose decorator names none.</summary>
    public const string DefaultSecretsRole = "METAFLOW_DEFAULT_SECRETS_ROLE";

    /// <summary>The folder that holds the local datastore <c>.metaflow</c>.</summary>
    public const string LocalDatastoreRoot = "METAFLOW_DATASTORE_SYSROOT_LOCAL";

    /// <summary>Whether the values of foreaches are recorded.</summary>
    public const string IncludeForeachStack = "METAFLOW_INCLUDE_FOREACH_STACK";

    /// <summary>The most characters that are recorded of a value of a foreach.</summary>
    public const string MaximumForeachValueChars = "METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS";

    /// <summary>The folder in which tasks make their folders for temporary files.</summary>
    public const string TemporaryFolder = "METAFLOW_TEMPDIR";

    /// <summary>Whom to ask: a JSON object of titles and addresses, which the tool prints.</summary>
    public const string ContactInfo = "METAFLOW_CONTACT_INFO";

    /// <summary>Whether spins keep their results.</summary>
    public const string SpinPersist = "METAFLOW_SPIN_PERSIST";

    /// <summary>The folder that holds the results that spins keep.</summary>
    public const string SpinDatastoreRoot = "METAFLOW_DATASTORE_SYSROOT_SPIN";

    /// <summary>The folder in which clients keep values of datastores that are no folders.</summary>
    public const string ClientCachePath = "METAFLOW_CLIENT_CACHE_PATH";

    /// <summary>The most megabytes that clients keep there.</summary>
    public const string ClientCacheMaxSize = "METAFLOW_CLIENT_CACHE_MAX_SIZE";

    /// <summary>How runs are shown: <c>auto</c>, <c>rich</c>, <c>metaflow</c> or <c>json</c>.</summary>
    public const string LogFormat = "METAFLOW_LOG_FORMAT";

    /// <summary>Returns the name of the setting that says where the data of a type of datastore are.</summary>
    /// <param name="type">The type, such as <c>s3</c>.</param>
    /// <returns>The name, such as <c>METAFLOW_DATASTORE_SYSROOT_S3</c>.</returns>
    public static string DatastoreRootOf(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return "METAFLOW_DATASTORE_SYSROOT_" + type.Replace('-', '_').ToUpperInvariant();
    }
}
