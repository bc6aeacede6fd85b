namespace Metaflow.Copying;

/// <summary>What a copy of a run may do.</summary>
public sealed record RunCopyOptions
{
    /// <summary>Gets a value indicating whether nothing is written: the report then says what would be sent. The default is
    /// <see langword="false"/>.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Gets a value indicating whether a run that is still running is copied as it is now. In the target, such a run is
    /// <see cref="Metadata.RunState.Dead"/>; another copy, after its end, completes it. The default is <see langword="false"/>.</summary>
    public bool AllowsRunning { get; init; }

    /// <summary>Gets a value indicating whether a run of which objects are missing or damaged is copied without them. The default is
    /// <see langword="false"/>: then the run does not become visible in the target.</summary>
    public bool AllowsDamage { get; init; }
}
