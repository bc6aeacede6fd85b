namespace Metaflow.Graph;

/// <summary>The severity of a problem of a graph.</summary>
public enum ProblemSeverity
{
    /// <summary>The flow cannot run.</summary>
    Error,

    /// <summary>The flow can run but is probably wrong.</summary>
    Warning,
}

/// <summary>Something wrong with a flow's graph. Analyzers and <c>check</c> report the same ones.</summary>
/// <param name="Code">The code, <c>MF1nnn</c>.</param>
/// <param name="Severity">The severity.</param>
/// <param name="What">What is wrong, a sentence.</param>
/// <param name="Why">Why it is wrong, a sentence.</param>
/// <param name="Fix">How to fix it, a sentence.</param>
/// <param name="Step">The step concerned by name on disk, or <see langword="null"/> for the flow.</param>
/// <param name="Line">The line concerned, from 1; 0 when unknown.</param>
/// <param name="SourceFile">The file concerned; empty when unknown.</param>
public sealed record GraphProblem(
    string Code, ProblemSeverity Severity, string What, string Why, string Fix, string? Step, int Line, string SourceFile)
{
    /// <summary>Gets the target of the transition concerned by name on disk, or <see langword="null"/>.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the artifact concerned by name on disk, or <see langword="null"/>; analyzers point at it.</summary>
    public string? Artifact { get; init; }

    /// <summary>Gets all artifacts concerned by name on disk, if there are several; empty by default.</summary>
    public EquatableList<string> Artifacts { get; init; } = [];

    /// <summary>Gets the whole message.</summary>
    public string Message => $"{What} {Why} {Fix}";

    /// <summary>Gets which of the step's transitions is concerned, from 0, or <see langword="null"/>. A line may hold several.</summary>
    internal int? TransitionOrdinal { get; init; }

    /// <summary>Gets which target of that transition is concerned, from 0, or <see langword="null"/>. Two may have one name.</summary>
    internal int? TargetOrdinal { get; init; }
}
