using System.Globalization;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;

namespace Metaflow.Environments.Views;

/// <summary>An environment as commands show it.</summary>
/// <param name="environment">The environment.</param>
/// <param name="names">The names that users gave it.</param>
/// <param name="isHere">Whether all its packages are unpacked on this machine.</param>
internal sealed class EnvironmentView(ResolvedEnvironment environment, IReadOnlyList<EnvironmentName> names, bool isHere)
{
    private const int TitleWidth = 22;

    /// <summary>Gets the environment.</summary>
    public ResolvedEnvironment Environment => environment;

    /// <summary>Gets the names that users gave it.</summary>
    public IReadOnlyList<EnvironmentName> Names => names;

    /// <summary>Gets a value indicating whether all its packages are unpacked on this machine.</summary>
    public bool IsHere => isHere;

    /// <summary>Gets both hashes and the kind of machine, with a space between them: what scripts need to name the
    /// environment.</summary>
    public string ShortLine => $"{environment.Id} {environment.Id.Architecture}";

    /// <summary>Returns the environment for people.</summary>
    /// <returns>The lines.</returns>
    public IEnumerable<string> Lines()
    {
        yield return $"Environment {environment.Id} ({environment.Kind})";
        foreach (var (title, value) in Facts())
        {
            yield return $"    {title.PadRight(TitleWidth)}{value}";
        }
    }

    /// <summary>Returns the environment for programs.</summary>
    /// <returns>Texts, lists and dictionaries of them.</returns>
    public Dictionary<string, object?> ToData() => new()
    {
        ["req_id"] = environment.Id.RequestId,
        ["full_id"] = environment.Id.FullId,
        ["arch"] = environment.Id.Architecture,
        ["type"] = environment.Kind,
        ["aliases"] = names.Select(static name => name.ToString()).ToList(),
        ["resolved_on"] = environment.ResolvedOn.ToString("O", CultureInfo.InvariantCulture),
        ["resolved_by"] = environment.ResolvedBy,
        ["resolved_archs"] = environment.Architectures.ToList(),
        ["requirements"] = environment.Requirements.Select(static text => text.ToString()).ToList(),
        ["sources"] = environment.Sources.Select(static text => text.ToString()).ToList(),
        ["locally_present"] = isHere,
        ["packages"] = environment.Packages.Select(static package => (object?)new Dictionary<string, object?>
        {
            ["category"] = package.Category,
            ["name"] = package.Name,
            ["version"] = package.Version,
            ["hash"] = package.Hash,
            ["url"] = package.Url,
        }).ToList(),
    };

    private IEnumerable<(string Title, string Value)> Facts()
    {
        if (names.Count > 0)
        {
            yield return ("Aliases", string.Join(", ", names.Select(static name => name.IsMutable ? $"{name} (moves)" : name.ToString())));
        }

        yield return ("Architecture", environment.Id.Architecture);
        if (environment.Architectures.Count > 1)
        {
            yield return ("Resolved together", string.Join(", ", environment.Architectures));
        }

        var resolvedOn = environment.ResolvedOn.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        yield return ("Resolved", $"{resolvedOn} UTC by {environment.ResolvedBy}");
        yield return ("On this machine", isHere ? "yes" : "no");
        yield return ("Asked for", string.Join(", ", environment.Requirements));
        if (environment.Sources.Count > 0)
        {
            yield return ("Sources", string.Join(", ", environment.Sources));
        }

        foreach (var category in environment.Packages.GroupBy(static package => package.Category))
        {
            var packages = category.Select(static package => $"{package.Name} {package.Version}").Order(StringComparer.OrdinalIgnoreCase);
            yield return ($"Packages of {TitleOf(category.Key)}", string.Join(", ", packages));
        }
    }

    private static string TitleOf(string category) => category switch
    {
        Categories.NuGet => "NuGet",
        Categories.PyPI => "PyPI",
        _ => category,
    };
}
