using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Tests.Conda.Solving.Oracle;

namespace Metaflow.Python.Tests.Conda.Solving;

/// <summary>Compares the solver with that of rattler, on random channels.</summary>
public sealed class SolverOracleTests(ITestOutputHelper output)
{
    /// <summary>How many cases run; METAFLOW_TEST_CASES asks for another number.</summary>
    private static int Cases
        => int.TryParse(Environment.GetEnvironmentVariable("METAFLOW_TEST_CASES"), out var cases) ? cases : 300;

    private static bool IsLong => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1";

    /// <summary>The answers of the oracle to the first cases are kept, so that the daily run needs no Node.</summary>
    [Fact]
    public async Task Random_requests_have_the_answers_that_the_oracle_gave()
    {
        var answers = JsonSerializer.Deserialize<Dictionary<int, OracleAnswer>>(
            await File.ReadAllTextAsync(AnswersPath, TestContext.Current.CancellationToken), JsonSerializerOptions.Web)!;
        Assert.Equal(24, answers.Count);
        foreach (var (seed, answer) in answers)
        {
            using var bench = new SolverBench();
            var own = await SolveAsync(bench, new RandomCase(seed, bench.Folder));
            AssertSame(seed, answer, own);
        }
    }

    [Fact]
    public async Task Three_hundred_random_requests_are_solved_as_the_oracle_solves_them()
    {
        Assert.SkipUnless(IsLong, "It is one of the long tests: 'eng/test.sh --all'.");
        using var place = new SolverBench();
        using var oracle = OracleProcess.Start(Path.Combine(place.Folder, "oracle"));
        var report = new StringBuilder();
        var contradictions = new StringBuilder();
        var kept = new SortedDictionary<int, OracleAnswer>();
        var (solved, same, asGood, refused, later) = (0, 0, 0, 0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            using var bench = new SolverBench();
            var random = new RandomCase(seed, bench.Folder);
            var answer = oracle.Solve(Question(random));
            var own = await SolveAsync(bench, random);
            if (IsFromLaterChannel(answer, random))
            {
                later++;
                continue;
            }

            if ((answer.Records is null) != (own is null))
            {
                KeepChannels(seed, random);
                contradictions.AppendLine(
                    $"{seed}: {string.Join("; ", random.Specs)}: the oracle says {answer.Error ?? string.Join(' ', answer.Records!)}; "
                        + $"we say {Text(own)}.");
                continue;
            }

            if (own is null)
            {
                refused++;
                Keep(kept, seed, answer with { Error = "unsatisfiable" });
                continue;
            }

            solved++;
            AssertValid(seed, own, random.Specs);
            var places = own.Select(SolverBench.Place).Order(StringComparer.Ordinal).ToArray();
            if (places.SequenceEqual(answer.Records!.Order(StringComparer.Ordinal)))
            {
                same++;
                Keep(kept, seed, answer);
                continue;
            }

            asGood += IsAsGood(own, answer.Records!, random) ? 1 : 0;
            KeepChannels(seed, random);
            Report(report, seed, random, answer.Records!, places);
        }

        output.WriteLine(
            $"{Cases} cases: {solved} solved, {same} of them the same and {asGood} as good or better, {refused} without a solution, "
            + $"{later} in which the oracle leaves the first channel.\n{report}");
        await RecordAsync(kept, $"{report}{contradictions}");
        Assert.Equal("", contradictions.ToString());
        Assert.True(same + asGood == solved && same >= solved * 98 / 100, report.ToString());
    }

    private static void Report(StringBuilder report, int seed, RandomCase random, IEnumerable<string> answer, string[] own)
        => report.AppendLine($"{seed}: {string.Join("; ", random.Specs)}")
            .AppendLine($"   oracle only: {string.Join(' ', answer.Except(own))}")
            .AppendLine($"   ours only:   {string.Join(' ', own.Except(answer))}");

    private static async Task RecordAsync(SortedDictionary<int, OracleAnswer> kept, string report)
    {
        if (Environment.GetEnvironmentVariable("METAFLOW_TEST_RECORD") is { Length: > 0 } record)
        {
            var token = TestContext.Current.CancellationToken;
            await File.WriteAllTextAsync(record, JsonSerializer.Serialize(kept, JsonSerializerOptions.Web), token);
            await File.WriteAllTextAsync(record + ".txt", report, token);
        }
    }

    private static string AnswersPath => Path.Combine(AppContext.BaseDirectory, "Conda", "Solving", "Oracle", "answers.json");

    private static OracleQuestion Question(RandomCase random) => new(
        random.Specs,
        [.. random.Channels.Select(static channel => channel.Path)],
        "linux-64",
        [.. SolverBench.Linux.Select(static property => new[] { property.Name, property.Version.Text, property.Build })]);

