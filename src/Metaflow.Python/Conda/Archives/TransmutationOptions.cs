namespace Metaflow.Python.Conda.Archives;

/// <summary>How a package is written in the other format.</summary>
internal sealed record TransmutationOptions
{
    /// <summary>Gets how hard zstd tries, from 1 to 22. The default is 9: smaller than bzip2 for most packages, in a tenth of the time of
    /// the highest level.</summary>
    public int Level { get; init; } = 9;

    /// <summary>Gets the time that all entries get. The default is <see langword="null"/>: each keeps its own, which compiled Python files
    /// need.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }
}
