namespace Metaflow.Environments.Crossings;

/// <summary>Why a value that was written with one version of a package cannot be read with another.</summary>
/// <param name="Member">The part of the value, such as <c>.Size</c> or <c>[].Name</c>; empty for the value itself.</param>
/// <param name="Reason">The reason, a sentence.</param>
/// <param name="IsCertain">Whether no value can be read; otherwise values without the part can be.</param>
internal sealed record CrossingProblem(string Member, string Reason, bool IsCertain);
