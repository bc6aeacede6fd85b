namespace Metaflow.Packaging.Tests;

/// <summary>Every sample runs as its reader would run it. Takes the packages only to run after they were packed, not beside it.</summary>
public sealed class SampleTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-samples-").FullName;

    private static string Samples { get; } = Path.Combine(PackedPackages.FindRoot(), "samples");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Hello_greets()
        => Assert.Contains("Hello, Ada!", await RunAsync("hello.cs", "run", "--who", "Ada"), StringComparison.Ordinal);

    [Fact]
    public async Task Branch_compares_both_ways()
    {
        var output = await RunAsync("branch.cs", "run", "--samples", "1000");
        Assert.Contains("series: off by 0.001000", output, StringComparison.Ordinal);
        Assert.Contains("darts: off by 0.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decorators_of_an_author_time_skip_and_harden()
    {
        var output = await RunAsync("decorators.cs", "run");
        Assert.Contains("Task is starting (retry).", output, StringComparison.Ordinal);
        Assert.Contains("enlarge is skipped: LONG_REPORT is not set", output, StringComparison.Ordinal);
        Assert.Contains("the short report took less than a minute", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tasks_of_a_gang_agree_on_the_slope()
    {
        var output = await RunAsync("gang.cs", "run", "--nodes", "2");
        Assert.Contains("node 1 of 2: slope 3.000", output, StringComparison.Ordinal);
        Assert.Contains("all agree on 3.000", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Genre_statistics_are_those_of_the_table()
    {
        var output = await RunAsync("genre-stats.cs", "run", "--max-genres", "7");
        Assert.Contains("Including file", output, StringComparison.Ordinal);
        var rows = output.Split('\n').Where(static line => line.Contains("Adventure ", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["Adventure", "25,576,043", "68,894,777", "141,611,061"],
            rows.Single().Split(' ', StringSplitOptions.RemoveEmptyEntries)[^4..]);
    }

    [Fact]
    public async Task The_movie_table_of_the_reference_works_too()
    {
        var movies = Path.GetFullPath(Path.Combine(Samples, "..", "..", "shared", "data", "movies.csv"));
        Assert.SkipUnless(File.Exists(movies), "'../shared/data/movies.csv' is not there.");
        var output = await RunAsync("genre-stats.cs", "run", "--movie-data", movies, "--max-genres", "7");
        Assert.Contains("Foreach yields 22 child steps.", output, StringComparison.Ordinal);
        Assert.Contains("Animation        31,570,280   83,186,910  166,345,839", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ranking_shows_every_model_that_the_search_trained_the_best_first()
    {
        var search = await RunAsync("hyperparameter-search.cs", "run");
        Assert.Contains("12 settings", search, StringComparison.Ordinal);
        var ranking = (await RunAsync("ranking.cs")).TrimEnd().Split('\n')[1..];
        Assert.Equal(12, ranking.Length);
        var errors = ranking.Select(static line => double.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(errors.Order(), errors);
        Assert.InRange(errors[0], 0.3, 1.2);
    }

    [Fact]
    public async Task Two_steps_run_with_two_versions_of_one_library_and_the_last_one_with_that_of_the_program()
    {
        var output = await RunAsync("two-versions.cs", "run");

        Assert.Matches(@"start/1 .*with Newtonsoft.Json 12\.0\.3", output);
        Assert.Matches(@"compute_statistics/2 .*with Newtonsoft.Json 13\.0\.4", output);
        Assert.Matches(@"end/3 .*with Newtonsoft.Json 13\.0\.3", output);
        Assert.Contains("Adventure", output, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string sample, params string[] arguments)
    {
        Assert.NotEmpty(packages.Version);
        var environment = new Dictionary<string, string>
        {
            ["METAFLOW_USER"] = "tester",
            ["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = _folder,
            ["METAFLOW_ENVIRONMENTS_FOLDER"] = Path.Combine(_folder, "environments"),
        };
        var command = await DotnetCommand.RunAsync(_folder, environment, ["run", Path.Combine(Samples, sample), "--", .. arguments]);
        command.AssertSucceeded();
        return command.Output;
    }
}
