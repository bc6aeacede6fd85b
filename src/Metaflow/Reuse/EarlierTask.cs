using Metaflow.Artifacts;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>A task of an earlier run whose latest attempt is complete.</summary>
/// <param name="Key">What tells it apart from the others of its run.</param>
/// <param name="Artifacts">What it left.</param>
/// <param name="Frames">The foreaches that it was in.</param>
internal sealed record EarlierTask(TaskKey Key, TaskArtifacts Artifacts, IReadOnlyList<ForeachFrame> Frames)
{
    /// <summary>Gets a value indicating whether it counts as finished, be it that a failure was caught.</summary>
    public bool IsOk => KnownKeys.IsTrue(Artifacts, InternalArtifacts.TaskOk);

    /// <summary>Gets a value indicating whether its author's code succeeded.</summary>
    public bool Succeeded => KnownKeys.IsTrue(Artifacts, InternalArtifacts.Success);
}
