using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Tags;

/// <summary>The name of a wheel's file, which says what the wheel is and what it is made for (PEP 427).</summary>
/// <param name="DistributionText">The name of the package as the file has it.</param>
/// <param name="Version">The version of the package.</param>
/// <param name="Build">The number of the build, such as <c>1</c> or <c>2local</c>; empty if there is none.</param>
/// <param name="Tags">All that the wheel is made for.</param>
internal sealed record WheelFileName(string DistributionText, PythonVersion Version, string Build, IReadOnlyList<WheelTag> Tags)
{
    /// <summary>How such names end.</summary>
    public const string Extension = ".whl";

    /// <summary>Gets the one form of the package's name.</summary>
    public string Name => PythonName.Normalize(DistributionText);

    /// <summary>Gets whether the wheel runs on every kind of machine.</summary>
    public bool IsForAnyPlatform => Tags.All(static tag => tag is { Abi: "none", Platform: "any" });

    /// <summary>Reads a name.</summary>
    /// <param name="fileName">The name with its extension, without a folder.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="EnvironmentException">It is no name of a wheel (MF7071).</exception>
    public static WheelFileName Parse(string fileName) => TryParse(fileName, out var name) ? name : throw new EnvironmentException(
        ErrorCodes.WheelMalformed,
        $"'{fileName}' is no name of a wheel.",
        "It has a name, a version, a build number if any, a Python, a binary interface and a platform, with '-' between them, and ends "
            + "with '.whl'.",
        "Give the file the name that it has in the index.");

    /// <summary>Reads a name.</summary>
    /// <param name="fileName">The name with its extension, without a folder.</param>
    /// <param name="name">What it says.</param>
    /// <returns><see langword="false"/> if it is no name of a wheel.</returns>
    public static bool TryParse(string fileName, [NotNullWhen(true)] out WheelFileName? name)
    {
        name = null;
        if (!fileName.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var parts = fileName[..^Extension.Length].Split('-');
        if (parts.Length is not (5 or 6) || Array.Exists(parts, static part => part.Length == 0)
            || !PythonName.IsValid(parts[0]) || parts[0].Contains("__", StringComparison.Ordinal)
            || (parts.Length == 6 && !char.IsAsciiDigit(parts[2][0]))
            || !PythonVersion.TryParse(parts[1].Replace('_', '-'), out var version))
        {
            return false;
        }

        name = new WheelFileName(parts[0], version, parts.Length == 6 ? parts[2] : "", Expand(parts[^3], parts[^2], parts[^1]));
        return true;
    }

    /// <summary>Returns all tags that a compressed set of tags stands for: <c>py2.py3-none-any</c> is two.</summary>
    /// <param name="interpreters">The Pythons with <c>.</c> between them.</param>
    /// <param name="abis">The binary interfaces.</param>
    /// <param name="platforms">The platforms.</param>
    /// <returns>Every combination.</returns>
    public static IReadOnlyList<WheelTag> Expand(string interpreters, string abis, string platforms) =>
    [
        .. from interpreter in interpreters.ToLowerInvariant().Split('.')
           from abi in abis.ToLowerInvariant().Split('.')
           from platform in platforms.ToLowerInvariant().Split('.')
           select new WheelTag(interpreter, abi, platform),
    ];
}
