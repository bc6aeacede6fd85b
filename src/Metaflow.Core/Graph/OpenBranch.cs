namespace Metaflow.Graph;

/// <summary>One branch of a split that is still open. Frames are shared, so that two steps are in the same place exactly when their frames
/// are the same object.</summary>
/// <param name="split">The step that opened the split.</param>
/// <param name="branch">The step that the branch begins with, by name on disk.</param>
/// <param name="outer">The frame that the split itself is in.</param>
/// <param name="isForeach">Whether the split gives each task an item.</param>
internal sealed class OpenBranch(StepNode split, string branch, OpenBranch? outer, bool isForeach)
{
    public StepNode Split { get; } = split;

    public string Branch { get; } = branch;

    public OpenBranch? Outer { get; } = outer;

    /// <summary>Gets a value indicating whether tasks in this branch have an item, of this split or of one around it.</summary>
    public bool HasItem { get; } = isForeach || outer is { HasItem: true };
}
