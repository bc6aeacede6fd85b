#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
#:include ../movies.cs
using Metaflow;

return await FlowProgram.RunAsync<MovieStatsFlow>(args);

/// <summary>The statistics of one genre.</summary>
public sealed record GenreStatistics(double Mean, double Median, int Count, List<string> Top);

/// <summary>Computes the statistics of each genre in a separate task.</summary>
public partial class MovieStatsFlow : FlowSpec
{
    /// <summary>The movie table.</summary>
    [IncludeFile(Default = "../../data/movies.csv")]
    public partial string MovieData { get; }

    public partial MovieTable Movies { get; set; }

    public partial IReadOnlyList<string> Genres { get; set; }

    public partial string Genre { get; set; }

    public partial GenreStatistics Statistics { get; set; }

    public partial Dictionary<string, GenreStatistics> GenreStats { get; set; }

    /// <summary>Finds the genres and starts a task for each.</summary>
    [Step]
    Transition Start()
    {
        Movies = MovieTable.Parse(MovieData);
        Genres = Movies.Genres();
        return Next(ComputeStatistics, forEach: Genres);
    }

    /// <summary>Computes the box-office statistics of one genre.</summary>
    [Step]
    Transition ComputeStatistics(string genre)
    {
        var movies = Movies.Of(genre).ToList();
        Genre = genre;
        Statistics = new GenreStatistics(
            movies.Average(movie => movie.Gross), movies[movies.Count / 2].Gross, movies.Count,
            [.. movies.Take(20).Select(movie => movie.Title)]);
        return Next(Join);
    }

    /// <summary>Collects the genres in one table.</summary>
    [Step]
    Transition Join(Inputs<MovieStatsFlow> inputs)
    {
        GenreStats = inputs.ToDictionary(input => input.Genre, input => input.Statistics);
        return Next(End);
    }

    /// <summary>Prints how many genres there are.</summary>
    [Step]
    void End() => Console.WriteLine($"Statistics of {GenreStats.Count} genres are ready.");
}
