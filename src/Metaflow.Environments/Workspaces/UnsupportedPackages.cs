using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>Refuses what only conda and PyPI could provide: it is not left out silently.</summary>
internal static class UnsupportedPackages
{
    /// <summary>Refuses a requirement that asks for more than packages of NuGet.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <exception cref="EnvironmentException">It does (MF7040).</exception>
    public static void Refuse(EnvironmentRequirement requirement)
    {
        var found = requirement.Packages.SelectMany(static category => category.Value.Keys.Select(name => (category.Key, name)))
            .Concat(requirement.Sources.SelectMany(static category => category.Value.Select(source => (category.Key, source))))
            .Concat(requirement.Extras.SelectMany(static category => category.Value.Select(extra => (category.Key, extra))))
            .Where(static each => each.Key is not (Categories.NuGet or Categories.DotNet))
            .Select(static each => new TypedText(each.Key, each.Item2).ToString()).ToList();
        if (requirement.Python is { } python)
        {
            found.Insert(0, $"Python {python}");
        }

        if (found.Count > 0)
        {
            throw Error(
                $"{Capital(requirement.Place)} asks for more than packages of NuGet.",
                $"It asks for {Shortened.Of(string.Join(", ", found))}.");
        }
    }

    /// <summary>Refuses an environment that has more than packages of NuGet.</summary>
    /// <param name="environment">The environment.</param>
    /// <exception cref="EnvironmentException">It has (MF7040).</exception>
    public static void Refuse(ResolvedEnvironment environment)
    {
        var found = environment.Packages.Where(static package => package is not NuGetPackage).Select(static package => package.Name)
            .ToList();
        if (found.Count > 0)
        {
            throw Error(
                $"The environment '{environment.Id}' has more than packages of NuGet.",
                $"It is of the kind '{environment.Kind}', with {Shortened.Of(string.Join(", ", found))}.");
        }
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static EnvironmentException Error(string what, string why) => new(
        ErrorCodes.CategoryUnsupported,
        what,
        why + " Packages of conda and of PyPI, and properties of the machine for them, are not supported yet.",
        "Use Metaflow's Conda V2 extension for Python for them, or ask for packages of NuGet alone. In a file of requirements, those are "
            + "lines such as '--nuget-pkg Newtonsoft.Json==13.0.3'.");
}