    private static async Task<IReadOnlyList<CondaRecord>?> SolveAsync(SolverBench bench, RandomCase random)
    {
        try
        {
            return await bench.SolveAsync(bench.Request(random.Channels, [.. random.Specs]));
        }
        catch (EnvironmentException error) when (error.Code == ErrorCodes.CondaRequestUnsatisfiable)
        {
            return null;
        }
    }

    private static void Keep(SortedDictionary<int, OracleAnswer> kept, int seed, OracleAnswer answer)
    {
        if (kept.Count < 24)
        {
            kept[seed] = answer with { Milliseconds = 0 };
        }
    }

    // Goes through the requirements in the order of preference, to the first for which the solutions have another record.
    private static bool IsAsGood(IReadOnlyList<CondaRecord> own, IReadOnlyList<string> other, RandomCase random)
    {
        var ours = own.ToDictionary(static record => record.Name);
        var queue = new Queue<string>(random.Specs);
        var seen = new HashSet<string>();
        while (queue.TryDequeue(out var spec))
        {
            var name = MatchSpec.Parse(spec).Name;
            if (!seen.Add(name) || !ours.TryGetValue(name, out var record))
            {
                continue;
            }

            if (!other.Contains(SolverBench.Place(record)))
            {
                var rival = other.FirstOrDefault(place => place.Contains($"::{name}-", StringComparison.Ordinal));
                // As good before dependencies are looked at: the oracle also counts versions of channels that it must not use.
                return rival is not null && CandidateOrder.Compare(record, 0, random.Record(rival), 0) <= 0;
            }

            foreach (var need in record.Depends)
            {
                queue.Enqueue(need);
            }
        }

        return false;
    }

    // The oracle drops what the request itself does not match before it looks at the order of channels. So it takes a package from a later
    // channel although an earlier one has the name: see A_channel_that_has_the_name_counts_even_if_nothing_of_it_fits.
    private static bool IsFromLaterChannel(OracleAnswer answer, RandomCase random)
        => answer.Records is not null && random.Specs.Select(static spec => MatchSpec.Parse(spec).Name).Any(name =>
            random.Channels.FindIndex(channel => channel.HasName(name)) is var first
            && answer.Records.Any(record => record.Contains($"::{name}-", StringComparison.Ordinal)
                && !record.StartsWith($"c{first}/", StringComparison.Ordinal)));

    // Who looks into a difference needs the channels.
    private static void KeepChannels(int seed, RandomCase random)
    {
        if (Environment.GetEnvironmentVariable("METAFLOW_TEST_RECORD") is { Length: > 0 } record)
        {
            foreach (var list in random.Channels.SelectMany(static channel =>
                Directory.EnumerateFiles(channel.Path, "*.json", SearchOption.AllDirectories)))
            {
                var target = Path.Combine($"{record}.{seed}", Path.GetRelativePath(Path.GetDirectoryName(random.Channels[0].Path)!, list));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(list, target, overwrite: true);
            }
        }
    }

    private static void AssertSame(int seed, OracleAnswer answer, IReadOnlyList<CondaRecord>? own)
    {
        var places = own?.Select(SolverBench.Place).Order(StringComparer.Ordinal);
        Assert.True(
            places is null ? answer.Records is null : answer.Records is not null && places.SequenceEqual(answer.Records),
            $"Case {seed}: the oracle says {answer.Error ?? string.Join(' ', answer.Records!)}; we say {Text(own)}.");
    }

    private static string Text(IReadOnlyList<CondaRecord>? records)
        => records is null ? "unsatisfiable" : string.Join(' ', records.Select(SolverBench.Place));

    /// <summary>Checks a solution without the solver: every need is met, nothing is there that is constrained, no name is twice.</summary>
    internal static void AssertValid(int seed, IReadOnlyList<CondaRecord> records, IEnumerable<string> specs)
    {
        var names = records.ToDictionary(static record => record.Name);
        foreach (var spec in specs.Concat(records.SelectMany(static record => record.Depends)).Select(MatchSpec.Parse))
        {
            var isMet = names.TryGetValue(spec.Name, out var record) ? spec.Matches(record) : SolverBench.Linux.Any(spec.Matches);
            Assert.True(isMet, $"Case {seed}: '{spec}' is not met by {Text(records)}.");
        }

        foreach (var spec in records.SelectMany(static record => record.Constrains).Select(MatchSpec.Parse))
        {
            Assert.True(!names.TryGetValue(spec.Name, out var record) || spec.Matches(record), $"Case {seed}: '{spec}' is broken.");
        }
    }
}
