namespace Metaflow.Python.Conda.Channels;

/// <summary>How the lists of channels' packages are fetched and kept.</summary>
internal sealed record RepodataOptions
{
    /// <summary>Gets the folder that keeps the lists. Several processes may use it at once.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Gets the client that fetches. Retries and time limits are its own.</summary>
    public required HttpClient Client { get; init; }

    /// <summary>Gets the clock. The default is that of the system.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how long a list is used before the server is asked again. The default is not at all: the server is always asked
    /// whether the list has changed.</summary>
    public TimeSpan FreshFor { get; init; }

    /// <summary>Gets a value indicating whether only kept lists are used. The default is <see langword="false"/>.</summary>
    public bool IsOffline { get; init; }
}
