namespace Metaflow.ObjectStorage.Transfer;

/// <summary>How requests are sent.</summary>
internal abstract record TransferSettings
{
    /// <summary>Gets how often a request is sent again that failed for a reason that passes.</summary>
    public int Retries { get; init; } = 20;

    /// <summary>Gets how many requests a call sends at the same time.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Gets a value indicating whether the server creates objects only where there are none.</summary>
    public bool HasConditions { get; init; } = true;
}
