using System.Collections;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Services;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing;

/// <summary>Runs one step in memory: what the test gives is stored by tasks of its own, and the step runs after them as in any
/// run.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
internal sealed class StepTest<TFlow>
    where TFlow : FlowSpec, new()
{
    private const string GivenStep = "given";
    private const long MaxLogBytes = 10L << 20;

    private readonly FlowTestOptions _options;
    private readonly RunStores _stores;
    private readonly RunContext _context;
    private readonly StepNode _step;
    private int _lastTask;

    /// <summary>Initializes a test.</summary>
    /// <param name="step">The method's name or the name on disk.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The options of the test.</param>
    public StepTest(string step, object? parameters, FlowTestOptions options)
    {
        var flow = new TFlow();
        var settings = FlowTest.SettingsOf(options);
        var definition = new FlowApplication(static () => new TFlow(), settings, "FlowTest", options.Time).Definition;
        _options = options;
        _stores = RunStores.InMemory(options.Time);
        _step = definition.Graph.Find(flow.StepNameOf(step) ?? step)
            ?? throw new ArgumentException(
                $"Flow '{definition.FlowName}' has no step '{step}'. Its steps are: "
                    + $"{string.Join(", ", definition.Graph.Steps.Select(static s => s.Name))}.",
                nameof(step));
        var request = new RunRequest
        {
            Values = GivenParameters.Of(definition, parameters),
            Tags = options.Tags,
            With = options.With,
            WorkingFolder = options.WorkingFolder,
        };
        _context = new FlowEngine(static () => new TFlow(), definition, settings).Context(
            FlowEngine.InProcess(MakeFlow, _stores, options.Time, readsBack: true), request, SilentObserver.Instance);
    }

    /// <summary>Runs an ordinary step.</summary>
    /// <param name="given">Sets the artifacts before it.</param>
    /// <returns>What it did.</returns>
    public async Task<StepTestResult<TFlow>> RunAsync(Action<TFlow> given)
    {
        Require(!_step.TakesInputs, "it joins: use JoinAsync");
        Require(_step.ItemType is null, "it takes an item: use ItemAsync");
        var run = await BeginAsync().ConfigureAwait(false);
        var input = await GiveAsync(run, GivenStep, given, Transition.ToNames([_step.Name])).ConfigureAwait(false);
        return await RunAsync(
            run,
            new ScheduledTask { TaskId = NextId(), Step = _step.Name, Inputs = [input], Attempt = _options.Attempt }).ConfigureAwait(false);
    }

    /// <summary>Runs the step of a foreach.</summary>
    /// <param name="given">Sets the artifacts before it.</param>
    /// <param name="items">A list of the only item.</param>
    /// <returns>What it did.</returns>
    public async Task<StepTestResult<TFlow>> RunItemAsync(Action<TFlow> given, IEnumerable items)
    {
        Require(!_step.TakesInputs, "it joins: use JoinAsync");
        var run = await BeginAsync().ConfigureAwait(false);
        var input = await GiveAsync(run, GivenStep, given, Transition.ToItems(_step.Name, items)).ConfigureAwait(false);
        var task = new ScheduledTask { TaskId = NextId(), Step = _step.Name, Inputs = [input], SplitIndex = 0, Attempt = _options.Attempt };
        return await RunAsync(run, task).ConfigureAwait(false);
    }

    /// <summary>Runs a join.</summary>
    /// <param name="inputs">The steps before it, with what sets their artifacts.</param>
    /// <returns>What it did.</returns>
    public async Task<StepTestResult<TFlow>> JoinAsync(IReadOnlyList<(string Step, Action<TFlow> Given)> inputs)
    {
        Require(_step.TakesInputs, "it is not a join: use StepAsync");
        var run = await BeginAsync().ConfigureAwait(false);
        var joined = new List<TaskInput>();
        foreach (var (step, given) in inputs)
        {
            joined.Add(await GiveAsync(
                run, new TFlow().StepNameOf(step) ?? step, given, Transition.ToNames([_step.Name])).ConfigureAwait(false));
        }

        var kind = JoinKind.Branch;
        if (joined.Count == 0)
        {
            kind = JoinKind.EmptyForeach;
            joined.Add(await GiveAsync(
                run, GivenStep, static _ => { }, Transition.ToItems(_step.Name, Array.Empty<object>())).ConfigureAwait(false));
        }

        return await RunAsync(
            run,
            new ScheduledTask
            {
                TaskId = NextId(),
                Step = _step.Name,
                Inputs = [.. joined],
                Join = kind,
                Attempt = _options.Attempt,
            }).ConfigureAwait(false);
    }

    private TFlow MakeFlow()
        => new() { Services = _options.Services is { } given ? new FlowServiceSource(() => given, isOwn: false) : null };

    private void Require(bool holds, string why)
    {
        if (!holds)
        {
            throw new ArgumentException($"Step '{_step.Name}' of flow '{_context.Definition.FlowName}' cannot be run like this: {why}.");
        }
    }

    private async Task<RunRecord> BeginAsync()
    {
        var plan = new RunPlan(_context);

        // Before the run is registered: where a value is missing, there is no run.
        _ = plan.Values;
        var run = await _stores.Metadata.RegisterRunAsync(
            new RunRecord(_context.Definition.FlowName, "", _options.UserName, _options.Tags, [], _options.Time.GetUtcNow()),
            default).ConfigureAwait(false);
        await new RunParameters(plan).SaveAsync(run).ConfigureAwait(false);
        return run;
    }

    private string NextId() => (++_lastTask).ToString(CultureInfo.InvariantCulture);

    /// <summary>Stores what the test gives as a task of a step before the one that is tested.</summary>
    private async Task<TaskInput> GiveAsync(RunRecord run, string step, Action<TFlow> given, Transition next)
    {
        var id = NextId();
        var line = new TaskCommandLine
        {
            Step = step,
            RunId = run.RunId,
            TaskId = id,
            InputPaths = [$"{run.RunId}/{TaskPath.ParametersStep}/0"],
            Datastore = StoreAddress.Of(_stores.Blobs),
        };
        var request = new LaunchRequest(
            new TaskPath(run.Flow, run.RunId, step, id), 0, line.ToArguments(), new Dictionary<string, string>(), MaxLogBytes)
        {
            Program = ProgramLocation.None,
        };
        var launcher = new InProcessTaskLauncher(() => new GivenFlow<TFlow>(given, next), _stores, _options.Time) { ReadsBack = true };
        var task = new StepTask();
        using var process = await launcher.LaunchAsync(request, task, default).ConfigureAwait(false);
        return await task.Ended.ConfigureAwait(false) == 0
            ? new TaskInput(step, id)
            : throw new ArgumentException($"The values that the test sets for step '{_step.Name}' could not be "
                + $"stored:\n{task.ErrorOutput}");
    }

    private async Task<StepTestResult<TFlow>> RunAsync(RunRecord run, ScheduledTask scheduled)
    {
        var task = new StepTask();
        using (await _context.LauncherOf(scheduled.Step).LaunchAsync(
            TaskLaunch.Request(_context, run, scheduled), task, default).ConfigureAwait(false))
        {
            await task.Ended.ConfigureAwait(false);
        }

        var client = new MetaflowClient(_stores.Metadata, _stores.Blobs);
        return new StepTestResult<TFlow>(client.Flow<TFlow>().Run(run.RunId).Tasks(_step.Name)[0], task.Output, task.ErrorOutput);
    }
}
