using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Another Python or kind of machine than that of the builder. Only wheels are taken for it.</summary>
/// <param name="Python">The version of CPython.</param>
/// <param name="Platform">The kind of machine.</param>
/// <param name="IsFreeThreaded">Whether it is the build without the global lock.</param>
internal sealed record PipTarget(PythonVersion Python, PythonPlatform Platform, bool IsFreeThreaded = false)
{
    /// <summary>Gets values of markers that replace those of the platform, by the names of the variables. The default is none.</summary>
    public IReadOnlyDictionary<string, string> MarkerOverrides { get; init; } = new Dictionary<string, string>();
}
