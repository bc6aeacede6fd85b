using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Decorators;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Reuse;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.Tests.Reuse;

/// <summary>A datastore in memory in which generated flows run; tasks run on the thread pool.</summary>
internal sealed class MemoryRuns
{
    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMetadataProvider _metadata = new(TimeProvider.System);
    private readonly MetaflowSettings _settings = new()
    {
        User = "tester",
        Datastore = new StoreAddress("memory", "memory"),
        Namespace = "user:tester",
    };

    /// <summary>Gets how many tasks of the last run were executed, rather than cloned.</summary>
    public int Executed { get; private set; }

    /// <summary>Gets what happened in the last run.</summary>
    public List<RunEvent> Events { get; private set; } = [];

    /// <summary>Gets what unexpected failures of tasks printed.</summary>
    public IReadOnlyCollection<string> Errors { get; private set; } = [];

    public async Task<RunOutcome> RunAsync(GeneratedProgram program, RunRequest request)
    {
        var launcher = new PoolLauncher(program, new RunStores(_blobs, _metadata));
        var events = new List<RunEvent>();
        using var services = new RunServices(new RunStores(_blobs, _metadata), launcher, TimeProvider.System);
        var origin = request.Resume is { } resume
            ? await new OriginChoice(services, program.Definition.FlowName, _settings.Namespace).FindAsync(resume)
            : null;
        var context = new FlowEngine(() => new GeneratedFlow(program), program.Definition, _settings).Context(
            services, request, new Collector(events), origin: origin);
        var code = new FakeCode(program, new GeneratedFlow(program));
        var plan = (await ReuseSetup.PlanAsync(context, origin, code: code)) with { CodeRecord = () => RecordedCode.ToJson(code.All) };
        using var interruption = new RunInterruption();
        var outcome = await new RunSession(plan).RunAsync(interruption);
        Executed = launcher.Launched;
        Events = events;
        Errors = launcher.Errors;
        return outcome;
    }

    /// <summary>Reads all tasks of a run: by key, the keys of all artifacts by name.</summary>
    public async Task<SortedDictionary<string, string>> ReadAsync(FlowGraph graph, string runId)
    {
        var datastore = new FlowDatastore(_blobs, "GeneratedFlow", TimeProvider.System);
        var tasks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in graph.Steps)
        {
            foreach (var (name, _) in await _blobs.ListAsync($"GeneratedFlow/{runId}/{step.Name}", default))
            {
                var path = new TaskPath("GeneratedFlow", runId, step.Name, name);
                var artifacts = await datastore.OpenTaskAsync(path, null, default);
                var frames = artifacts.Load<List<ForeachFrame>>(InternalArtifacts.ForeachStack);
                var key = $"{step.Name}[{string.Join(',', frames.Select(static frame => frame.Index))}]";
                AssertNamesItsGang(artifacts);
                tasks.Add(
                    key,
                    string.Join(
                        "\n",
                        artifacts.Records.Values.Where(static record => record.Name != InternalArtifacts.ControlMapperTasks).OrderBy(
                            static record => record.Name, StringComparer.Ordinal).Select(static record => $"{record.Name}={record.Key}")));
            }
        }

