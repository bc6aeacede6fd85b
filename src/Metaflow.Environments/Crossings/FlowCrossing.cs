namespace Metaflow.Environments.Crossings;

/// <summary>An artifact that a step cannot read.</summary>
/// <param name="Reader">The step that cannot read it, by name on disk.</param>
/// <param name="Writer">The step that writes it; <see langword="null"/> if the version of the reading step does not even have the type, so
/// that the step cannot start.</param>
/// <param name="Artifact">The artifact, by name on disk.</param>
/// <param name="Problem">The reason.</param>
internal sealed record FlowCrossing(string Reader, string? Writer, string Artifact, CrossingProblem Problem);
