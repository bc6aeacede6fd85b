using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>What a Python package says of itself in <c>METADATA</c> or <c>PKG-INFO</c>.</summary>
/// <param name="Name">The name as it was written.</param>
/// <param name="Version">The version as it was written.</param>
/// <param name="RequiresDist">The requirements as they were written (PEP 508); old packages can have other texts.</param>
/// <param name="RequiresPython">The constraint on Python's version; <see langword="null"/> for none.</param>
/// <param name="Extras">The names of its extras.</param>
internal sealed record DistributionMetadata(
    string Name, string Version, IReadOnlyList<string> RequiresDist, string? RequiresPython, IReadOnlyList<string> Extras)
{
    /// <summary>Gets the one form of the name.</summary>
    public string NormalizedName => PythonName.Normalize(Name);

    /// <summary>Reads what a package says of itself.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>What it says; <see langword="null"/> if it does not name itself and its version.</returns>
    public static DistributionMetadata? Read(TextReader reader)
    {
        var headers = MessageHeaders.Read(reader);
        return headers.Value("Name") is { Length: > 0 } name && headers.Value("Version") is { Length: > 0 } version
            ? new DistributionMetadata(
                name, version, [.. headers.All("Requires-Dist").Select(OneLine)], headers.Value("Requires-Python"),
                [.. headers.All("Provides-Extra")])
            : null;
    }

    private static string OneLine(string text) => text.Replace('\n', ' ');
}