        return tasks;
    }

    /// <summary>Lists the keys of all values of a run.</summary>
    public async Task<List<string>> KeysAsync(FlowGraph graph, string runId) =>
    [
        .. (await ReadAsync(graph, runId)).Values.SelectMany(static artifacts => artifacts.Split('\n'))
            .Select(static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]).Distinct(),
    ];

    /// <summary>Lists the keys of a run's parameters.</summary>
    public async Task<IEnumerable<string>> ParameterKeysAsync(string runId)
        => (await new FlowDatastore(_blobs, "GeneratedFlow", TimeProvider.System).OpenTaskAsync(
            new TaskPath("GeneratedFlow", runId, TaskPath.ParametersStep, "0"), null, default))
            .Records.Values.Select(static record => record.Key);

    /// <summary>Lets a value rot.</summary>
    public ValueTask DamageAsync(string key)
        => new(_blobs.SaveAsync([new BlobWrite($"GeneratedFlow/data/{key[..2]}/{key}", "rotten"u8.ToArray())], overwrite: true, default)
            .AsTask());

    /// <summary>The first task of a gang names the others by the run they are in, clones or not.</summary>
    private static void AssertNamesItsGang(TaskArtifacts artifacts)
    {
        if (artifacts.Contains(InternalArtifacts.ControlMapperTasks))
        {
            var task = artifacts.Task;
            var names = artifacts.Load<List<string>>(InternalArtifacts.ControlMapperTasks);
            Assert.Equal(
                Enumerable.Range(0, names.Count).Select(index => $"{task.RunId}/{task.Step}/{GangMember.IdOf(task.TaskId, index)}"), names);
        }
    }

    /// <summary>Keeps a run that succeeded, for others to be triggered by.</summary>
    public async Task AddTriggerAsync(string flow, string runId)
    {
        var run = await _metadata.RegisterRunAsync(new RunRecord(flow, runId, "tester", [], [], DateTimeOffset.UnixEpoch), default);
        var task = new TaskPath(flow, run.RunId, "end", "1");
        await _metadata.RegisterTaskAsync(run, task, default);
        await _metadata.RecordAsync(
            run, task, [new("attempt", "attempt", "0", ["attempt_id:0"]), new("attempt-done", "attempt-done", "0", ["attempt_id:0"])], [],
            default);
        var writer = new FlowDatastore(_blobs, flow, TimeProvider.System).OpenWriter(task, 0);
        await writer.BeginAttemptAsync(default);
        await writer.SaveArtifactsAsync(
            [new(InternalArtifacts.Success, ArtifactSerializer.Serialize(true, typeof(bool))), new(
                InternalArtifacts.TaskOk, ArtifactSerializer.Serialize(true, typeof(bool)))],
            default);
        await writer.CommitAsync(default);
    }

    /// <summary>The identity of a step's code stands for the compiled code; what its decorators add to it is the framework's.</summary>
    private sealed class FakeCode(GeneratedProgram program, FlowSpec flow) : ICurrentCode
    {
        public IReadOnlyDictionary<string, string> All
            => program.Graph.Steps.ToDictionary(static step => step.Name, step => Of(step.Name)!);

        public string? Of(string step)
            => $"version {program.Versions.GetValueOrDefault(step)}"
                + FlowCode.EnvironmentOf(new StepDecorators(flow, step, []), new Dictionary<string, string>());
    }

    private sealed class Collector(List<RunEvent> events) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => events.Add(runEvent);
    }

    private sealed class PoolLauncher(GeneratedProgram program, RunStores stores) : ITaskLauncher
    {
        private int _launched;

        public int Launched => _launched;

        public System.Collections.Concurrent.ConcurrentQueue<string> Errors { get; } = [];

        public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _launched);
            _ = Task.Run(async () =>
            {
                var errors = new StringWriter();
                var runner = new TaskRunner(
                    new GeneratedFlow(program) { Variables = request.Environment }, TaskCommandLine.FromArguments(request.Arguments),
                    stores, TimeProvider.System, errors)
                {
                    StopRequested = CancellationToken.None,
                };
                var exitCode = await runner.RunAsync();
                if (exitCode != 0 && program.Failing.Count == 0)
                {
                    Errors.Enqueue(errors.ToString());
                }

                observer.OnExit(new TaskExit(exitCode, WasKilled: false));
            }, CancellationToken.None);
            return new(new PoolTask());
        }

        public void Dispose()
        {
        }
    }

    private sealed class PoolTask : ILaunchedTask
    {
        public LaunchHandle Handle => LaunchHandle.OfProcess(1, null);

        public ValueTask RequestStopAsync() => default;

        public ValueTask KillAsync() => default;

        public void AddLogLine(string text, bool isError)
        {
        }

        public void Dispose()
        {
        }
    }
}
