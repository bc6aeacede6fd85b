using Metaflow.Errors;

namespace Metaflow.Python.Conda.Solving;

/// <summary>Explains on one screen why a request has no solution: from what was asked for down to what contradicts it.</summary>
internal sealed class Explanation
{
    private const int MostLines = 32;
    private const int MostTexts = 4;

    private readonly CandidateUniverse _universe;
    private readonly MissingPackage _missing;
    private readonly Dictionary<int, List<Requirement>> _needs = [];
    private readonly Dictionary<int, List<(Requirement Requirement, int Other)>> _excludes = [];
    private readonly Dictionary<int, List<(Requirement Requirement, int Owner)>> _excludedBy = [];

    // What was said before, and by whom.
    private readonly List<(Requirement Requirement, string Owner)> _said = [];
    private readonly HashSet<string> _expanded = new(StringComparer.Ordinal);

    private Explanation(CandidateUniverse universe, IReadOnlyCollection<Fact> core, IReadOnlyList<Clause> clauses)
    {
        _universe = universe;
        _missing = new MissingPackage(universe);
        foreach (var fact in core)
        {
            if (fact.Clause >= 0)
            {
                var clause = clauses[fact.Clause];
                if (clause.Requirement is { } need)
                {
                    ListOf(_needs, clause.Owner).Add(need);
                }
            }
            else if (fact.Requirement is { } requirement)
            {
                ListOf(_excludes, fact.First).Add((requirement, fact.Second));
                ListOf(_excludedBy, fact.Second).Add((requirement, fact.First));
            }
        }
    }

    /// <summary>Returns the error of a request without a solution.</summary>
    /// <param name="universe">All candidates.</param>
    /// <param name="core">What contradicts each other.</param>
    /// <param name="clauses">The clauses of the search.</param>
    /// <param name="platform">The platform.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Of(
        CandidateUniverse universe, IReadOnlyCollection<Fact> core, IReadOnlyList<Clause> clauses, string platform)
    {
        var root = new Explanation(universe, core, clauses).Root();
        return new EnvironmentException(
            ErrorCodes.CondaRequestUnsatisfiable,
            $"No packages of conda for {platform} satisfy the request.",
            string.Join('\n', ["These cannot be together:", .. root.Lines(MostLines), ""]),
            "Ask for other versions, drop one of them, or add a channel that has what is missing.");
    }

    private static List<T> ListOf<T>(Dictionary<int, List<T>> lists, int key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }

    private static string Few(IEnumerable<string> texts)
    {
        var all = texts.Distinct().ToList();
        return all.Count <= MostTexts ? string.Join(" | ", all) : $"{all[0]} | {all[1]} | … | {all[^1]}";
    }

    private ExplanationNode Root()
    {
        var root = new ExplanationNode("");
        foreach (var requirement in _universe.Root.Depends!.Where(IsInvolved))
        {
            root.Children.Add(Of(requirement, "which was asked for"));
        }

        return root;
    }

    private bool IsInvolved(Requirement requirement)
        => _needs.GetValueOrDefault(_universe.Root.Id, []).Contains(requirement)
            || _excludes.GetValueOrDefault(_universe.Root.Id, []).Exists(pair => pair.Requirement == requirement);

    private ExplanationNode Of(Requirement requirement, string owner)
    {
        _universe.Load(requirement.Package);
        requirement.Resolve();
        if (requirement.Matching.Length == 0)
        {
            return new ExplanationNode($"{requirement.Text}, {_missing.Reason(requirement)}");
        }

        var opposed = _said.Where(said => said.Requirement.Package == requirement.Package
            && !said.Requirement.Matching.Intersect(requirement.Matching).Any()).Take(1).ToList();
        if (opposed.Count > 0)
        {
            return new ExplanationNode($"{requirement.Text}, which contradicts '{opposed[0].Requirement.Text}', {opposed[0].Owner}");
        }

        _said.Add((requirement, owner));
        var groups = requirement.Matching.GroupBy(Story).ToList();
        if (!_expanded.Add(requirement.Text))
        {
            return new ExplanationNode($"{requirement.Text}, which is explained above");
        }

        // Only the limits that it sets matter where nothing that satisfies it is to blame.
        if (groups.TrueForAll(static group => group.Key.Length == 0))
        {
            return new ExplanationNode($"{requirement.Text}, which allows {Label(requirement, requirement.Matching)}");
        }

        var node = new ExplanationNode($"{requirement.Text}, of which there are:");
        foreach (var group in groups.Where(static group => group.Key.Length > 0))
        {
            node.Children.Add(Of(requirement, [.. group]));
        }

        return node;
    }

    private ExplanationNode Of(Requirement requirement, IReadOnlyList<Candidate> group)
    {
        var first = group[0];
        var label = Label(requirement, group);
        if (first.Problem is not null)
        {
            return new ExplanationNode($"{label}, which cannot be used: {first.Problem}");
        }

        var limiting = _excludes.GetValueOrDefault(first.Id, []);
        var needs = _needs.GetValueOrDefault(first.Id, [])
            .Concat(limiting.Select(static pair => pair.Requirement).Where(first.Depends!.Contains)).Distinct().ToList();
        var children = needs.Select(need => Of(need, $"which {label} needs")).ToList();
        foreach (var limits in limiting.Where(pair => !needs.Contains(pair.Requirement))
            .GroupBy(static pair => pair.Requirement))
        {
            var others = Few(limits.Select(pair => _universe.Candidates[pair.Other].ToString()));
            children.Add(new ExplanationNode($"{limits.Key.Text} where it is there, which excludes {others}"));
        }

        if (children.Count == 0)
        {
            return new ExplanationNode($"{label}, which {Excluding(first)}");
        }

        var node = new ExplanationNode($"{label}, which needs");
        node.Children.AddRange(children);
        return node;
    }

    private string Excluding(Candidate candidate)
    {
        var by = _excludedBy.GetValueOrDefault(candidate.Id, []);
        return by.Count == 0
            ? "something else excludes"
            : $"'{by[0].Requirement.Text}' excludes, {OwnerOf(by[0].Owner)}";
    }

    private string OwnerOf(int owner)
        => owner == _universe.Root.Id ? "which was asked for" : $"which {_universe.Candidates[owner]} needs";

    // Candidates with the same story have one line.
    private string Story(Candidate candidate)
    {
        var own = _needs.GetValueOrDefault(candidate.Id, []).Select(static need => need.Text)
            .Concat(_excludes.GetValueOrDefault(candidate.Id, []).Select(static pair => pair.Requirement.Text))
            .Append(candidate.Problem ?? "")
            .Where(static text => text.Length > 0)
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return own.Count > 0
            ? string.Join('\n', own)
            : string.Join('\n', _excludedBy.GetValueOrDefault(candidate.Id, []).Select(static pair => "by " + pair.Requirement.Text)
                .Distinct().Order(StringComparer.Ordinal));
    }

    // Versions tell candidates apart; where a version has other builds too, the builds do.
    private static string Label(Requirement requirement, IReadOnlyList<Candidate> group)
    {
        var versions = group.Select(static candidate => candidate.Version).Distinct().ToList();
        var isWhole = versions.Count > 1
            || requirement.Matching.Count(candidate => candidate.Version.Equals(versions[0])) == group.Count;
        var name = requirement.Package.Name;
        return isWhole
            ? $"{name} {Few(versions.Order().Select(static version => version.Text))}"
            : $"{name} {versions[0].Text} {Few(group.Select(static candidate => candidate.Record?.Build ?? candidate.Virtual!.Build))}";
    }
}
