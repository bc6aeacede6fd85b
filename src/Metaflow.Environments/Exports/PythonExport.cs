using System.Text;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Exports;

/// <summary>Writes packages of conda and of the Python package index for other programs.</summary>
internal static class PythonExport
{
    private const string Python = "python";

    /// <summary>Writes an <c>environment.yml</c>.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The text.</returns>
    public static string Yaml(ResolvedEnvironment environment)
    {
        var text = new StringBuilder("channels:\n");
        foreach (var channel in SourcesOf(environment, Categories.Conda))
        {
            text.Append("  - ").Append(channel).Append('\n');
        }

        // The channels are all that there are: conda would add those of its configuration.
        text.Append("  - nodefaults\ndependencies:\n");
        foreach (var package in Sorted(environment.Packages.OfType<CondaPackage>()))
        {
            text.Append("  - ").Append(package.Name).Append('=').Append(package.Version);
            text.Append(package.Build.Length == 0 ? "" : $"={package.Build}").Append('\n');
        }

        var wheels = Sorted(environment.Packages.OfType<PyPIPackage>());
        if (wheels.Count > 0)
        {
            text.Append("  - pip:\n");
            foreach (var package in wheels)
            {
                text.Append("    - ").Append(package.Name).Append("==").Append(package.Version).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Writes the addresses of packages of conda with their hashes.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The text, as <c>conda create --file</c> and <c>micromamba create --file</c> read it.</returns>
    public static string Explicit(ResolvedEnvironment environment)
    {
        var text = new StringBuilder("# platform: ").Append(environment.Id.Architecture).Append("\n@EXPLICIT\n");
        foreach (var package in environment.Packages.OfType<CondaPackage>())
        {
            text.Append(package.Url).Append(package.Hash is { } md5 ? $"#{md5}" : "").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Writes lines of a <c>requirements.txt</c> as <c>metaflow environment resolve</c> reads it.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The lines; nothing if there are no such packages.</returns>
    public static string Requirements(ResolvedEnvironment environment)
    {
        var text = new StringBuilder();
        foreach (var channel in environment.HasPrefix ? SourcesOf(environment, Categories.Conda) : [])
        {
            text.Append("--conda-channel ").Append(channel).Append('\n');
        }

        foreach (var index in SourcesOf(environment, Categories.PyPI))
        {
            text.Append("--extra-index-url ").Append(index).Append('\n');
        }

        foreach (var package in Sorted(environment.Packages.OfType<CondaPackage>()))
        {
            text.Append(package.Name == Python ? $"python=={package.Version}" : $"--conda-pkg {package.Name}=={package.Version}")
                .Append('\n');
        }

        foreach (var package in Sorted(environment.Packages.OfType<PyPIPackage>()))
        {
            text.Append(package.Name).Append("==").Append(package.Version).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> SourcesOf(ResolvedEnvironment environment, string category)
        => environment.Sources.Where(source => source.Category == category).Select(static source => source.Value);

    private static List<T> Sorted<T>(IEnumerable<T> packages)
        where T : LockedPackage
        => [.. packages.OrderBy(static package => package.Name, StringComparer.Ordinal)];
}
