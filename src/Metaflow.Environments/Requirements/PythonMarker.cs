using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Environments.Requirements;

/// <summary>The markers of Python requirements (PEP 508) as texts, such as <c>sys_platform == 'linux' and python_version &gt;
/// '3.9'</c>.</summary>
internal static class PythonMarker
{
    /// <summary>Returns a marker in the one form that Python's own tools write.</summary>
    /// <param name="text">The marker, without <c>;</c>.</param>
    /// <param name="marker">The marker in its one form.</param>
    /// <returns><see langword="false"/> if the text is no marker.</returns>
    public static bool TryNormalize(string text, out string marker)
    {
        var isMarker = RequirementMarker.TryParse(text, out var parsed);
        marker = parsed is not null && isMarker ? parsed.ToString() : "";
        return isMarker;
    }
}
