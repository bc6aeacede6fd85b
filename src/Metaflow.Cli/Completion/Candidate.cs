namespace Metaflow.Cli.Completion;

/// <summary>A word that a shell offers.</summary>
/// <param name="Text">The word.</param>
/// <param name="Description">What it is; shells that show no descriptions leave it out.</param>
internal readonly record struct Candidate(string Text, string Description = "");
