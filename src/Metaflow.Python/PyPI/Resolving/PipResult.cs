using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>What pip found.</summary>
/// <param name="PipVersion">The version of pip.</param>
/// <param name="Environment">The values of markers with which it resolved.</param>
/// <param name="Packages">The packages, in the order in which pip would install them.</param>
internal sealed record PipResult(string PipVersion, MarkerEnvironment Environment, IReadOnlyList<PipPackage> Packages);
