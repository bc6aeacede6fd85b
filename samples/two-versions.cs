#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
#:package Newtonsoft.Json@13.0.3
using System.Globalization;
using Metaflow;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

return await FlowProgram.RunAsync<TwoVersionsFlow>(args);

/// <summary>Box-office medians of movie genres, computed with two versions of one library in two steps.</summary>
/// <remarks>The table is prepared as an older system does it, with version 12; the statistics need version 13. What is stored between the
/// steps belongs to no version.</remarks>
public partial class TwoVersionsFlow : FlowSpec
{
    /// <summary>The movie file: title, year, genres separated by '|', gross in dollars.</summary>
    [IncludeFile(Default = "data/movies.csv")]
    public partial string MovieData { get; }

    public partial string Movies { get; set; }

    public partial IReadOnlyDictionary<string, double> Medians { get; set; }

    /// <summary>Turns the table into JSON.</summary>
    [Step, NuGet("Newtonsoft.Json", "12.0.3")]
    Transition Start()
    {
        ShowVersion();
        var rows = MovieData.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1);
        Movies = JsonConvert.SerializeObject(rows.Select(static row => row.Split(',')).Select(static cells => new
        {
            Genres = cells[^2].Split('|'),
            Gross = double.Parse(cells[^1], CultureInfo.InvariantCulture),
        }));
        return Next(ComputeStatistics);
    }

    /// <summary>Computes the median of every genre.</summary>
    [Step, NuGet("Newtonsoft.Json", "13.0.4")]
    Transition ComputeStatistics()
    {
        ShowVersion();
        var byGenre = new Dictionary<string, List<double>>();

        // Filters with settings came with version 13.
        var settings = new JsonSelectSettings { ErrorWhenNoMatch = true };
        foreach (var movie in JArray.Parse(Movies).SelectTokens("$[*]", settings))
        {
            foreach (var genre in movie.SelectTokens("$.Genres[*]", settings))
            {
                if (!byGenre.TryGetValue((string)genre!, out var gross))
                {
                    byGenre.Add((string)genre!, gross = []);
                }

                gross.Add((double)movie["Gross"]!);
            }
        }

        Medians = byGenre.ToDictionary(static genre => genre.Key, static genre => genre.Value.Order().ElementAt(genre.Value.Count / 2));
        return Next(End);
    }

    /// <summary>Shows the genres with the highest medians.</summary>
    [Step]
    void End()
    {
        ShowVersion();
        foreach (var (genre, median) in Medians.OrderByDescending(static genre => genre.Value).Take(3))
        {
            Console.WriteLine($"{genre,-12}{median.ToString("N0", CultureInfo.InvariantCulture),14}");
        }
    }

    private static void ShowVersion()
    {
        var file = typeof(JsonConvert).Assembly.Location;
        Console.WriteLine($"with Newtonsoft.Json {System.Diagnostics.FileVersionInfo.GetVersionInfo(file).ProductVersion?.Split('+')[0]}");
    }
}
