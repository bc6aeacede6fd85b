using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Tags;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Writes what pip is asked: its arguments, and the files that they name. Nothing passes through a shell.</summary>
internal static class PipArguments
{
    // What would change where pip writes, what it reads or whom it asks.
    private static readonly string[] RefusedFlags =
    [
        "requirement", "constraint", "target", "prefix", "root", "user", "report", "python", "platform", "python-version",
        "implementation", "abi", "log", "src", "cache-dir", "index-url", "extra-index-url",
    ];

    /// <summary>Returns the arguments that every command has.</summary>
    /// <param name="command">The command.</param>
    /// <param name="sources">Where pip looks for packages.</param>
    /// <param name="building">How it builds.</param>
    /// <returns>The arguments.</returns>
    public static List<string> Begin(string command, PipSources sources, PipBuildOptions building) =>
    [
        command,
        .. sources.UsesConfiguration ? (IEnumerable<string>)[] : ["--isolated"],
        "--no-input", "--disable-pip-version-check", "--no-color", "--progress-bar", "off",
        .. sources.Certificates is { } file ? (IEnumerable<string>)["--cert", file] : [],
        .. building.IsIsolated ? (IEnumerable<string>)[] : ["--no-build-isolation"],
    ];

    /// <summary>Returns the arguments for another Python or kind of machine.</summary>
    /// <param name="target">The Python and the kind of machine.</param>
    /// <returns>The arguments.</returns>
    public static IReadOnlyList<string> Of(PipTarget target) =>
    [
        "--only-binary", ":all:", "--implementation", "cp", "--python-version", target.Python.ToString(),
        "--abi", SupportedTags.AbiOf(target.Python, target.IsFreeThreaded),
        .. target.Platform.ToTags().SelectMany(static tag => (string[])["--platform", tag]),
    ];

    /// <summary>Returns further flags as arguments.</summary>
    /// <param name="flags">The flags without <c>--</c>.</param>
    /// <returns>The arguments.</returns>
    /// <exception cref="Errors.EnvironmentException">A flag is refused (MF7070), or asks for an editable package (MF7078).</exception>
    public static IEnumerable<string> Of(IEnumerable<string> flags)
    {
        foreach (var flag in flags)
        {
            var name = flag.TrimStart('-').Split('=', ' ')[0];
            if (name is "e" or "editable")
            {
                throw PipErrors.Editable(flag);
            }

            if (name.Length < 2 || Array.IndexOf(RefusedFlags, name) >= 0)
            {
                throw PipErrors.Malformed(flag, $"The option '{name}' of pip is set for the environment itself, or is none.");
            }

            yield return "--" + flag.TrimStart('-');
        }
    }

    /// <summary>Returns a requirement as a line of a file of requirements.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>The line.</returns>
    /// <exception cref="Errors.EnvironmentException">It is none (MF7070), or editable (MF7078).</exception>
    public static string Line(string requirement)
    {
        var text = requirement.Trim();
        if (text.StartsWith("-e", StringComparison.Ordinal) || text.StartsWith("--editable", StringComparison.Ordinal))
        {
            throw PipErrors.Editable(text);
        }

        if (text.Any(char.IsControl) || text.StartsWith('-') || text.StartsWith('#') || text.Length == 0)
        {
            throw PipErrors.Malformed(text, "It is an option or a comment, or has more than one line.");
        }

        // pip expands ${NAME} in files of requirements.
        if (text.Contains("${", StringComparison.Ordinal) || (!IsPlace(text) && !PythonDependency.TryParse(text, out _)))
        {
            throw PipErrors.Malformed(text, "It is neither a requirement (PEP 508) nor an address nor an absolute path.");
        }

        return ForOldPip(text);
    }

    // Up to version 24, pip refuses the address of a repository without a host after a name, but takes the former form.
    private static string ForOldPip(string text)
    {
        if (!PythonDependency.TryParse(text, out var dependency) || dependency.Url is not { } url
            || !url.Contains("+file:///", StringComparison.Ordinal))
        {
            return text;
        }

        var separator = url.Contains('#', StringComparison.Ordinal) ? '&' : '#';
        return $"{url}{separator}egg={dependency.NameWithExtras}{(dependency.Marker is { } marker ? $" ; {marker}" : "")}";
    }

    /// <summary>Returns true if a requirement is an address or an absolute path, and so names no package.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsPlace(string requirement)
        => Path.IsPathFullyQualified(requirement) || (requirement.Contains("://", StringComparison.Ordinal)
            && Uri.TryCreate(requirement.Split(' ')[0], UriKind.Absolute, out _) && !PythonDependency.TryParse(requirement, out _));
}
