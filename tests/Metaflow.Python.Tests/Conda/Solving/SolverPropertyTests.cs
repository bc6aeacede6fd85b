using Metaflow.Errors;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Tests.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Solving;

/// <summary>Compares the solver with one that tries all combinations in the order of preference.</summary>
public sealed class SolverPropertyTests
{
    private const int MostSteps = 200_000;

    private static int Cases => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 600 : 45;

    [Fact]
    public async Task What_is_asked_for_gets_the_best_that_a_search_of_all_combinations_finds()
    {
        var compared = 0;
        for (var number = 0; number < Cases; number++)
        {
            // Every third case of the generator has many names, which take too long here.
            var seed = 10_000 + (number / 2 * 3) + (number % 2);
            using var bench = new SolverBench();
            var random = new RandomCase(seed - (seed % 3 == 2 ? 1 : 0), bench.Folder);
            var priority = (ChannelPriority)(number % 3);
            var trial = new Trial(await RecordsAsync(bench, random), priority, random.Specs);
            var best = trial.Run();
            if (trial.Steps > MostSteps)
            {
                continue;
            }

            compared++;
            var own = await SolveAsync(bench, bench.Request(random.Channels, [.. random.Specs]) with { Priority = priority });
            Assert.True((best is null) == (own is null), $"Case {seed}, {priority}: {string.Join("; ", random.Specs)}");
            if (own is not null)
            {
                SolverOracleTests.AssertValid(seed, own, random.Specs);
                AssertAsGood(seed, trial, best!, own, random.Specs);
            }
        }

        Assert.True(compared > Cases / 2);
    }

    private static void AssertAsGood(
        int seed, Trial trial, Dictionary<string, CondaRecord> best, IReadOnlyList<CondaRecord> own, IEnumerable<string> specs)
    {
        foreach (var name in specs.Select(static spec => MatchSpec.Parse(spec).Name).Where(best.ContainsKey))
        {
            var record = own.Single(record => record.Name == name);
            var order = trial.Compare(record, best[name]);
            Assert.True(order <= 0, $"Case {seed}: {record} was chosen, and {best[name]} is better.");
            if (order < 0 || record.Url != best[name].Url)
            {
                // Builds that are as good before dependencies are looked at: what follows may differ.
                Assert.Equal(0, order);
                return;
            }
        }
    }

    private static async Task<IReadOnlyList<CondaRecord>?> SolveAsync(SolverBench bench, CondaRequest request)
    {
        try
        {
            return await bench.SolveAsync(request);
        }
        catch (EnvironmentException error) when (error.Code == ErrorCodes.CondaRequestUnsatisfiable)
        {
            return null;
        }
    }

    private static async Task<List<(CondaRecord Record, int Rank)>> RecordsAsync(SolverBench bench, RandomCase random)
    {
        var store = new RepodataStore(new RepodataOptions { CacheFolder = bench.CacheFolder, Client = bench.Client }, new TextPool());
        var records = new List<(CondaRecord Record, int Rank)>();
        foreach (var (folder, rank) in random.Channels.Select(static (channel, rank) => (channel, rank)))
        {
            foreach (var platform in (string[])["linux-64", "noarch"])
            {
                using var list = await store.OpenAsync(
                    CondaChannel.Parse(folder.Path, bench.Options), platform, TestContext.Current.CancellationToken);
                records.AddRange(list!.Names.SelectMany(list.Load).Select(entry => (entry.Record, rank)));
            }
        }

        return records;
    }

    /// <summary>Tries all combinations.</summary>
    private sealed class Trial
    {
        private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<CondaRecord>> _candidates = new(StringComparer.Ordinal);
        private readonly List<MatchSpec> _specs;

        public Trial(List<(CondaRecord Record, int Rank)> records, ChannelPriority priority, IEnumerable<string> specs)
        {
            _specs = [.. specs.Select(MatchSpec.Parse)];
            foreach (var group in records.GroupBy(static entry => entry.Record.Name))
            {
                var first = group.Min(static entry => entry.Rank);
                var usable = group.Where(entry => priority != ChannelPriority.Strict || entry.Rank == first).ToList();
                foreach (var (record, rank) in usable)
                {
                    _ranks[record.Url] = priority == ChannelPriority.Flexible ? rank : 0;
                }

                _candidates[group.Key] = [.. usable.Select(static entry => entry.Record)];
                _candidates[group.Key].Sort(Compare);
            }
        }

        public int Steps { get; private set; }

        public int Compare(CondaRecord one, CondaRecord two) => CandidateOrder.Compare(one, _ranks[one.Url], two, _ranks[two.Url]);

        public Dictionary<string, CondaRecord>? Run()
        {
            var chosen = new Dictionary<string, CondaRecord>(StringComparer.Ordinal);
            return Meet(_specs, 0, chosen) ? chosen : null;
        }

        private static bool Fits(CondaRecord record, Dictionary<string, CondaRecord> chosen)
            => record.Constrains.Select(MatchSpec.Parse).All(limit =>
                    (!chosen.TryGetValue(limit.Name, out var other) || limit.Matches(other))
                    && (SolverBench.Linux.FirstOrDefault(property => property.Name == limit.Name) is not { } own || limit.Matches(own)))
                && chosen.Values.SelectMany(static other => other.Constrains).Select(MatchSpec.Parse)
                    .All(limit => limit.Name != record.Name || limit.Matches(record));

        private bool Meet(List<MatchSpec> open, int next, Dictionary<string, CondaRecord> chosen)
        {
            if (++Steps > MostSteps)
            {
                return false;
            }

            if (next == open.Count)
            {
                return true;
            }

            var spec = open[next];
            if (chosen.TryGetValue(spec.Name, out var there))
            {
                return spec.Matches(there) && Meet(open, next + 1, chosen);
            }

            if (SolverBench.Linux.Any(spec.Matches))
            {
                return Meet(open, next + 1, chosen);
            }

            foreach (var record in _candidates.GetValueOrDefault(spec.Name, []))
            {
                if (spec.Matches(record) && Fits(record, chosen))
                {
                    chosen[record.Name] = record;
                    if (Meet([.. open, .. record.Depends.Select(MatchSpec.Parse)], next + 1, chosen))
                    {
                        return true;
                    }

                    chosen.Remove(record.Name);
                }
            }

            return false;
        }
    }
}
