using Metaflow.Environments.Requirements;
using Metaflow.Environments.Settings;
using Metaflow.Python.Conda.Solving;

namespace Metaflow.Environments.Resolution;

/// <summary>Adds to a requirement for packages of conda and PyPI what the settings and the machine say, as Metaflow's extension does: the
/// environment is known by all of it.</summary>
/// <param name="settings">The settings.</param>
internal sealed class PythonDefaults(PythonSettings settings)
{
    private const string AnyBuild = "0";

    // The properties of machines that environments are known by, as in the extension.
    private static readonly string[] MachineProperties = [VirtualPackageNames.Cuda, VirtualPackageNames.Glibc];

    /// <summary>Completes a requirement.</summary>
    /// <param name="requirement">The requirement, in which those of flow and step are together.</param>
    /// <param name="architecture">The kind of machine that it is for.</param>
    /// <returns>The requirement; the same if it asks for no packages of conda and PyPI.</returns>
    public EnvironmentRequirement Complete(EnvironmentRequirement requirement, string architecture)
    {
        if (!AsksForPrefix(requirement))
        {
            return requirement;
        }

        var sources = new Dictionary<string, IReadOnlyList<string>>(requirement.Sources, StringComparer.Ordinal)
        {
            [Categories.Conda] = [.. Sources(requirement, Categories.Conda).Union(settings.Channels, StringComparer.Ordinal)],
        };
        if (Has(requirement, Categories.PyPI) && settings.Index is { } index)
        {
            sources[Categories.PyPI] = [.. new[] { index }.Union(Sources(requirement, Categories.PyPI), StringComparer.Ordinal)];
        }

        var machine = new Dictionary<string, string>(PropertiesOf(architecture), StringComparer.Ordinal);
        foreach (var (name, version) in Packages(requirement, Categories.System))
        {
            machine[name] = version;
        }

        return requirement with
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>(requirement.Packages, StringComparer.Ordinal)
            {
                [Categories.System] = machine,
            },
            Sources = sources,
        };
    }

    /// <summary>Returns true if a requirement asks for packages of conda or PyPI.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>Whether it does.</returns>
    public static bool AsksForPrefix(EnvironmentRequirement requirement)
        => requirement.Python is not null
            || Has(requirement, Categories.Conda) || Has(requirement, Categories.CondaWithoutPython) || Has(requirement, Categories.PyPI);

    private IEnumerable<KeyValuePair<string, string>> PropertiesOf(string architecture)
    {
        if (architecture != MachineKinds.OfThisMachine && settings.Machines.TryGetValue(architecture, out var known))
        {
            return known;
        }

        return VirtualPackages.Of(architecture, settings.Overrides).Where(static package => MachineProperties.Contains(package.Name))
            .Select(static package => KeyValuePair.Create(package.Name, package.Build is AnyBuild or ""
                ? package.Version.Text : $"{package.Version.Text}={package.Build}"));
    }

    private static bool Has(EnvironmentRequirement requirement, string category) => Packages(requirement, category).Count > 0;

    private static IReadOnlyDictionary<string, string> Packages(EnvironmentRequirement requirement, string category)
        => requirement.Packages.GetValueOrDefault(category) ?? new Dictionary<string, string>();

    private static IReadOnlyList<string> Sources(EnvironmentRequirement requirement, string category)
        => requirement.Sources.GetValueOrDefault(category) ?? [];
}
