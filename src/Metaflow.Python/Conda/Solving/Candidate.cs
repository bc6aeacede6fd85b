using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Solving;

/// <summary>A record or a virtual package that may be in the solution; also the request itself, which all others serve.</summary>
internal sealed class Candidate
{
    private static readonly CondaVersion NoVersion = CondaVersion.Parse("0");

    /// <summary>Initializes a candidate.</summary>
    /// <param name="id">Its number among all candidates.</param>
    /// <param name="package">Its package.</param>
    /// <param name="index">Its number within the package, in the order of preference.</param>
    public Candidate(int id, CandidatePackage package, int index)
    {
        Id = id;
        Package = package;
        Index = index;
    }

    /// <summary>Gets the number among all candidates.</summary>
    public int Id { get; }

    /// <summary>Gets the package.</summary>
    public CandidatePackage Package { get; }

    /// <summary>Gets the number within the package.</summary>
    public int Index { get; }

    /// <summary>Gets the record; <see langword="null"/> for a virtual package and for the request.</summary>
    public CondaRecord? Record { get; init; }

    /// <summary>Gets the virtual package, or <see langword="null"/>.</summary>
    public VirtualPackage? Virtual { get; init; }

    /// <summary>Gets the list that the record is from, or <see langword="null"/>.</summary>
    public Repodata? Source { get; init; }

    /// <summary>Gets where the record stands in the list.</summary>
    public RepodataPosition Position { get; init; }

    /// <summary>Gets the version.</summary>
    public CondaVersion Version => Record?.Version ?? Virtual?.Version ?? NoVersion;

    /// <summary>Gets or sets what the candidate needs; <see langword="null"/> until it is asked for.</summary>
    public Requirement[]? Depends { get; set; }

    /// <summary>Gets or sets what others must be like if they are there; <see langword="null"/> until it is asked for.</summary>
    public Requirement[]? Constrains { get; set; }

    /// <summary>Gets or sets why the candidate cannot be used: a sentence; <see langword="null"/> if it can.</summary>
    public string? Problem { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Record?.ToString() ?? Virtual?.ToString() ?? "the request";
}
