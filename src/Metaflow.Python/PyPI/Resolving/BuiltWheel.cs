using Metaflow.Python.PyPI.Tags;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>A wheel that was built.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Name">What the name of the file says.</param>
/// <param name="Sha256">The SHA-256 of the file.</param>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="Source">What it was built from, at the commit that is recorded.</param>
internal sealed record BuiltWheel(string Path, WheelFileName Name, string Sha256, long Length, WheelSource Source);
