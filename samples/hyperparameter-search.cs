#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
#:package MathNet.Numerics@5.0.0
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Metaflow;

return await FlowProgram.RunAsync<HyperparameterSearchFlow>(args);

/// <summary>Predicts a movie's gross from its year and genres. Trains a ridge regression for each of a dozen settings, and picks the
/// best.</summary>
public partial class HyperparameterSearchFlow : FlowSpec
{
    /// <summary>The movie metadata file.</summary>
    [IncludeFile(Default = "data/movies.csv")]
    public partial string MovieData { get; }

    /// <summary>The penalties to try.</summary>
    [Parameter(Default = "[0.01, 1, 30, 1000]")]
    public partial IReadOnlyList<double> Penalties { get; }

    /// <summary>The degrees of the polynomial of the year to try.</summary>
    [Parameter(Default = "[1, 2, 3]")]
    public partial IReadOnlyList<int> Degrees { get; }

    public partial Dataset Data { get; set; }

    public partial List<Setting> Settings { get; set; }

    public partial Trial Trial { get; set; }

    public partial List<Trial> Ranking { get; set; }

    public partial Trial Best { get; set; }

    [Step]
    Transition Start()
    {
        Data = Dataset.Parse(MovieData);
        Settings = [.. from degree in Degrees from penalty in Penalties select new Setting(degree, penalty)];
        Console.WriteLine($"{Data.LogGross.Length} movies, {Data.Genres.Count} genres, {Settings.Count} settings");
        return Next(Train, forEach: Settings);
    }

    /// <summary>Fits one model on four fifths of the movies and measures it on the rest.</summary>
    [Step, Retry(Times = 2)]
    Transition Train(Setting setting)
    {
        var folds = Data.Fold();
        var features = Data.Features(setting.Degree);
        var train = Enumerable.Range(0, folds.Length).Where(i => folds[i] != 0).ToArray();
        var test = Enumerable.Range(0, folds.Length).Where(i => folds[i] == 0).ToArray();

        var x = Matrix<double>.Build.DenseOfRows(train.Select(i => features[i]));
        var y = Vector<double>.Build.DenseOfEnumerable(train.Select(i => Data.LogGross[i]));
        var penalty = Matrix<double>.Build.DenseDiagonal(x.ColumnCount, setting.Penalty);
        var weights = (x.TransposeThisAndMultiply(x) + penalty).Cholesky().Solve(x.TransposeThisAndMultiply(y));

        var errors = test.Select(i => Vector<double>.Build.DenseOfArray(features[i]).DotProduct(weights) - Data.LogGross[i]);
        Trial = new Trial(setting, Math.Sqrt(errors.Average(error => error * error)), weights.ToArray());
        Console.WriteLine($"degree {setting.Degree}, penalty {setting.Penalty}: error {Trial.Error:0.0000}");
        return Next(Choose);
    }

    [Step]
    Transition Choose(Inputs<HyperparameterSearchFlow> inputs)
    {
        Ranking = [.. inputs.Select(input => input.Trial).OrderBy(trial => trial.Error)];
        Best = Ranking[0];
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"best: degree {Best.Setting.Degree}, penalty {Best.Setting.Penalty}, error {Best.Error:0.0000}");
}

/// <summary>The settings with which a model is trained.</summary>
public sealed record Setting(int Degree, double Penalty);

/// <summary>A trained model: its root mean square error in powers of ten of dollars, and its weights.</summary>
public sealed record Trial(Setting Setting, double Error, double[] Weights);

/// <summary>The movies, as numbers.</summary>
public sealed record Dataset(double[] Years, double[] LogGross, IReadOnlyList<string> Genres, List<int[]> GenreIndices)
{
    /// <summary>Reads the CSV text. The last three columns contain no commas. A movie that earned nothing has no logarithm, so it is
    /// skipped.</summary>
    public static Dataset Parse(string csv)
    {
        var rows = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimEnd('\r').Split(',')[^3..])
            .Where(row => row[2] != "0").ToList();
        var genres = rows.SelectMany(row => row[1].Split('|')).Distinct().Order(StringComparer.Ordinal).ToList();
        return new Dataset(
            [.. rows.Select(row => (double.Parse(row[0], CultureInfo.InvariantCulture) - 2000) / 20)],
            [.. rows.Select(row => Math.Log10(double.Parse(row[2], CultureInfo.InvariantCulture)))],
            genres,
            [.. rows.Select(row => row[1].Split('|').Select(genre => genres.IndexOf(genre)).ToArray())]);
    }

    /// <summary>Assigns each movie to one of five folds, the same in every task.</summary>
    public int[] Fold()
    {
        var random = new Random(7);
        return [.. Years.Select(_ => random.Next(5))];
    }

    /// <summary>Returns each movie's features: powers of the year, and one number per genre.</summary>
    public double[][] Features(int degree) =>
    [
        .. Years.Select((year, i) => Enumerable.Range(0, degree + 1).Select(power => Math.Pow(year, power))
            .Concat(Enumerable.Range(0, Genres.Count).Select(genre => GenreIndices[i].Contains(genre) ? 1.0 : 0.0)).ToArray()),
    ];
}
