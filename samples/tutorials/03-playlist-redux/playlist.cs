#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
using Metaflow;
using Metaflow.Client;

return await FlowProgram.RunAsync<PlayListReduxFlow>(args);

/// <summary>The statistics of one genre, as episode 02 computed them.</summary>
public sealed record GenreStatistics(double Mean, double Median, int Count, List<string> Top);

/// <summary>Makes a playlist from the results of episode 02 instead of a file.</summary>
public partial class PlayListReduxFlow : FlowSpec
{
    /// <summary>The genre to watch.</summary>
    [Parameter(Default = "Sci-Fi")]
    public partial string Genre { get; }

    /// <summary>How many movies to propose.</summary>
    [Parameter(Default = 5)]
    public partial int Recommendations { get; }

    /// <summary>The minimum that the median movie of the bonus genre must have earned, in dollars.</summary>
    [Parameter(Default = 20_000_000L)]
    public partial long MinSales { get; }

    public partial Dictionary<string, GenreStatistics> GenreStats { get; set; }

    public partial string Bonus { get; set; }

    public partial List<string> Playlist { get; set; }

    /// <summary>Reads the table of the newest successful run of MovieStatsFlow.</summary>
    [Step]
    Transition Start()
    {
        var client = new MetaflowClient(".");
        var run = client.Flow("MovieStatsFlow").LatestSuccessfulRun!;
        Console.WriteLine($"Using the statistics of {run.Pathspec}");
        GenreStats = run.Data.Get<Dictionary<string, GenreStatistics>>("genre_stats");
        return Next(BonusMovie, GenreMovies);
    }

    /// <summary>Picks a random movie of another genre that sells well.</summary>
    [Step]
    Transition BonusMovie()
    {
        var genres = GenreStats.Where(one => one.Key != Genre && one.Value.Median >= MinSales).ToList();
        var titles = genres.SelectMany(one => one.Value.Top).Except(GenreStats[Genre].Top).Distinct().ToList();
        Bonus = titles[Random.Shared.Next(titles.Count)];
        return Next(Join);
    }

    /// <summary>Takes the movies of the genre that earned the most.</summary>
    [Step]
    Transition GenreMovies()
    {
        Playlist = [.. GenreStats[Genre].Top.Take(Recommendations)];
        return Next(Join);
    }

    /// <summary>Takes the result of each branch.</summary>
    [Step]
    Transition Join(Inputs<PlayListReduxFlow> inputs)
    {
        Playlist = inputs.From(GenreMovies).Playlist;
        Bonus = inputs.From(BonusMovie).Bonus;
        return Next(End);
    }

    /// <summary>Prints the playlist.</summary>
    [Step]
    void End()
    {
        Console.WriteLine($"Playlist for movies in genre '{Genre}'");
        for (var i = 0; i < Playlist.Count; i++)
        {
            Console.WriteLine($"Pick {i + 1}: '{Playlist[i]}'");
        }

        Console.WriteLine($"Bonus pick: '{Bonus}'");
    }
}
