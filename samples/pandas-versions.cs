#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using System.Globalization;
using Metaflow;

return await FlowProgram.RunAsync<PandasVersionsFlow>(args);

/// <summary>Box-office medians of movie genres, computed by two versions of pandas in two steps.</summary>
/// <remarks>Start it in this folder: it reads the Python file from there. The packages come from the channel conda-forge, unless
/// METAFLOW_CONDA_CHANNELS names others. A name of a channel needs METAFLOW_CONDA_CHANNEL_ALIAS or a .condarc.</remarks>
public partial class PandasVersionsFlow : FlowSpec
{
    /// <summary>The movie file: title, year, genres separated by '|', gross in dollars.</summary>
    [IncludeFile(Default = "data/movies.csv")]
    public partial string MovieData { get; }

    public partial List<string> Genres { get; set; }

    public partial List<double> Gross { get; set; }

    public partial List<string> Versions { get; set; }

    public partial Dictionary<string, double> Medians { get; set; }

    public partial Dictionary<string, double> FormerMedians { get; set; }

    /// <summary>Reads the columns of the table. The values after the title contain no commas.</summary>
    [Step]
    Transition Start()
    {
        var rows = MovieData.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1)
            .Select(static row => row.Split(',')).ToList();
        Genres = [.. rows.Select(static cells => cells[^2])];
        Gross = [.. rows.Select(static cells => double.Parse(cells[^1], CultureInfo.InvariantCulture))];
        Versions = [];
        return Next(ComputeFormerly);
    }

    /// <summary>Computes the medians as an older system does it.</summary>
    [Step, Conda("pandas=1.5.*", Python = "3.11")]
    [PythonStep("statistics.py", Inputs = ["Genres", "Gross", "Versions"], Outputs = ["Medians", "Versions"])]
    Transition ComputeFormerly()
    {
        FormerMedians = Medians;
        return Next(ComputeNow);
    }

    /// <summary>Computes them again with a later version.</summary>
    [Step, Conda("pandas>=2", Python = "3.13")]
    [PythonStep("statistics.py", Inputs = ["Genres", "Gross", "Versions"], Outputs = ["Medians", "Versions"])]
    Transition ComputeNow() => Next(End);

    /// <summary>Shows the genres with the highest medians, and whether both versions agree.</summary>
    [Step]
    void End()
    {
        foreach (var (genre, median) in Medians.OrderByDescending(static genre => genre.Value).Take(3))
        {
            Console.WriteLine($"{genre,-12}{median.ToString("N0", CultureInfo.InvariantCulture),14}");
        }

        var agree = Medians.Count == FormerMedians.Count
            && Medians.All(genre => FormerMedians.TryGetValue(genre.Key, out var former) && former == genre.Value);
        Console.WriteLine($"pandas {string.Join(" and ", Versions)} {(agree ? "agree" : "differ")}");
    }
}
