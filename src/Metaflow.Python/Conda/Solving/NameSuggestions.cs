namespace Metaflow.Python.Conda.Solving;

/// <summary>Finds names that somebody may have meant.</summary>
internal static class NameSuggestions
{
    private const int Most = 3;

    /// <summary>Returns names that are nearly the same.</summary>
    /// <param name="name">The name that does not exist.</param>
    /// <param name="names">The names that exist.</param>
    /// <returns>At most three names, the nearest first.</returns>
    public static IReadOnlyList<string> For(string name, IEnumerable<string> names)
    {
        var limit = name.Length switch { < 4 => 1, < 8 => 2, _ => 3 };
        return
        [
            .. names.Where(other => Math.Abs(other.Length - name.Length) <= limit)
                .Select(other => (Name: other, Distance: Distance(name, other, limit)))
                .Where(pair => pair.Distance <= limit)
                .OrderBy(static pair => pair.Distance)
                .ThenBy(static pair => pair.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(static pair => pair.Name),
        ];
    }

    // How many letters must be added, removed, replaced or exchanged with their neighbour.
    private static int Distance(string one, string two, int limit)
    {
        var before = new int[two.Length + 1];
        var row = Enumerable.Range(0, two.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var next = new int[two.Length + 1];
            next[0] = i;
            for (var j = 1; j <= two.Length; j++)
            {
                var replaced = row[j - 1] + (one[i - 1] == two[j - 1] ? 0 : 1);
                next[j] = Math.Min(Math.Min(row[j], next[j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1])
                {
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
                }
            }

            if (next.Min() > limit)
            {
                return limit + 1;
            }

            (before, row) = (row, next);
        }

        return row[^1];
    }
}
