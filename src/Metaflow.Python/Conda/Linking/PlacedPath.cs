namespace Metaflow.Python.Conda.Linking;

/// <summary>What was made of a path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Method">How it came there; <see cref="LinkMethod.Automatic"/> for what is no file of the package.</param>
/// <param name="Sha256">The hash of the file in the environment; empty for what is no file.</param>
/// <param name="IsRewritten">Whether the environment's path was written into it.</param>
internal sealed record PlacedPath(PlannedPath Path, LinkMethod Method, string Sha256, bool IsRewritten);
