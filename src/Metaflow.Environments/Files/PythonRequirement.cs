using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Environments.Files;

/// <summary>A requirement of a Python package as PEP 508 writes it: <c>name[extra]&gt;=1,&lt;2; python_version&gt;"3.9"</c>.</summary>
/// <param name="Name">The name with its extras, and with the address if there is one: <c>name[x,y]@https://…</c>.</param>
/// <param name="Constraint">The constraint on the version; a single <c>==</c> is left out.</param>
/// <param name="Marker">The marker in one form; empty if there is none.</param>
internal sealed record PythonRequirement(string Name, string Constraint, string Marker)
{
    /// <summary>Gets the constraint with its marker, as requirements keep it: <c>&lt;2,&gt;=1;python_version &gt; "3.9"</c>.</summary>
    public string Version => Marker.Length == 0 ? Constraint : $"{Constraint};{Marker}";

    /// <summary>Reads a requirement.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The requirement; <see langword="null"/> if the text is none.</returns>
    public static PythonRequirement? TryParse(string text)
    {
        if (!PythonDependency.TryParse(text, out var found) || (found.Url is { } url && !HasHost(url)))
        {
            return null;
        }

        var marker = found.Marker?.ToString() ?? "";
        return found.Url is null
            ? new PythonRequirement(found.NameWithExtras, found.Specifiers.ToString().TrimStart(' ', '='), marker)
            : new PythonRequirement($"{found.NameWithExtras}@{found.Url}", "", marker);
    }

    private static bool HasHost(string url)
        => url.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            || (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0);
}
