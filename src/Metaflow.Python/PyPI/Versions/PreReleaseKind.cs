namespace Metaflow.Python.PyPI.Versions;

/// <summary>The kinds of versions before a release, in their order.</summary>
internal enum PreReleaseKind
{
    /// <summary>An alpha, <c>a</c>.</summary>
    Alpha,

    /// <summary>A beta, <c>b</c>.</summary>
    Beta,

    /// <summary>A candidate, <c>rc</c>.</summary>
    Candidate,
}
