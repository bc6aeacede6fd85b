using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Tests.Scheduling;

namespace Metaflow.Tests.Reuse;

/// <summary>Random flows, random failures and random edits, through the code that really runs, records, clones and compares.</summary>
public sealed class ReusePropertyTests : IDisposable
{
    private const int MaxSteps = 24;

    private static readonly string[] Upstream = ["first", "second"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-reuse-");

    private readonly string[] _files;

    // The last two have the same content.
    public ReusePropertyTests() => _files = [.. new[] { "one", "two", "two" }.Select((text, i) =>
    {
        var path = Path.Combine(_folder.FullName, $"{i}.txt");
        File.WriteAllText(path, text);
        return path;
    })];

    /// <summary>How many cases run: more with METAFLOW_LONG_TESTS=1, which 'eng/test.sh --all' sets; METAFLOW_TEST_CASES asks for another
    /// number.</summary>
    private static readonly int Cases = int.TryParse(
        Environment.GetEnvironmentVariable("METAFLOW_TEST_CASES"), CultureInfo.InvariantCulture, out var cases) ? cases
        : Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 2000 : 500;

    [Fact]
    public async Task A_resume_ends_with_the_same_artifacts_as_an_unbroken_run_and_runs_nothing_twice()
    {
        var (resumed, clonedGangs) = (0, 0);
        await ForEachSeedAsync(async seed =>
        {
            var (resumes, gangs) = await ResumeAsync(seed);
            Interlocked.Add(ref resumed, resumes);
            Interlocked.Add(ref clonedGangs, gangs);
        });
        Assert.True(resumed > Cases / 3, $"only {resumed} resumes");
        Assert.True(clonedGangs > Cases / 20, $"only {clonedGangs} tasks of gangs were cloned");
    }

    [Fact]
    public async Task The_cache_never_takes_what_a_full_rerun_would_compute_differently()
    {
        var (reused, tasks) = (0, 0);
        await ForEachSeedAsync(async seed =>
        {
            var (reusedNow, tasksNow) = await CacheAsync(seed);
            Interlocked.Add(ref reused, reusedNow);
            Interlocked.Add(ref tasks, tasksNow);
        });
        Assert.True(reused > tasks / 2, $"only {reused} of {tasks} tasks were reused");
    }

    [Fact]
    public async Task A_value_that_is_new_to_a_sweep_runs_alone_wherever_it_is_put()
    {
        var kept = 0;
        await ForEachSeedAsync(async seed =>
        {
            var random = new Random(seed);
            var graph = SweepGraph(random.Next(1, 4));
            var program = new GeneratedProgram(graph, graph.Steps.ToDictionary(
                static step => step.Name, _ => random.Next(100)), new HashSet<string>())
            { HasInputs = true, IsPlaceless = true };
            var runs = await MakeRunsAsync();
            var request = WithInputs(Request(random), random, all: true);
            Assert.True((await runs.RunAsync(program, request)).Succeeded, $"seed {seed}: {string.Join("; ", runs.Errors)}");
            var seen = Items(request).ToHashSet();
            for (var edit = 0; edit < 4; edit++)
            {
                request = request with
                {
                    Parameters = new Dictionary<string, string>(request.Parameters)
                    {
                        ["sweep"] = Swept(request.Parameters["sweep"], random),
                    },
                };
                Assert.True(
                    (await runs.RunAsync(program, request with { UsesCache = true })).Succeeded,
                    $"seed {seed}: {string.Join("; ", runs.Errors)}");
                var ran = runs.Events.OfType<RunEvent.TaskStarting>().CountBy(static starting => starting.Task.Step).ToDictionary();
                var items = Items(request);
                foreach (var step in graph.Steps.Where(static step => step.ItemType is not null))
                {
                    Assert.True(
                        ran.GetValueOrDefault(step.Name) <= items.Count(item => !seen.Contains(item)),
                        $"seed {seed}, edit {edit}: {step.Name} ran {ran.GetValueOrDefault(step.Name)} "
                            + $"times for [{string.Join(", ", items)}]");
                }

                Interlocked.Add(ref kept, items.Count(seen.Contains));
                seen.UnionWith(items);
            }
        }, Cases / 10);
        Assert.True(kept > Cases / 20, $"only {kept} items were known");
    }

    [Fact]
    public async Task Values_that_rotted_are_computed_anew_and_the_next_run_takes_them()
    {
        var (damaged, reused) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(1, Cases / 4), TestContext.Current.CancellationToken, async (seed, _) =>
        {
            var random = new Random(seed);
            var program = new GeneratedProgram(Graph(seed), new Dictionary<string, int>(), new HashSet<string>());
            var runs = new MemoryRuns();
            var whole = await runs.RunAsync(program, new RunRequest());
            var expected = await runs.ReadAsync(program.Graph, whole.RunId);
            await runs.RunAsync(program, new RunRequest { UsesCache = true });
            var never = runs.Executed;
            foreach (var key in (await runs.KeysAsync(program.Graph, whole.RunId)).Where(_ => random.Next(6) == 0).ToList())
            {
                await runs.DamageAsync(key);
            }

            var cached = await runs.RunAsync(program, new RunRequest { UsesCache = true, Explains = true });
            Assert.True(cached.Succeeded, $"seed {seed}: {cached.Error?.Message} {string.Join("; ", runs.Errors)}");
            Assert.Equal(expected, await runs.ReadAsync(program.Graph, cached.RunId));
            Interlocked.Add(
                ref damaged,
                runs.Events.OfType<RunEvent.TaskNotReused>()
                    .Count(static refused => refused.Reason.Contains("[MF4005]", StringComparison.Ordinal)));
            Interlocked.Add(ref reused, expected.Count - runs.Executed);
            await runs.RunAsync(program, new RunRequest { UsesCache = true });
            Assert.Equal(never, runs.Executed);
        });
        Assert.True(damaged > Cases / 8, $"only {damaged} tasks were told to have a damaged result");
        Assert.True(reused > Cases / 4, $"only {reused} tasks were reused");
    }

