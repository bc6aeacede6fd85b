namespace Metaflow.Client;

/// <summary>Finds the names that someone may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;
    private const int ShortestBeginning = 3;

    /// <summary>Returns the names near to one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">The names that exist.</param>
    /// <returns>At most three, the nearest first.</returns>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known)
    {
        var limit = Math.Max(2, name.Length / 4);
        return
        [
            .. known.Select(other => (Name: other, Distance: Distance(name.ToLowerInvariant(), other.ToLowerInvariant())))
                .Where(other => other.Distance <= limit || IsBeginning(name, other.Name))
                .OrderBy(static other => other.Distance)
                .Take(Most)
                .Select(static other => other.Name),
        ];
    }

    // Whoever types 'Sale' for 'SalesFlow' has left out the end.
    private static bool IsBeginning(string name, string other)
        => name.Length >= ShortestBeginning && other.StartsWith(name, StringComparison.OrdinalIgnoreCase);

    // The number of letters to insert, delete or replace (Levenshtein).
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
