namespace Metaflow.Python.PyPI.Wheels;

/// <summary>A Python package that is installed in a folder, by whatever tool.</summary>
/// <param name="Metadata">What it says of itself.</param>
/// <param name="InfoPath">The folder or file that describes it, below the environment's folder, with <c>/</c>.</param>
internal sealed record InstalledDistribution(DistributionMetadata Metadata, string InfoPath)
{
    /// <summary>Gets what installed it, such as <c>pip</c> or <c>conda</c>; <see langword="null"/>, the default, if it is not
    /// known.</summary>
    public string? Installer { get; init; }

    /// <summary>Gets whether the user asked for it. The default is no.</summary>
    public bool IsRequested { get; init; }

    /// <summary>Gets where it came from if no index chose it. The default is <see langword="null"/>.</summary>
    public DirectUrl? DirectUrl { get; init; }

    /// <summary>Gets whether it has a list of its files, <c>RECORD</c>. The default is no.</summary>
    public bool HasRecord { get; init; }

    /// <summary>Gets whether it has the former form, <c>.egg-info</c>.</summary>
    public bool IsEgg => InfoPath.EndsWith(InstalledDistributions.EggExtension, StringComparison.OrdinalIgnoreCase);
}
