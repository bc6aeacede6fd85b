using Metaflow.Environments;
using Metaflow.Environments.Files;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Decorators;

/// <summary>Reads the packages of conda and of the Python package index that decorators name.</summary>
internal static class PackageTexts
{
    /// <summary>Returns packages of conda.</summary>
    /// <param name="place">The decorator, for messages.</param>
    /// <param name="texts">The packages, such as <c>pandas=1.5.3</c>.</param>
    /// <param name="example">An example for messages.</param>
    /// <returns>The constraints on their versions by name. Two for one name are put together.</returns>
    /// <exception cref="ConfigurationException">A text is no package (MF7103).</exception>
    public static IReadOnlyDictionary<string, string> OfConda(string place, IEnumerable<string> texts, string example)
        => Together(Categories.Conda, texts.Select(text => CondaRequirement.TryParse(text) is var (name, constraint)
            ? KeyValuePair.Create(name, constraint) : throw Unreadable(place, text, "conda", example)), place);

    /// <summary>Returns packages of the Python package index.</summary>
    /// <param name="place">The decorator, for messages.</param>
    /// <param name="texts">The packages as PEP 508 writes them, such as <c>requests[socks]&gt;=2</c>.</param>
    /// <returns>The constraints on their versions, with markers, by name.</returns>
    /// <exception cref="ConfigurationException">A text is no package (MF7103).</exception>
    public static IReadOnlyDictionary<string, string> OfPyPI(string place, IEnumerable<string> texts)
        => Together(Categories.PyPI, texts.Select(text => PythonRequirement.TryParse(text) is { } requirement
            ? KeyValuePair.Create(requirement.Name, requirement.Version)
            : throw Unreadable(place, text, "the Python package index", "[PyPI(\"pandas==1.5.3\", \"requests[socks]>=2\")]")), place);

    /// <summary>Returns properties of a machine.</summary>
    /// <param name="place">The decorator, for messages.</param>
    /// <param name="texts">The properties with their versions, such as <c>__glibc=2.28</c>.</param>
    /// <returns>The versions by name.</returns>
    /// <exception cref="ConfigurationException">A text is no property with one version (MF7103).</exception>
    public static IReadOnlyDictionary<string, string> OfSystem(string place, IEnumerable<string> texts)
        => Together(Categories.System, texts.Select(text => CondaRequirement.TryParse(text) is var (name, version)
            && name.StartsWith("__", StringComparison.Ordinal) && version.Length > 0
            && version.IndexOfAny(['<', '>', '~', '!', ',', '*']) < 0
                ? KeyValuePair.Create(name, version)
                : throw Unreadable(place, text, "the machine with one version", "[SysPackages(\"__glibc=2.28\")]")), place);

    private static IReadOnlyDictionary<string, string> Together(
        string category, IEnumerable<KeyValuePair<string, string>> packages, string place)
    {
        var merged = new EnvironmentRequirement(place);
        foreach (var (name, constraint) in packages)
        {
            merged = EnvironmentRequirement.Merge(merged, new EnvironmentRequirement(place)
            {
                Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
                {
                    [category] = new Dictionary<string, string> { [name] = constraint },
                },
            });
        }

        return merged.Packages.GetValueOrDefault(category) ?? new Dictionary<string, string>();
    }

    private static ConfigurationException Unreadable(string place, string text, string from, string example) => new(
        ErrorCodes.ConstraintUnreadable,
        $"{place} names '{text}', which is no package of {from}.",
        "A package is a name, with a version or a range of versions after it.",
        $"Write it as in {example}.")
    { ExitCode = ExitCodes.Usage };
}
