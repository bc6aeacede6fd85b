namespace Metaflow.Joins;

/// <summary>What a join closes.</summary>
internal enum JoinKind
{
    /// <summary>The task is not a join.</summary>
    None,

    /// <summary>It closes a branch.</summary>
    Branch,

    /// <summary>It closes a foreach.</summary>
    Foreach,

    /// <summary>It closes a foreach that yielded no tasks; its one input is the split itself.</summary>
    EmptyForeach,
}
