namespace Metaflow.Storage;

/// <summary>The options with which stores and metadata providers are opened.</summary>
/// <param name="setting">Returns the value of a setting by the name of its environment variable, <c>METAFLOW_…</c>;
/// <see langword="null"/> if it is not set.</param>
/// <param name="time">The clock.</param>
public sealed class StoreOptions(Func<string, string?> setting, TimeProvider time)
{
    /// <summary>Gets the clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Returns options without settings.</summary>
    /// <param name="time">The clock.</param>
    /// <returns>The options.</returns>
    public static StoreOptions Without(TimeProvider time) => new(static _ => null, time);

    /// <summary>Returns what settings have.</summary>
    /// <param name="settings">All settings by name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="origins">Where each was set, for errors: a file, or <c>environment</c>, which is also the default.</param>
    /// <returns>The options.</returns>
    public static StoreOptions Of(
        IReadOnlyDictionary<string, string> settings, TimeProvider time, IReadOnlyDictionary<string, string>? origins = null)
        => new(settings.GetValueOrDefault, time) { OriginOf = origins is null ? static _ => null : origins.GetValueOrDefault };

    /// <summary>Gets a value indicating whether a store may do its work on the thread that asks for it, before the call returns. That is so
    /// in the process of a task, which has nothing else to do meanwhile, and for which it costs less processor time. The default is
    /// <see langword="false"/>.</summary>
    public bool MayBlock { get; init; }

    /// <summary>Gets what says where a setting was set.</summary>
    internal Func<string, string?> OriginOf { get; private init; } = static _ => null;

    /// <summary>Gets what returns a setting as it is set, the empty text too.</summary>
    internal Func<string, string?> Read => setting;

    /// <summary>Returns a setting.</summary>
    /// <param name="name">The name of its environment variable.</param>
    /// <returns>Its value, or <see langword="null"/> if it is not set or empty.</returns>
    public string? Setting(string name) => setting(name) is { Length: > 0 } value ? value : null;
}
