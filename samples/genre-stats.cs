#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using System.Globalization;
using Metaflow;

return await FlowProgram.RunAsync<GenreStatsFlow>(args);

/// <summary>Box-office quartiles of every movie genre.</summary>
public partial class GenreStatsFlow : FlowSpec
{
    /// <summary>The movie file: title, year, genres separated by '|', gross in dollars.</summary>
    [IncludeFile(Default = "data/movies.csv")]
    public partial string MovieData { get; }

    /// <summary>The most genres to report.</summary>
    [Parameter(Default = 5)]
    public partial int MaxGenres { get; }

    public partial MovieTable Movies { get; set; }

    public partial IReadOnlyList<string> Genres { get; set; }

    public partial string Genre { get; set; }

    public partial double[] Quartiles { get; set; }

    public partial StepFailure? ComputeFailed { get; set; }

    public partial IReadOnlyDictionary<string, double[]> GenreStats { get; set; }

    /// <summary>Reads the table and splits it by genre.</summary>
    [Step]
    Transition Start()
    {
        Movies = MovieTable.Parse(MovieData);
        Genres = Movies.Genres();
        return Next(ComputeStatistics, forEach: Genres);
    }

    /// <summary>Computes the quartiles of one genre.</summary>
    [Step, Retry(Times = 1), Catch(Var = nameof(ComputeFailed))]
    Transition ComputeStatistics(string genre)
    {
        Genre = genre;
        Quartiles = Movies.Quartiles(genre);
        return Next(Join);
    }

    /// <summary>Keeps the genres with the highest medians.</summary>
    [Step]
    Transition Join(Inputs<GenreStatsFlow> inputs)
    {
        GenreStats = inputs
            .Where(input => input.ComputeFailed is null)
            .OrderByDescending(input => input.Quartiles[1])
            .Take(MaxGenres)
            .ToDictionary(input => input.Genre, input => input.Quartiles);
        return Next(End);
    }

    [Step]
    void End()
    {
        Console.WriteLine($"{"genre",-14} {"25 %",12} {"median",12} {"75 %",12}");
        foreach (var (genre, quartiles) in GenreStats)
        {
            Console.WriteLine($"{genre,-14} {quartiles[0],12:N0} {quartiles[1],12:N0} {quartiles[2],12:N0}");
        }
    }
}

/// <summary>One movie.</summary>
public sealed record Movie(string Title, int Year, IReadOnlyList<string> Genres, double Gross);

/// <summary>A table of movies.</summary>
public sealed record MovieTable(IReadOnlyList<Movie> Movies)
{
    /// <summary>Reads the table from CSV text with a header. Fields that contain commas are in quotes.</summary>
    public static MovieTable Parse(string csv) => new(
    [
        .. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Fields).Select(fields => new Movie(
            fields[0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[2].Split('|'),
            double.Parse(fields[3], CultureInfo.InvariantCulture))),
    ]);

    /// <summary>Lists the genres in alphabetical order.</summary>
    public IReadOnlyList<string> Genres() => [.. Movies.SelectMany(movie => movie.Genres).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns the quartiles of a genre's gross.</summary>
    public double[] Quartiles(string genre)
    {
        var gross = Movies.Where(movie => movie.Genres.Contains(genre)).Select(movie => movie.Gross).Order().ToArray();
        return [.. new[] { 0.25, 0.5, 0.75 }.Select(share => Quantile(gross, share))];
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

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
