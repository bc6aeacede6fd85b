#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
#:include ../movies.cs
using Metaflow;

return await FlowProgram.RunAsync<PlayListFlow>(args);

/// <summary>Makes a playlist: the movies of a genre that earned the most, and a surprise from another genre.</summary>
public partial class PlayListFlow : FlowSpec
{
    /// <summary>The movie table.</summary>
    [IncludeFile(Default = "../../data/movies.csv")]
    public partial string MovieData { get; }

    /// <summary>The genre to watch.</summary>
    [Parameter(Default = "Sci-Fi")]
    public partial string Genre { get; }

    /// <summary>How many movies to propose.</summary>
    [Parameter(Default = 5)]
    public partial int Recommendations { get; }

    public partial MovieTable Movies { get; set; }

    public partial string Bonus { get; set; }

    public partial List<string> Titles { get; set; }

    public partial List<string> Playlist { get; set; }

    /// <summary>Reads the table once, for both branches.</summary>
    [Step]
    Transition Start()
    {
        Movies = MovieTable.Parse(MovieData);
        return Next(BonusMovie, GenreMovies);
    }

    /// <summary>Picks a random movie of another genre.</summary>
    [Step]
    Transition BonusMovie()
    {
        var others = Movies.Movies.Except(Movies.Of(Genre)).ToList();
        Bonus = others[Random.Shared.Next(others.Count)].Title;
        return Next(Join);
    }

    /// <summary>Lists the movies of the genre, the highest earning first.</summary>
    [Step]
    Transition GenreMovies()
    {
        Titles = [.. Movies.Of(Genre).Select(movie => movie.Title)];
        return Next(Join);
    }

    /// <summary>Takes the result of each branch.</summary>
    [Step]
    Transition Join(Inputs<PlayListFlow> inputs)
    {
        Playlist = [.. inputs.From(GenreMovies).Titles.Take(Recommendations)];
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