    [Fact]
    public async Task A_resume_runs_what_rotted_again()
    {
        var again = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1, Cases / 4), TestContext.Current.CancellationToken, async (seed, _) =>
        {
            var random = new Random(seed);
            var program = new GeneratedProgram(Graph(seed), new Dictionary<string, int>(), new HashSet<string>());
            var runs = new MemoryRuns();
            var whole = await runs.RunAsync(program, new RunRequest());
            var expected = await runs.ReadAsync(program.Graph, whole.RunId);
            var parameters = (await runs.ParameterKeysAsync(whole.RunId)).ToHashSet();
            var rotten = (await runs.KeysAsync(program.Graph, whole.RunId))
                .Where(key => !parameters.Contains(key) && random.Next(6) == 0).ToList();
            foreach (var key in rotten)
            {
                await runs.DamageAsync(key);
            }

            var resumed = await runs.RunAsync(program, new RunRequest { Resume = new ResumeRequest() });
            Assert.True(resumed.Succeeded, $"seed {seed}: {resumed.Error?.Message} {string.Join("; ", runs.Errors)}");
            Assert.Equal(expected, await runs.ReadAsync(program.Graph, resumed.RunId));
            Assert.True(rotten.Count == 0 || runs.Executed > 0, $"seed {seed}: all was cloned");
            Interlocked.Add(ref again, runs.Executed);
        });
        Assert.True(again > Cases / 8, $"only {again} tasks ran again");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task ForEachSeedAsync(Func<int, Task> check, int? cases = null)
        => Parallel.ForEachAsync(
            Enumerable.Range(1, cases ?? Cases), TestContext.Current.CancellationToken, async (seed, _) => await check(seed));

    /// <summary>Runs a flow whole, and again with failures until it is resumed to its end, at times with other parameters; returns how
    /// often it was, and how many tasks of gangs were cloned.</summary>
    private static async Task<(int Resumes, int ClonedGangs)> ResumeAsync(int seed)
    {
        var random = new Random(seed);
        var program = new GeneratedProgram(Graph(seed), new Dictionary<string, int>(), new HashSet<string>());
        var runs = new MemoryRuns();
        var parameters = Given(random);
        var whole = await runs.RunAsync(program, Request(random) with { Parameters = parameters });
        Assert.True(whole.Succeeded, $"seed {seed}: {whole.Error?.Message} {string.Join("; ", runs.Errors)}");
        var expected = await runs.ReadAsync(program.Graph, whole.RunId);
        var failing = program with
        {
            Failing = expected.Keys.Where(_ => random.Next(6) == 0)
                .Select(static key => key.Replace("[", "", StringComparison.Ordinal).TrimEnd(']')).ToHashSet(),
        };
        var outcome = await runs.RunAsync(failing, Request(random) with { Parameters = parameters });
        var (executed, failures, resumes, gangs, isChanged) = (runs.Executed, outcome.Succeeded ? 0 : 1, 0, 0, false);
        for (; !outcome.Succeeded; resumes++)
        {
            failing = failing with
            {
                Failing = resumes > 3 ? new HashSet<string>() : failing.Failing.Where(_ => random.Next(2) == 0).ToHashSet(),
            };
            if (random.Next(4) == 0)
            {
                parameters = Given(random);
                isChanged = true;
            }

            outcome = await runs.RunAsync(failing, Request(random) with { Resume = new ResumeRequest(), Parameters = parameters });
            failures += outcome.Succeeded ? 0 : 1;
            executed += runs.Executed;
            gangs += runs.Events.OfType<RunEvent.TaskCloned>().Count(cloned => program.Graph.Find(cloned.Task.Step)!.IsMarkedParallel);
            AssertPlanHolds(runs);
            AssertPlanTellsWhatRuns(runs, program.Graph, outcome);
        }

        var actual = await runs.ReadAsync(program.Graph, outcome.RunId);
        if (isChanged)
        {
            whole = await runs.RunAsync(program, Request(random) with { Parameters = parameters });
            expected = await runs.ReadAsync(program.Graph, whole.RunId);
        }

        Assert.Equal(expected, actual);
        Assert.True(
            isChanged || (executed >= expected.Count && executed <= expected.Count + (failures * 6)),
            $"seed {seed}: {executed} executions of {expected.Count} tasks, {failures} failed runs");
        return (resumes, gangs);
    }

    /// <summary>Edits a flow and what it is given a few times, and compares each cached run with one that starts from nothing; returns how
    /// many tasks were reused of how many.</summary>
    private async Task<(int Reused, int Tasks)> CacheAsync(int seed)
    {
        var (reused, tasks) = (0, 0);
        var random = new Random(seed);
        var program = new GeneratedProgram(Graph(seed), new Dictionary<string, int>(), new HashSet<string>()) { HasInputs = true };
        var runs = await MakeRunsAsync();
        var request = WithInputs(Request(random) with { Parameters = Given(random) }, random, all: true);
        var first = await runs.RunAsync(program, request);
        Assert.True(first.Succeeded, $"seed {seed}: {first.Error?.Message} {string.Join("; ", runs.Errors)}");
        for (var edit = 0; edit < 3; edit++)
        {
            program = Edited(program, random);
            request = WithInputs(
                random.Next(2) == 0 ? request : WithGiven(request, Given(random)), random, all: false) with
            {
                MaxWorkers = random.Next(1, 6),
            };
            var cached = await runs.RunAsync(program, request with { UsesCache = true });
            Assert.True(cached.Succeeded, $"seed {seed}: {cached.Error?.Message} {string.Join("; ", runs.Errors)}");
            var executed = runs.Executed;
            var actual = await runs.ReadAsync(program.Graph, cached.RunId);
            var alone = await MakeRunsAsync();
            var full = await alone.RunAsync(program, request);
            var expected = await alone.ReadAsync(program.Graph, full.RunId);
            foreach (var (key, artifacts) in expected)
            {
                Assert.True(
                    actual.TryGetValue(key, out var found) && found == artifacts,
                    $"seed {seed}, edit {edit}, {key}:\n{artifacts}\n--- but\n{actual.GetValueOrDefault(key)}");
            }

            Assert.Equal(expected.Count, actual.Count);
            reused += actual.Count - executed;
            tasks += actual.Count;
        }

        return (reused, tasks);
    }

    /// <summary>Makes stores in which there are the runs that triggers name.</summary>
    private static async Task<MemoryRuns> MakeRunsAsync()
    {
        var runs = new MemoryRuns();
        foreach (var runId in Upstream)
        {
            await runs.AddTriggerAsync("Up", runId);
        }

        return runs;
    }

    private static GeneratedProgram Edited(GeneratedProgram program, Random random)
    {
        var step = program.Graph.Steps[random.Next(program.Graph.Steps.Count)].Name;
        var other = program.Graph.Steps[random.Next(program.Graph.Steps.Count)].Name;
        return program with
        {
            Versions = Edited(program.Versions, step, random.Next(3) > 0 ? random.Next(3) : null),
            Variables = Edited(program.Variables, other, random.Next(3) == 0 ? new string('v', random.Next(3)) : null),

            // As one decorator of the flow does.
            Cpus = random.Next(3) > 0 ? program.Cpus : Same(program, random.Next(1, 4)),
            MoreParameters = random.Next(8) == 0 ? 1 - program.MoreParameters : program.MoreParameters,
        };
    }

    private static Dictionary<string, int> Same(GeneratedProgram program, int cpus)
        => program.Graph.Steps.ToDictionary(static step => step.Name, _ => cpus);

    private static Dictionary<string, T> Edited<T>(IReadOnlyDictionary<string, T> before, string step, object? value)
        => value is T edited ? new(before) { [step] = edited } : new(before);

    private static RunRequest WithGiven(RunRequest request, Dictionary<string, string> given)
        => request with
        {
            Parameters = new Dictionary<string, string>(request.Parameters.Where(pair => !given.ContainsKey(pair.Key)).Concat(given)),
        };

    /// <summary>Gives a run what is no number: each of it by chance, or all.</summary>
    private RunRequest WithInputs(RunRequest request, Random random, bool all)
    {
        bool Now() => all || random.Next(4) == 0;
        var given = new Dictionary<string, string>(request.Parameters);
        if (Now())
        {
            given["sweep"] = Swept(given.GetValueOrDefault("sweep", "[]"), random);
        }

        if (Now())
        {
            given["file"] = _files[random.Next(_files.Length)];
        }

        return request with
        {
            Parameters = given,
            FlowOptions = Now() ? Options(random) : request.FlowOptions,
            Configs = Now()
                ? new ConfigRequest
                {
                    Values = new Dictionary<string, string>
                    {
                        [$"c{random.Next(GeneratedProgram.ConfigCount)}"] = $"{{\"a\": {random.Next(3)}}}",
                    },
                }
                : request.Configs,
        };
    }

    /// <summary>Edits a list as an author of a sweep does: puts a value in front, into the middle or at the end, takes one away, turns it
    /// around.</summary>
    private static string Swept(string before, Random random)
    {
        var items = JsonSerializer.Deserialize<List<int>>(before)!;
        if (items.Count == 0 || (items.Count < 4 && random.Next(2) == 0))
        {
            items.Insert(random.Next(2) == 0 ? 0 : random.Next(items.Count + 1), random.Next(6));
        }
        else if (random.Next(2) == 0)
        {
            items.RemoveAt(random.Next(items.Count));
        }
        else
        {
            items.Reverse();
        }

        return JsonSerializer.Serialize(items);
    }

    private static void AssertPlanHolds(MemoryRuns runs)
    {
        var plan = runs.Events.OfType<RunEvent.ResumePlanned>().Single().Plan;
        var cloned = runs.Events.OfType<RunEvent.TaskCloned>().CountBy(static cloned => cloned.Task.Step).ToDictionary();
        Assert.Equal(
            plan.Steps.Where(static step => step.Cloned > 0).ToDictionary(static step => step.Step, static step => step.Cloned), cloned);

        // No clone is made after a task was started: a failure could otherwise lose it.
        var firstStart = runs.Events.FindIndex(static e => e is RunEvent.TaskStarting);
        Assert.True(firstStart < 0 || runs.Events.FindLastIndex(static e => e is RunEvent.TaskCloned) < firstStart);
    }

    /// <summary>Nothing runs that the plan does not tell of; what it tells of runs, but for what a switch or an empty foreach leaves
    /// out.</summary>
    private static void AssertPlanTellsWhatRuns(MemoryRuns runs, FlowGraph graph, RunOutcome outcome)
    {
        var plan = runs.Events.OfType<RunEvent.ResumePlanned>().Single().Plan;
        var ran = runs.Events.OfType<RunEvent.TaskStarting>().Select(static starting => starting.Task.Step).ToHashSet();
        Assert.Subset(
            plan.Steps.Where(static step => step.Reruns.Count > 0 || step.FollowsReruns).Select(static step => step.Step).ToHashSet(), ran);
        if (outcome.Succeeded && graph.Steps.All(step => graph.KindOf(step) != StepKind.SplitForeach))
        {
            Assert.Subset(
                ran,
                plan.Steps.Where(static step => step.FollowsReruns && !step.DependsOnSwitch).Select(static step => step.Step).ToHashSet());
        }
    }

    private static RunRequest Request(Random random) => new() { MaxWorkers = random.Next(1, 6), MaxNumSplits = 1000, CacheRuns = 10 };

    /// <summary>What is no artifact: options of the flow's decorators, and what triggered the run.</summary>
    private static FlowOptionValues Options(Random random) => new(new Dictionary<string, IReadOnlyList<string>>
    {
        ["trigger"] = [.. Upstream.Where(_ => random.Next(2) == 0).Select(static runId => $"Up/{runId}")],
        ["level"] = [new string('x', random.Next(1, 4))],
        ["more"] = [.. Enumerable.Range(1, random.Next(3)).Select(static i => $"{i}")],
    });

    private static Dictionary<string, string> Given(Random random) => Enumerable.Range(0, GeneratedProgram.ParameterCount)
            .ToDictionary(static i => $"p{i}", _ => random.Next(1, 3).ToString(CultureInfo.InvariantCulture));

    private static List<int> Items(RunRequest request) => JsonSerializer.Deserialize<List<int>>(request.Parameters["sweep"])!;

    /// <summary>A foreach over the list to sweep over; the steps of its body take the item.</summary>
    private static FlowGraph SweepGraph(int length)
    {
        var names = Enumerable.Range(0, length).Select(static i => $"body{i}").Append("join").ToList();
        return new FlowGraph("GeneratedFlow",
        [
            new StepNode { Name = "start", MethodName = "start", Transitions = [new TransitionNode([names[0]], "sweep", false, 0, 1)] },
            .. Enumerable.Range(0, length)
                .Select(i => new StepNode
                {
                    Name = names[i],
                    MethodName = names[i],
                    ItemType = "int",
                    Transitions = [new TransitionNode([names[i + 1]], null, false, 0, 1)],
                }),
            new StepNode
            {
                Name = "join",
                MethodName = "join",
                TakesInputs = true,
                Transitions = [new TransitionNode(["end"], null, false, 0, 1)],
            },
            new StepNode { Name = "end", MethodName = "end", ReturnsNothing = true },
        ]);
    }

    /// <summary>Random graphs, without those that would yield too many tasks; steps anywhere in a foreach, and of a gang, take their item
    /// half the time.</summary>
    private static FlowGraph Graph(int seed)
    {
        var graph = RandomFlow.Make(seed);
        var random = new Random(seed);
        if (graph.Steps.Count > MaxSteps)
        {
            return Graph(seed + 100_000);
        }

        var bodies = new HashSet<string>(StringComparer.Ordinal);
        AddBodies(graph, graph.Steps[0].Name, [], bodies, []);
        return new FlowGraph(
            "GeneratedFlow",
            [.. graph.Steps.Select(step => bodies.Contains(step.Name) && random.Next(2) == 0 ? step with { ItemType = "int" } : step)]);
    }

    /// <summary>Adds the steps whose innermost split that yields items is open: a step right after a gang's split, or any in the body of a
    /// foreach.</summary>
    private static void AddBodies(FlowGraph graph, string name, ImmutableStack<char> splits, HashSet<string> bodies, HashSet<string> seen)
    {
        if (!seen.Add(name))
        {
            return;
        }

        var step = graph.Find(name)!;
        splits = step.TakesInputs ? splits.Pop() : splits;
        if (!step.TakesInputs && splits.FirstOrDefault(static split => split != 'b') is 'f' or 'g')
        {
            bodies.Add(name);
        }

        foreach (var transition in step.Transitions)
        {
            var inside = transition.ForeachArtifact is not null
                ? splits.Push('f')
                : transition.IsParallel
                ? splits.Push('g')
                : transition.Targets.Count > 1
                ? splits.Push('b')
                : splits;
            foreach (var target in transition.Targets)
            {
                AddBodies(graph, target, inside, bodies, seen);
            }
        }
    }
}
