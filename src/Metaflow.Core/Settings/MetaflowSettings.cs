namespace Metaflow.Settings;

/// <summary>The settings of a process, read once from the environment and the profile's file. See <see cref="SettingsLoader"/>.</summary>
public sealed record MetaflowSettings
{
    /// <summary>Gets the user's name; see <c>METAFLOW_USER</c>.</summary>
    public required string User { get; init; }

    /// <summary>Gets the absolute path of the local datastore's root, which ends in <c>/.metaflow</c>.</summary>
    public required string DatastoreRoot { get; init; }

    /// <summary>Gets the namespace that clients filter by; <c>user:name</c> by default, <see langword="null"/> for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the decorators attached to every step, from <c>METAFLOW_DEFAULT_DECOSPECS</c>, split at spaces.</summary>
    public IReadOnlyList<string> DefaultDecorators { get; init; } = [];

    /// <summary>Gets all settings by the names of their environment variables, <c>METAFLOW_…</c>: the environment's, below them those of settings files.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
