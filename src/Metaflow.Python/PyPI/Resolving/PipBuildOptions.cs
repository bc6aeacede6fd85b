namespace Metaflow.Python.PyPI.Resolving;

/// <summary>How pip builds packages that have no wheel.</summary>
internal sealed record PipBuildOptions
{
    /// <summary>Gets whether each is built with the tools that it asks for, in a folder of its own. The default is yes; otherwise those of
    /// the builder are used.</summary>
    public bool IsIsolated { get; init; } = true;

    /// <summary>Gets requirements that limit the versions of the tools, such as <c>setuptools&lt;82</c>. The default is none.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];
}
