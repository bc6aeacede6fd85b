using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Metaflow.Metadata;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tests.Reuse;

namespace Metaflow.Tests.Scheduling;

/// <summary>Continues failed runs by programs whose graphs were edited at random: the run goes on rightly, or is refused as
/// MF6032.</summary>
public sealed class ChangedGraphTests : IDisposable
{
    private const string Flow = "GeneratedFlow";

    // In memory where there is such a place: a thousand runs that are safe on a disk take an hour.
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"metaflow-changed-{Guid.NewGuid():N}")).FullName;

    private int _continued;
    private int _refused;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_failed_run_is_continued_by_an_edited_program_or_refused_and_nothing_else()
    {
        var seeds = Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") is null ? 100 : 2_000;
        for (var seed = 0; seed < seeds; seed++)
        {
            await TryAsync(seed, new FlowGraph(Flow, RandomFlow.Make(seed).Steps));
        }

        Assert.True(_continued > seeds / 50, $"{_continued} runs were continued");
        Assert.True(_refused > seeds / 10, $"{_refused} runs were refused");
    }

    [Theory]
    [InlineData("start -> left | right; left -> fail; right -> fail; fail -> end; end", "start -> left; left -> fail; fail -> end; end")]
    [InlineData("start -> first; first -> fail; fail -> end; end", "begin -> first; first -> fail; fail -> end; end")]
    [InlineData("start -> first; first -> fail; fail -> end; end", "first -> fail; fail -> end; end")]
    [InlineData("start -> first; first -> fail; fail -> end; end", "start -> fail; fail -> end; end")]
    public async Task A_run_that_has_come_to_what_changed_is_refused(string before, string after)
    {
        var root = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        var runId = await RunAsync(root, Program(Parse(before), "fail"));
        var error = await Assert.ThrowsAsync<LaunchException>(() => ContinueAsync(root, runId!, Program(Parse(after))));
        Assert.Equal(ErrorCodes.GraphHasChanged, error.Code);
    }

    private async Task TryAsync(int seed, FlowGraph graph)
    {
        var random = new Random(seed);
        var root = Path.Combine(_folder, $"{seed}");
        var failing = graph.Steps[random.Next(graph.Steps.Count)].Name;
        var edited = Edit(graph, random);
        if (GraphRules.Check(edited).Any(static problem => problem.Severity == ProblemSeverity.Error)
            || await RunAsync(root, Program(graph, failing)) is not { } runId)
        {
            return;
        }

        try
        {
            var outcome = await ContinueAsync(root, runId, Program(edited));
            Assert.True(outcome.Succeeded, $"seed {seed}: {outcome.Error?.Message}");
            var steps = await new LocalMetadataProvider(root, TimeProvider.System).ListStepsAsync(
                Flow, runId, TestContext.Current.CancellationToken);
            Assert.All(
                steps.Where(static step => step.Step[0] != '_'),
                step => Assert.True(edited.Find(step.Step) is not null, $"seed {seed}: '{step.Step}' has run"));
            _continued++;
        }
        catch (MetaflowException error)
        {
            Assert.True(error.Code == ErrorCodes.GraphHasChanged, $"seed {seed}: {error}");
            _refused++;
        }
    }

    /// <summary>Runs a program that fails; <see langword="null"/> when it did not come to what fails.</summary>
    private static async Task<string?> RunAsync(string root, GeneratedProgram program)
    {
        var runId = "";
        using var services = Services(root, program);
        using var interruption = new RunInterruption();
        var watcher = new Watcher(runEvent => runId = runEvent is RunEvent.RunStarting starting ? starting.RunId : runId);
        var outcome = await new FlowEngine(() => new GeneratedFlow(program), program.Definition, Settings(root)).RunAsync(
            services, new RunRequest(), watcher, interruption);
        return outcome.Succeeded ? null : runId;
    }

    private static async Task<RunOutcome> ContinueAsync(string root, string runId, GeneratedProgram program)
    {
        using var services = Services(root, program);
        using var interruption = new RunInterruption();
        return await new FlowEngine(() => new GeneratedFlow(program), program.Definition, Settings(root))
            .ContinueAsync(services, new ContinueRequest { RunId = runId }, new Watcher(static _ => { }), interruption);
    }

    private static FlowGraph Edit(FlowGraph graph, Random random)
    {
        var steps = graph.Steps.ToList();
        var at = random.Next(steps.Count);
        var step = steps[at];
        switch (random.Next(6))
        {
            case 0:
                return Renamed(steps, step.Name, step.Name + "_new");
            case 1 when step.Transitions is [{ ForeachArtifact: null, IsParallel: false, Targets: [var only] }] && !step.TakesInputs:
                steps.RemoveAt(at);
                return Redirected(steps, step.Name, only);
            case 2 when step.Transitions is [{ ForeachArtifact: null, IsParallel: false, Targets: [var next] }]:
                steps[at] = step with { Transitions = To("inserted") };
                steps.Add(new StepNode { Name = "inserted", MethodName = "inserted", Transitions = To(next) });
                break;
            case 3 when step.Transitions is [{ IsParallel: false, Targets: [var target] } transition]:
                steps[at] = step with
                {
                    Transitions = [new TransitionNode([target], transition.ForeachArtifact is null ? "items" : null, false, 0, 1)],
                };
                break;
            case 4 when step.Transitions is [{ ForeachArtifact: null, IsParallel: false }, ..]:
                steps[at] = step with { Transitions = [.. step.Transitions, new TransitionNode(["end"], null, false, 0, 9)] };
                break;
            case 5 when step.Transitions.Count > 1:
                steps[at] = step with { Transitions = [step.Transitions[0]] };
                break;
            default:
                steps.Insert(0, new StepNode { Name = "before", MethodName = "before", Transitions = To(graph.StartStep!.Name) });
                break;
        }

        return new FlowGraph(Flow, steps);
    }

    private static FlowGraph Renamed(List<StepNode> steps, string name, string other)
        => Redirected([.. steps.Select(step => step.Name == name ? step with { Name = other, MethodName = other } : step)], name, other);

    private static FlowGraph Redirected(List<StepNode> steps, string from, string to) => new(Flow,
    [
        .. steps.Select(step => step with
        {
            Transitions =
            [
                .. step.Transitions.Select(
                    transition => transition with { Targets = [.. transition.Targets.Select(target => target == from ? to : target)] }),
            ],
        }),
    ]);

    private static EquatableList<TransitionNode> To(string target) => [new TransitionNode([target], null, false, 0, 1)];

    /// <summary>Reads a graph: "a -> b, c; b -> d | e; …".</summary>
    private static FlowGraph Parse(string text) => new(Flow,
    [
        .. text.Split(';', StringSplitOptions.TrimEntries).Select(static step => step.Split("->", StringSplitOptions.TrimEntries))
            .Select(static parts => new StepNode
            {
                Name = parts[0],
                MethodName = parts[0],
                ReturnsNothing = parts.Length == 1,
                Transitions = parts.Length == 1
                    ? []
                    : [.. parts[1].Split('|', StringSplitOptions.TrimEntries)
                        .Select(static (target, i) => new TransitionNode([target], null, false, 0, i + 1))],
            }),
    ]);

    private static GeneratedProgram Program(FlowGraph graph, params string[] failing) => new(
        graph, new Dictionary<string, int>(),
        failing.SelectMany(static step => (string[])[step, step + "0", step + "1", step + "0,0", step + "0,1", step + "0,0,0"])
            .ToHashSet(StringComparer.Ordinal));

    private static RunServices Services(string root, GeneratedProgram program)
        => FlowEngine.InProcess(
            () => new GeneratedFlow(program),
            new RunStores(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System)),
            TimeProvider.System);

    private static MetaflowSettings Settings(string root)
        => new() { User = "tester", Datastore = StoreAddress.Local(root), Namespace = "user:tester" };

    private sealed class Watcher(Action<RunEvent> watch) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => watch(runEvent);
    }
}
