using Metaflow.Client;

namespace Metaflow.Cli.Commands;

/// <summary>One thing that two runs do not have in common.</summary>
/// <param name="Place">Where: <c>parameters</c>, or the task's key, such as <c>train[3]</c>.</param>
/// <param name="Name">The parameter or the artifact; <c>code</c> for the code of a step; <see langword="null"/> for a whole task.</param>
/// <param name="Left">What the first run has, or <see langword="null"/>.</param>
/// <param name="Right">What the second run has, or <see langword="null"/>.</param>
internal sealed record RunDifference(string Place, string? Name, DifferentValue? Left, DifferentValue? Right)
{
    /// <summary>The name of the difference that is no parameter and no artifact.</summary>
    public const string Code = "code";

    /// <summary>Gets what readers call the place: a task of a foreach with its item.</summary>
    public string Title { get; init; } = Place;

    /// <summary>Gets the kind: <c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
    public string Kind => (Left, Right) switch
    {
        (null, _) => "added",
        (_, null) => "removed",
        _ => "changed",
    };
}

/// <summary>One side of a difference.</summary>
/// <param name="Sha">The hash of the artifact; of code its identity; <see langword="null"/> for parameters and tasks.</param>
/// <param name="Size">The size in bytes, where it is known.</param>
internal sealed record DifferentValue(string? Sha, long? Size)
{
    /// <summary>Gets a value indicating whether the value was read; it is not when it is too large, or cannot be.</summary>
    public bool IsRead { get; init; }

    /// <summary>Gets the value.</summary>
    public object? Value { get; init; }
}
