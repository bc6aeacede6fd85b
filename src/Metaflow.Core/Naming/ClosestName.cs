namespace Metaflow.Naming;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class ClosestName
{
    /// <summary>Finds the name nearest to a mistyped one.</summary>
    /// <param name="mistyped">What was typed.</param>
    /// <param name="names">The names that exist.</param>
    /// <param name="most">The most letters that may differ; by default as many as the rule below allows.</param>
    /// <returns>The nearest name, the first of equals; <see langword="null"/> when none is near (more than a third of the letters differ,
    /// or all).</returns>
    public static string? Find(string mistyped, IEnumerable<string> names, int most = int.MaxValue)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in names)
        {
            var distance = Distance(mistyped.ToUpperInvariant(), name.ToUpperInvariant());
            var isAnother = distance >= Math.Max(mistyped.Length, name.Length);
            if (!isAnother && distance < bestDistance && distance <= most
                && distance <= Math.Max(1, Math.Max(mistyped.Length, name.Length) / 3))
            {
                best = name;
                bestDistance = distance;
            }
        }

        return best;
    }

    // Insertions, deletions, replacements and swaps of neighbours, each of cost 1: two rows before the current one are enough.
    private static int Distance(string left, string right)
    {
        var beforePrevious = new int[right.Length + 1];
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, 1 + Math.Min(previous[j], current[j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous) = (previous, current);
        }

        return previous[right.Length];
    }
}
