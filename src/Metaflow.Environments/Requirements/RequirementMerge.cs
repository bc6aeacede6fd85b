using Metaflow.Errors;
using Constraints = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, string>>;
using Lists = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyList<string>>;

namespace Metaflow.Environments.Requirements;

/// <summary>Puts two requirements together.</summary>
/// <param name="first">The first one: an earlier one of the same level, or the flow's.</param>
/// <param name="second">The second one: a later one of the same level, or the step's.</param>
internal sealed class RequirementMerge(EnvironmentRequirement first, EnvironmentRequirement second)
{
    /// <summary>Puts two of one level together.</summary>
    /// <returns>The requirement.</returns>
    public EnvironmentRequirement Merge()
        => Combine() with
        {
            Name = second.Pathspec is null ? Same("the name of the environment", first.Name, second.Name) : null,
            Pathspec = second.Name is null ? Same("the pathspec of the environment", first.Pathspec, second.Pathspec) : null,
            Python = Same("the version of Python", Widened(first.Python), Widened(second.Python)),
            FetchAtExecution = Same("FetchAtExecution", first.FetchAtExecution, second.FetchAtExecution),
            Disabled = Same("Disabled", first.IsDisabled, second.IsDisabled),
            Packages = Combine(first.Packages, second.Packages, And),
        };

    /// <summary>Puts that of a step over that of a flow.</summary>
    /// <returns>The requirement.</returns>
    public EnvironmentRequirement Override()
        => Combine() with
        {
            Name = second.Name ?? (second.Pathspec is null ? first.Name : null),
            Pathspec = second.Pathspec ?? (second.Name is null ? first.Pathspec : null),
            Python = Widened(second.Python) ?? Widened(first.Python),
            FetchAtExecution = second.FetchAtExecution ?? first.FetchAtExecution,
            Disabled = second.IsDisabled ?? first.IsDisabled,
            Packages = Combine(first.Packages, second.Packages, static (_, _, _, replacing) => replacing),
        };

    private static string? Widened(string? python) => python is null ? null : PythonVersionText.Widen(python);

    private EnvironmentRequirement Combine()
    {
        RequireOneName(first);
        RequireOneName(second);
        return new EnvironmentRequirement(Places())
        {
            Sources = Combine(first.Sources, second.Sources, static (before, after) => before.Union(after, StringComparer.Ordinal)),
            FilePaths = Combine(first.FilePaths, second.FilePaths, static (before, after) => before.Union(after, StringComparer.Ordinal)),
            Extras = Combine(first.Extras, second.Extras, static (before, after) => before.Concat(after)),
            UniqueKeys = first.UniqueKeys.Concat(second.UniqueKeys).GroupBy(static pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(static pairs => pairs.Key, static pairs => pairs.Last().Value, StringComparer.Ordinal),
        };
    }

    private string Places()
        => first.Place.Length == 0 || first.Place == second.Place ? second.Place
            : second.Place.Length == 0 ? first.Place
            : $"{first.Place} and {second.Place}";

    private static void RequireOneName(EnvironmentRequirement requirement)
    {
        if (requirement is { Name: { } name, Pathspec: { } pathspec })
        {
            throw new ConfigurationException(
                ErrorCodes.EnvironmentNamedTwice,
                $"{Capital(requirement.Place)} names the environment '{name}' and that of the step '{pathspec}'.",
                "A step begins with one environment.",
                "Leave out the name or the pathspec.");
        }
    }

    private T? Same<T>(string what, T? before, T? after)
        => before is null || after is null || before.Equals(after) ? before ?? after : throw Differ(what, $"{before}", $"{after}");

    private ConfigurationException Differ(string what, string before, string after)
        => new(
            ErrorCodes.RequirementsDiffer,
            $"{Capital(first.Place)} and {second.Place} differ in {what}: '{before}' and '{after}'.",
            "Decorators of one level add up, so that what several of them say must agree. "
            + "Disabled counts as false where a decorator asks for anything.",
            "Say it once, or say the same in both. What a step says takes the place of what its flow says.");

    private static Dictionary<string, IReadOnlyList<string>> Combine(
        Lists before, Lists after, Func<IReadOnlyList<string>, IReadOnlyList<string>, IEnumerable<string>> combine)
        => before.Keys.Union(after.Keys, StringComparer.Ordinal).ToDictionary(
            static category => category,
            IReadOnlyList<string> (category) => [.. combine(before.GetValueOrDefault(category, []), after.GetValueOrDefault(category, []))],
            StringComparer.Ordinal);

    private Dictionary<string, IReadOnlyDictionary<string, string>> Combine(
        Constraints before, Constraints after, Func<string, string, string, string, string> combine)
        => before.Keys.Union(after.Keys, StringComparer.Ordinal).ToDictionary(
            static category => category,
            IReadOnlyDictionary<string, string> (category) =>
            {
                var packages = Normalized(first.Place, category, before.GetValueOrDefault(category));
                foreach (var (name, constraint) in Normalized(second.Place, category, after.GetValueOrDefault(category)))
                {
                    packages[name] = packages.TryGetValue(name, out var earlier)
                        ? combine(category, name, earlier, constraint)
                        : constraint;
                }

                return packages;
            },
            StringComparer.Ordinal);

    private static Dictionary<string, string> Normalized(string place, string category, IReadOnlyDictionary<string, string>? packages)
    {
        // NuGet does not tell apart identifiers that differ in case only, and neither may a requirement.
        var normalized = new Dictionary<string, string>(category == Categories.NuGet ? StringComparer.OrdinalIgnoreCase : null);
        foreach (var (name, constraint) in packages ?? new Dictionary<string, string>())
        {
            if (category == Categories.NuGet)
            {
                var subject = Subject(name, place);
                var parsed = NuGetConstraint.Parse(constraint, subject);
                normalized[name] = normalized.TryGetValue(name, out var earlier)
                    ? NuGetConstraint.Parse(earlier, subject).Intersect(parsed, subject).Text
                    : parsed.Text;
            }
            else if (category == Categories.DotNet)
            {
                normalized[name] = RuntimeRequirement.Normalize(constraint, place);
            }
            else
            {
                normalized[name] = PythonConstraint.Normalize(category, constraint);
            }
        }

        return normalized;
    }

    private string And(string category, string name, string before, string after)
    {
        if (category == Categories.DotNet)
        {
            return before == after ? before : throw Differ("the version of .NET", before, after);
        }

        if (category != Categories.NuGet)
        {
            return PythonConstraint.TryAnd(category, before, after) ?? throw Differ($"the marker of the package '{name}'", before, after);
        }

        var one = NuGetConstraint.Parse(before, Subject(name, first.Place));
        var other = NuGetConstraint.Parse(after, Subject(name, second.Place));
        return one.TryIntersect(other)?.Text ?? throw new ConfigurationException(
            ErrorCodes.ConstraintsContradict,
            $"{Capital(first.Place)} asks for the package '{name}' with the version '{one}', {second.Place} with '{other}'.",
            "No version satisfies both.",
            "Correct or remove one of them. What a step says takes the place of what its flow says.");
    }

    private static string Capital(string place) => place.Length == 0 ? "" : char.ToUpperInvariant(place[0]) + place[1..];

    private static string Subject(string name, string place)
        => place.Length == 0 ? $"The package '{Shortened.Of(name)}'" : $"The package '{Shortened.Of(name)}' in {place}";
}
