using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Solving;

/// <summary>The order of preference: <c>docs/conda-solver.md</c> has it in words.</summary>
internal static class CandidateOrder
{
    /// <summary>Compares two records by what is known without their dependencies. Records that compare as equal are put in order by
    /// <see cref="Refine"/>.</summary>
    /// <param name="one">A record.</param>
    /// <param name="oneRank">The rank of its channel: 0 is the preferred one, and so is any channel where ranks do not count.</param>
    /// <param name="two">Another record.</param>
    /// <param name="twoRank">The rank of its channel.</param>
    /// <returns>Negative if the first is preferred.</returns>
    public static int Compare(CondaRecord one, int oneRank, CondaRecord two, int twoRank)
    {
        var order = oneRank.CompareTo(twoRank);
        order = order != 0 ? order : one.TrackFeatures.Count.CompareTo(two.TrackFeatures.Count);
        order = order != 0 ? order : two.Version.CompareTo(one.Version);
        return order != 0 ? order : two.BuildNumber.CompareTo(one.BuildNumber);
    }

    /// <summary>Compares two records of the same rank, version and number of build by what does not depend on others, so that the order is
    /// always the same.</summary>
    /// <param name="one">A record.</param>
    /// <param name="two">Another record.</param>
    /// <returns>Negative if the first is preferred.</returns>
    public static int CompareLast(CondaRecord one, CondaRecord two)
    {
        var order = (two.Timestamp ?? 0).CompareTo(one.Timestamp ?? 0);
        order = order != 0 ? order : two.IsCondaFile.CompareTo(one.IsCondaFile);
        order = order != 0 ? order : (one.Subdir == CondaPlatforms.Noarch).CompareTo(two.Subdir == CondaPlatforms.Noarch);
        order = order != 0 ? order : string.CompareOrdinal(one.FileName, two.FileName);
        return order != 0 ? order : string.CompareOrdinal(one.Url, two.Url);
    }

    /// <summary>Puts the candidates of a requirement in order up to a place.</summary>
    /// <param name="requirement">The requirement, resolved.</param>
    /// <param name="place">The place.</param>
    /// <param name="universe">All candidates.</param>
    public static void Refine(Requirement requirement, int place, CandidateUniverse universe)
    {
        while (requirement.Ordered <= place && requirement.Ordered < requirement.Matching.Length)
        {
            var start = requirement.Ordered;
            var end = start + 1;
            while (end < requirement.Matching.Length && universe.IsTie(requirement.Matching[start], requirement.Matching[end]))
            {
                end++;
            }

            if (end - start > 1)
            {
                Sort(requirement.Matching.AsSpan(start, end - start), universe);
            }

            requirement.Ordered = end;
        }
    }

    // A candidate is better if the packages that all of them need can have higher versions with it.
    private static void Sort(Span<Candidate> tie, CandidateUniverse universe)
    {
        var scores = new Dictionary<Candidate, Score?[]>(tie.Length);
        var names = SharedNames(tie, universe);
        foreach (var candidate in tie)
        {
            scores[candidate] = [.. names.Select(name => ScoreOf(candidate, name, universe))];
        }

        tie.Sort((one, two) => Compare(one, two, scores));
    }

    private static int Compare(Candidate one, Candidate two, Dictionary<Candidate, Score?[]> scores)
    {
        var usable = (one.Problem is not null).CompareTo(two.Problem is not null);
        if (usable != 0)
        {
            return usable;
        }

        var (oneScores, twoScores) = (scores[one], scores[two]);
        for (var index = 0; index < oneScores.Length; index++)
        {
            var order = Compare(oneScores[index], twoScores[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return CompareLast(one.Record!, two.Record!);
    }

    private static int Compare(Score? one, Score? two)
    {
        if (one is null || two is null)
        {
            return (one is null).CompareTo(two is null);
        }

        var features = one.Value.HasFeatures.CompareTo(two.Value.HasFeatures);
        return features != 0 ? features : two.Value.Version.CompareTo(one.Value.Version);
    }

    // Names for which all candidates ask for the same say nothing, and their packages need not be read.
    private static List<string> SharedNames(ReadOnlySpan<Candidate> tie, CandidateUniverse universe)
    {
        var counts = new SortedDictionary<string, (int Count, string Texts, bool Differs)>(StringComparer.Ordinal);
        var usable = 0;
        foreach (var candidate in tie)
        {
            universe.Read(candidate);
            if (candidate.Problem is not null)
            {
                continue;
            }

            usable++;
            foreach (var group in candidate.Depends!.GroupBy(static requirement => requirement.Package.Name, StringComparer.Ordinal))
            {
                var texts = string.Join('\n', group.Select(static requirement => requirement.Text).Order(StringComparer.Ordinal));
                counts[group.Key] = counts.TryGetValue(group.Key, out var known)
                    ? (known.Count + 1, known.Texts, known.Differs || known.Texts != texts)
                    : (1, texts, false);
            }
        }

        return [.. counts.Where(pair => pair.Value.Count == usable && pair.Value.Differs).Select(static pair => pair.Key)];
    }

    // Where a candidate asks twice for a name, the lower of the two versions is what it can get.
    private static Score? ScoreOf(Candidate candidate, string name, CandidateUniverse universe)
    {
        Score? worst = null;
        foreach (var requirement in candidate.Depends ?? [])
        {
            if (requirement.Package.Name == name)
            {
                universe.Load(requirement.Package);
                var score = Highest(requirement, universe);
                worst = worst is null || (score is not null && Compare(score, worst) > 0) ? score : worst;
            }
        }

        return worst;
    }

    // What the request itself excludes is out of reach, however high it is.
    private static Score? Highest(Requirement requirement, CandidateUniverse universe)
    {
        requirement.Resolve();
        Score? highest = null;
        foreach (var candidate in requirement.Matching)
        {
            if (universe.IsAskedFor(candidate) && (highest is null || candidate.Version.CompareTo(highest.Value.Version) > 0))
            {
                highest = new Score(candidate.Version, candidate.Record?.TrackFeatures.Count > 0);
            }
        }

        return highest;
    }

    private readonly record struct Score(CondaVersion Version, bool HasFeatures);
}
