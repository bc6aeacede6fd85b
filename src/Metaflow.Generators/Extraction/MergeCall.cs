using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>What is known of a value that a step gives an artifact.</summary>
/// <param name="IsFromItem">Whether it depends on the step's item, so that it differs from task to task.</param>
/// <param name="Constant">The constant that it is; none when it is computed.</param>
internal sealed record AssignedValue(bool IsFromItem, Optional<object?> Constant)
{
    /// <summary>Returns what is known of an artifact that is assigned twice.</summary>
    public static AssignedValue Either(AssignedValue one, AssignedValue other)
        => new(one.IsFromItem || other.IsFromItem, AreEqual(one, other) ? one.Constant : default);

    /// <summary>Returns true if both are the same constant.</summary>
    public static bool AreEqual(AssignedValue one, AssignedValue other)
        => one.Constant.HasValue && other.Constant.HasValue && Equals(one.Constant.Value, other.Constant.Value);
}

/// <summary>A constant name in a list that is given to <c>MergeArtifacts</c>.</summary>
/// <param name="Text">The name as written.</param>
/// <param name="Artifact">The name on disk of the artifact that it means, or <see langword="null"/> when the class declares none.</param>
/// <param name="Place">Where it is written.</param>
internal sealed record MergeName(string Text, string? Artifact, Location Place);

/// <summary>One call of <c>MergeArtifacts</c>.</summary>
/// <param name="Place">The call.</param>
/// <param name="Exclude">The names to leave out; <see langword="null"/> when they are not known.</param>
/// <param name="Include">The only names to take; <see langword="null"/> when they are not known, empty for all.</param>
/// <param name="SetBefore">The artifacts that may have been set when it is called: they are not merged.</param>
internal sealed record MergeCall(
    Location Place, IReadOnlyList<MergeName>? Exclude, IReadOnlyList<MergeName>? Include, IReadOnlyCollection<string> SetBefore)
{
    /// <summary>Returns true if the call certainly tries to take an artifact over.</summary>
    public bool Takes(string artifact) => Exclude is not null && Include is not null && !SetBefore.Contains(artifact)
        && !Exclude.Any(name => name.Artifact == artifact) && (Include.Count == 0 || Include.Any(name => name.Artifact == artifact));

    /// <summary>Returns true if the artifact may be there after the call.</summary>
    public bool MayTake(string artifact) => Exclude?.Any(name => name.Artifact == artifact) != true
        && (Include is null || Include.Count == 0 || Include.Any(name => name.Artifact == artifact));
}
