using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>Says why nothing satisfies a requirement.</summary>
/// <param name="universe">All candidates.</param>
internal sealed class MissingPackage(CandidateUniverse universe)
{
    private const int MostTexts = 5;

    /// <summary>Returns why nothing satisfies a requirement.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>The end of a sentence.</returns>
    public string Reason(Requirement requirement)
    {
        var name = requirement.Package.Name;
        var candidates = requirement.Package.Candidates ?? [];
        if (VirtualPackageNames.Contains(name))
        {
            return candidates.Length == 0
                ? $"which this platform does not have (to assume it, set {VirtualPackageNames.Override(name)})"
                : $"while this platform has {candidates[0].Virtual} (to assume another, set {VirtualPackageNames.Override(name)})";
        }

        var excluded = requirement.Package.Excluded.FirstOrDefault(entry => requirement.Spec.Matches(entry.Record)
            || WithoutChannel(requirement.Spec).Matches(entry.Record));
        if (excluded.Record is not null)
        {
            return $"which may not be used: {excluded.Reason}";
        }

        if (candidates.Length == 0 && requirement.Package.Excluded.Count == 0)
        {
            var near = NameSuggestions.For(name, universe.Names);
            return $"and no package is named '{name}'" + (near.Count == 0
                ? " in these channels"
                : $"; did you mean {string.Join(" or ", near.Select(static other => $"'{other}'"))}?");
        }

        return Nearest(requirement, candidates);
    }

    private static MatchSpec WithoutChannel(MatchSpec spec) => spec with { Channel = null };

    private static string Nearest(Requirement requirement, Candidate[] candidates)
    {
        var spec = requirement.Spec;
        var ofVersion = candidates.Where(candidate => spec.Version is null || spec.Version.Matches(candidate.Version)).ToList();
        var known = requirement.Package.Excluded.Select(static entry => entry.Record.Version)
            .Concat(candidates.Select(static candidate => candidate.Version));
        return ofVersion.Count == 0
            ? $"of which there is only {Few(known.Distinct().Order().Select(static version => version.Text))}"
            : "of which these builds are there: "
                + Few(ofVersion.Select(static candidate => $"{candidate.Version} {candidate.Record?.Build}"));
    }

    private static string Few(IEnumerable<string> texts)
    {
        var all = texts.Distinct().ToList();
        return all.Count <= MostTexts
            ? string.Join(", ", all)
            : $"{string.Join(", ", all.Take(MostTexts - 1))}, … {all[^1]}";
    }
}
