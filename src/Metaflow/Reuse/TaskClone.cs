using Metaflow.Artifacts;
using Metaflow.Serialization;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>What a clone is made of.</summary>
/// <param name="Origin">The task that is cloned.</param>
/// <param name="Records">The artifacts of the clone; their blobs are in the datastore already.</param>
/// <param name="Frames">The foreaches that the clone is in.</param>
internal sealed record TaskClone(TaskArtifacts Origin, IReadOnlyCollection<ArtifactRecord> Records, IReadOnlyList<ForeachFrame> Frames)
{
    /// <summary>Gets the artifacts whose values are stored again.</summary>
    public IReadOnlyList<KeyValuePair<string, SerializedArtifact>> Values { get; init; } = [];

    /// <summary>Gets a value indicating whether a run took it that resumes none. The default is <see langword="false"/>.</summary>
    public bool IsCached { get; init; }

    /// <summary>Gets how many tasks the clone's gang has, or <see langword="null"/> outside a gang.</summary>
    public int? GangSize { get; init; }

    /// <summary>Gets what the origin read and wrote, or <see langword="null"/> when that is not known.</summary>
    public TaskLineage? Lineage { get; init; }

    /// <summary>Gets the identity of the code that the origin ran, or <see langword="null"/> when it is not known.</summary>
    public string? Code { get; init; }
}
