using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>The first read of an artifact that may come before it was set.</summary>
/// <param name="Name">The name on disk.</param>
/// <param name="Place">Where it is read.</param>
internal sealed record ArtifactRead(string Name, Location Place)
{
    public int Line => Place.GetLineSpan().StartLinePosition.Line + 1;
}

/// <summary>What a method does to the flow's artifacts.</summary>
/// <param name="Reads">The artifacts that it may read before it has certainly set them.</param>
/// <param name="Writes">The artifacts that it may set.</param>
/// <param name="SurelyWrites">The artifacts that it has set whenever it returns.</param>
internal sealed record ArtifactAccesses(
    IReadOnlyList<ArtifactRead> Reads, IReadOnlyCollection<string> Writes, IReadOnlyCollection<string> SurelyWrites)
{
    public static readonly ArtifactAccesses None = new([], [], []);

    /// <summary>Gets what the method itself assigns, by name: code that may set anything sets nothing of which that is known.</summary>
    public IReadOnlyDictionary<string, AssignedValue> Assigned { get; init; } = new Dictionary<string, AssignedValue>();

    /// <summary>Gets the artifacts that it has removed, and not set again, whenever it returns.</summary>
    public IReadOnlyCollection<string> SurelyRemoves { get; init; } = [];

    /// <summary>Gets the calls of <c>MergeArtifacts</c>.</summary>
    public IReadOnlyList<MergeCall> Merges { get; init; } = [];
}
