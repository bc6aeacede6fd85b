using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Runs;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Launching;

/// <summary>Which launcher takes a step's tasks, and what follows from that: by runs with a launcher of another place.</summary>
public sealed class LauncherChoiceTests : IDisposable
{
    private static readonly FlowDefinition Definition = new()
    {
        FlowName = nameof(PlacedFlow),
        Graph = new FlowGraph(
            nameof(PlacedFlow), [Step("start", "work"), Step("work", "end"), new StepNode { Name = "end", ReturnsNothing = true }]),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-launchers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_step_runs_where_its_decorators_say()
    {
        var place = Place("runs");
        var (outcome, events) = await RunAsync(place, new ClusterAttribute());

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal(["work"], place.Cluster.Submitted.Select(static job => job.Task.Step));
        Assert.Equal(
            "cluster:work-2-0",
            events.OfType<RunEvent.TaskStarting>().Single(static starting => starting.Task.Step == "work").Handle!.ToString());
        Assert.All(
            events.OfType<RunEvent.TaskStarting>().Where(static starting => starting.Task.Step != "work"),
            static starting => Assert.Equal(Environment.ProcessId, starting.Handle!.ProcessId));
        Assert.Contains(Assert.Single(place.Cluster.Submitted).Decorators, static decorator => decorator is ClusterAttribute);
    }

    [Fact]
    public async Task Local_keeps_a_step_here_whatever_else_is_given()
    {
        var place = Place("runs");
        var (outcome, _) = await RunAsync(place, new ClusterAttribute(), new LocalAttribute());

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Empty(place.Cluster.Submitted);
    }

    [Theory]
    [InlineData(ErrorCodes.SeveralLaunchers, "cluster", "moon")]
    [InlineData(ErrorCodes.UnknownStoreType, "clutser")]
    public async Task A_place_that_cannot_be_is_refused_before_the_run_has_a_record(string code, params string[] names)
    {
        var place = Place("runs");
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(
            place,
            [.. names.Select((name, index) => index == 0 ? (DecoratorAttribute)new ClusterAttribute(name) : new MoonAttribute(name))]));

        Assert.Equal((code, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Empty(await place.Stores.Metadata.ListRunsAsync(nameof(PlacedFlow), TestContext.Current.CancellationToken));
        Assert.True(
            code != ErrorCodes.UnknownStoreType || error.Message.Contains("Did you mean 'cluster'?", StringComparison.Ordinal),
            error.Message);
    }

    [Fact]
    public void What_a_step_asks_of_the_machine_counts_only_for_tasks_of_this_machine()
    {
        Assert.Equal(new TaskDemand(3, 0), Context(new ResourcesAttribute { Cpu = 3 }).DemandOf("work"));
        Assert.True(Context(new ResourcesAttribute { Cpu = 3 }, new ClusterAttribute()).DemandOf("work").IsNone);
    }

    [Fact]
    public void The_usual_wait_before_a_retry_is_that_of_the_place()
    {
        Assert.Equal(TimeSpan.Zero, Context(new RetryAttribute()).BudgetOf("work").Wait);
        Assert.Equal(TimeSpan.FromMinutes(2), Context(new RetryAttribute(), new ClusterAttribute()).BudgetOf("work").Wait);
        Assert.Equal(
            TimeSpan.Zero, Context(new RetryAttribute { MinutesBetweenRetries = 0 }, new ClusterAttribute()).BudgetOf("work").Wait);
        Assert.Equal(
            TimeSpan.FromSeconds(5),
            Context(new RetryAttribute { SecondsBetweenRetries = 5 }, new ClusterAttribute()).BudgetOf("work").Wait);
    }

    [Theory]
    [InlineData(FailureKinds.Preempted, FailureKinds.Preempted | FailureKinds.NodeLost, 3)]
    [InlineData(FailureKinds.NodeLost, FailureKinds.Preempted | FailureKinds.NodeLost, 3)]
    [InlineData(FailureKinds.OutOfMemory, FailureKinds.Any & ~FailureKinds.OutOfMemory, 1)]
    [InlineData(FailureKinds.None, FailureKinds.Crashed, 3)]
    [InlineData(FailureKinds.None, FailureKinds.Raised, 1)]
    public async Task A_task_is_tried_again_by_why_it_ended(FailureKinds kind, FailureKinds when, int attempts)
    {
        var ended = kind == FailureKinds.None
            ? null
            : new LaunchException(ErrorCodes.TaskProcessDied, "The job ended.", "The cluster says so.", "Nothing.");
        var place = Place(
            "runs", request => request.Attempt < 2 ? new TaskExit(-9, WasKilled: false) { Ended = ended, Kind = kind } : null);
        var (outcome, _) = await RunAsync(
            place, new ClusterAttribute(), new RetryAttribute { Times = 3, MinutesBetweenRetries = 0, When = when });

        Assert.Equal(attempts == 3, outcome.Succeeded);
        Assert.Equal(Enumerable.Range(0, attempts), place.Cluster.Submitted.Select(static job => job.Attempt));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_of_another_place_goes_on_when_its_scheduler_dies(bool isFollowed)
    {
        var first = Place("first", holds: true);
        using var interruption = new RunInterruption();
        var running = RunAsync(first, interruption, new ClusterAttribute());
        await WaitUntilAsync(() => JournalHas(first, "cluster:work-2-0"));
        var second = DeadCopyOf(first);
        interruption.Request(ExitCodes.Interrupted);
        await running;
        if (isFollowed)
        {
            second.Cluster.Take(first.Cluster.Submitted);
        }

        using var services = Services(second);
        using var again = new RunInterruption();
        var outcome = await Engine(second, new ClusterAttribute()).ContinueAsync(
            services, new ContinueRequest { RunId = RunIdOf(second)! }, new Watcher(), again);

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal("cluster:work-2-0", Assert.Single(second.Cluster.Asked).ToString());
        Assert.Equal(isFollowed ? [] : [0], second.Cluster.Submitted.Select(static job => job.Attempt));
        var artifacts = await new FlowDatastore(second.Stores.Blobs, nameof(PlacedFlow), TimeProvider.System).OpenTaskAsync(
            new TaskPath(nameof(PlacedFlow), RunIdOf(second)!, "work", "2"), null, TestContext.Current.CancellationToken);
        Assert.Equal(0, artifacts.Attempt);
        Assert.True(JournalHas(second, isFollowed ? "\"attached\":[\"2\"]" : "\"event\":\"continued\""));
    }

    private static StepNode Step(string name, string next)
        => new() { Name = name, MethodName = name, Transitions = [new TransitionNode([next], null, false, 0, 1)] };

    private static bool JournalHas(Site place, string text)
        => RunIdOf(place) is { } runId
            && RunHomes.Of(place.Stores.Blobs, TimeProvider.System).JournalOf(nameof(PlacedFlow), runId) is var journal
            && File.Exists(journal) && File.ReadAllText(journal).Contains(text, StringComparison.Ordinal);

    private static string? RunIdOf(Site place)
    {
        var folder = new DirectoryInfo(Path.Combine(place.Root, nameof(PlacedFlow)));
        return folder.Exists
            ? folder.EnumerateDirectories().Select(static run => run.Name).FirstOrDefault(static name => name.All(char.IsAsciiDigit))
            : null;
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static FlowEngine Engine(Site place, params DecoratorAttribute[] ofWork)
        => new(
            () => new PlacedFlow(ofWork),
            Definition,
            new MetaflowSettings { User = "tester", Datastore = StoreAddress.Local(place.Root), Namespace = "user:tester" });

    private static RunServices Services(Site place)
    {
        var registry = new PluginRegistry();
        registry.Add<ILauncherFactory>(
            "local", new Factory(new InProcessTaskLauncher(static () => new PlacedFlow([]), place.Stores, TimeProvider.System)));
        registry.Add<ILauncherFactory>("cluster", new Factory(place.Cluster));
        return new RunServices(
            place.Stores,
            new Launchers(new LauncherOptions(place.Stores, StoreOptions.Without(TimeProvider.System)), registry),
            TimeProvider.System);
    }

    private RunContext Context(params DecoratorAttribute[] ofWork)
    {
        var place = Place("context");
        return Engine(place, ofWork).Context(Services(place), new RunRequest(), new Watcher());
    }

    private static async Task<(RunOutcome Outcome, IReadOnlyCollection<RunEvent> Events)> RunAsync(
        Site place, params DecoratorAttribute[] ofWork)
    {
        using var interruption = new RunInterruption();
        return await RunAsync(place, interruption, ofWork);
    }

    private static async Task<(RunOutcome Outcome, IReadOnlyCollection<RunEvent> Events)> RunAsync(
        Site place, RunInterruption interruption, params DecoratorAttribute[] ofWork)
    {
        var watcher = new Watcher();
        using var services = Services(place);
        return (await Engine(place, ofWork).RunAsync(services, new RunRequest(), watcher, interruption), watcher.Events);
    }

    private Site Place(string name, Func<LaunchRequest, TaskExit?>? fate = null, bool holds = false)
    {
        var root = Path.Combine(_folder, name);
        var stores = RunStores.Open(StoreAddress.Local(root), StoreOptions.Without(TimeProvider.System));
        return new Site(
            root, stores, new Cluster(static () => new PlacedFlow([]), stores) { Fate = fate ?? (static _ => null), Holds = holds });
    }

    /// <summary>What is left of a run when its scheduler dies now.</summary>
    private Site DeadCopyOf(Site place)
    {
        var copy = Place("second");
        foreach (var file in Directory.GetFiles(place.Root, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(".tmp", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.Root, Path.GetRelativePath(place.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(file) == "lock")
            {
                // Held by the scheduler, and empty.
                File.WriteAllBytes(target, []);
            }
            else
            {
                File.Copy(file, target, overwrite: true);
            }
        }

        var status = new RunStatus(RunState.Running, int.MaxValue, Environment.MachineName, DateTimeOffset.UtcNow) { ProcessMark = "gone" };
        using var stream = File.Create(Path.Combine(copy.Root, RunStatus.PathOf(nameof(PlacedFlow), RunIdOf(copy)!)));
        status.Write(stream);
        return copy;
    }

    private sealed record Site(string Root, RunStores Stores, Cluster Cluster);

    private sealed class MoonAttribute(string name) : DecoratorAttribute, ILaunchedBy
    {
        public string LauncherName => name;
    }

    private sealed class Factory(ITaskLauncher launcher) : ILauncherFactory
    {
        public ITaskLauncher Open(LauncherOptions options) => launcher;
    }

    private sealed class PlacedFlow(DecoratorAttribute[] ofWork) : FlowSpec
    {
        public override string FlowName => nameof(PlacedFlow);

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
        }

        protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step) => step == "work" ? ofWork : [];

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
            => new(step switch { "start" => Transition.ToNames(["work"]), "work" => Transition.ToNames(["end"]), _ => null });
    }

    private sealed class Watcher : IRunObserver
    {
        public ConcurrentQueue<RunEvent> Events { get; } = new();

        public void OnEvent(RunEvent runEvent) => Events.Enqueue(runEvent);
    }
}
