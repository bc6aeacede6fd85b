using Metaflow.Environments.Records;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Requirements;

/// <summary>The exact packages that a lock file has for one kind of machine. Nothing is looked for in their place.</summary>
/// <param name="Conda">The packages of conda; <see langword="null"/> if the file has none, so that Python must be found for it.</param>
/// <param name="Choose">Returns the packages of the Python package index for a Python and a platform.</param>
internal sealed record LockedContent(
    IReadOnlyList<CondaPackage>? Conda, Func<PythonVersion, PythonPlatform, IReadOnlyList<PipPackage>> Choose);
