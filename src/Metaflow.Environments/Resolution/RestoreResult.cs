namespace Metaflow.Environments.Resolution;

/// <summary>What NuGet found for an environment.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Packages">The packages, those that others need first; none if there are problems.</param>
/// <param name="Problems">Why nothing was found; none if all is well.</param>
internal sealed record RestoreResult(
    RestoreRequest Request, IReadOnlyList<RestoredPackage> Packages, IReadOnlyList<RestoreProblem> Problems);

/// <summary>A problem that NuGet reports.</summary>
/// <param name="Code">NuGet's code, such as <c>NU1101</c>; empty if it has none.</param>
/// <param name="Text">What NuGet says. It may have several lines.</param>
internal sealed record RestoreProblem(string Code, string Text);
