using System.Globalization;

/// <summary>One movie.</summary>
public sealed record Movie(string Title, int Year, IReadOnlyList<string> Genres, double Gross);

/// <summary>A table of movies, read from CSV.</summary>
public sealed record MovieTable(IReadOnlyList<Movie> Movies)
{
    /// <summary>Reads CSV text with a header. Fields that contain commas are in quotes.</summary>
    public static MovieTable Parse(string csv) => new(
    [
        .. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Fields).Select(fields => new Movie(
            fields[0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[2].Split('|'),
            double.Parse(fields[3], CultureInfo.InvariantCulture))),
    ]);

    /// <summary>Returns the movies of a genre, the highest earning first.</summary>
    public IEnumerable<Movie> Of(string genre)
        => Movies.Where(movie => movie.Genres.Contains(genre, StringComparer.OrdinalIgnoreCase)).OrderByDescending(movie => movie.Gross);

    /// <summary>Lists the genres in alphabetical order.</summary>
    public IReadOnlyList<string> Genres() => [.. Movies.SelectMany(movie => movie.Genres).Distinct().Order(StringComparer.Ordinal)];

    private static string[] Fields(string line)
    {
        var fields = new List<string>();
        for (var rest = line.TrimEnd('\r'); ;)
        {
            var end = rest.StartsWith('"') ? rest.IndexOf("\",", 1, StringComparison.Ordinal) + 1 : rest.IndexOf(',');
            if (end <= 0)
            {
                return [.. fields, Unquoted(rest)];
            }

            fields.Add(Unquoted(rest[..end]));
            rest = rest[(end + 1)..];
        }
    }

    private static string Unquoted(string field) => field.StartsWith('"') ? field[1..^1].Replace("\"\"", "\"") : field;
}
