using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.InProcess;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.StepEnvironments;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.Spinning;

/// <summary>Runs one step on the inputs of an earlier task.</summary>
internal sealed class SpinRun(
    Func<FlowSpec> makeFlow, FlowDefinition definition, MetaflowSettings settings, ProgramLocation program, TimeProvider time)
{
    private readonly FlowSpec _flow = makeFlow();
    private const string TaskId = "0";

    /// <summary>The decorators that mean something for a single step on this machine; Python Metaflow's list.</summary>
    private static readonly string[] Allowed =
    [
        "conda", "pypi", "conda_base", "pypi_base", "dotnet", "nuget", "nuget_sources", "named_env", "environment",
        "project", "timeout", "card", "secrets",
    ];

    /// <summary>Runs the step.</summary>
    /// <param name="request">Which, and what to change.</param>
    /// <param name="observer">Is told what happens.</param>
    /// <param name="interruption">Asks it to stop.</param>
    /// <returns>How it ended.</returns>
    public async Task<SpinOutcome> RunAsync(SpinRequest request, IRunObserver observer, RunInterruption interruption)
    {
        var client = new MetaflowClient(settings).WithNamespace(null);
        var target = SpinTarget.Find(client, definition, request.Pathspec);
        var replaced = SpinArtifacts.Read(_flow, definition, request);
        if (target.IsOneOfSeveral)
        {
            Say(observer, $"To make spin even faster, provide complete pathspec {target.Task.Pathspec}");
        }

        using var stores = new SpinStores(settings, definition.FlowName, request.Persists, time);
        var inputs = await SpinInputs.OpenAsync(stores, target.Task.Path).ConfigureAwait(false);
        var configs = inputs.TakeConfigs(_flow, definition, request, settings);
        var decorators = Decorators(target.Task.Step.Name, request, observer);
        var parameters = inputs.TakeParameters(definition, request, [.. replaced.Select(static value => value.Key)], settings);
        var options = StoreOptions.Of(settings.Environment, time, settings.Origins);
        var stored = await SpinArtifacts.StoreAsync(parameters, stores.Datastore, options).ConfigureAwait(false);
        replaced = [.. configs, .. replaced, .. stored];
        target = target with
        {
            Inputs = await stores.InOrderAsync(target.Task.Path, target.Task.CurrentAttempt, target.Inputs).ConfigureAwait(false),
        };
        var run = await stores.Metadata.RegisterRunAsync(
            new RunRecord(definition.FlowName, "", settings.User, [], [$"user:{settings.User}", "runtime:dev"], time.GetUtcNow()),
            default).ConfigureAwait(false);
        new RunIdFile(request.RunIdFile, request.WorkingFolder).Write(run.RunId);
        var ofRun = await stores.GiveAsync(
            target.Task.Path with { Step = TaskPath.ParametersStep, TaskId = "0" }, run.RunId, replaced).ConfigureAwait(false);
        await RegisterParametersAsync(stores, run, ofRun).ConfigureAwait(false);
        var given = ofRun;
        foreach (var input in target.Inputs)
        {
            var writer = await stores.GiveAsync(input, run.RunId, replaced).ConfigureAwait(false);
            given = target.Join == JoinKind.None ? writer : ofRun;
        }

        if (target.Split is { } split && !target.Inputs.Contains(split))
        {
            await stores.GiveAsync(split, run.RunId, replaced).ConfigureAwait(false);
        }

        var path = new TaskPath(definition.FlowName, run.RunId, target.Task.Step.Name, TaskId);
        var launch = Launch(path, target, request, decorators, stores) with
        {
            Program = await ProgramOfAsync(path, decorators, request, observer, stores, interruption.Token).ConfigureAwait(false),
        };
        using var launchers = LaunchersOf(stores);
        var exit = await new SpinTask(path, observer, time).RunAsync(launchers.Default, launch, interruption).ConfigureAwait(false);
        var outcome = await OutcomeAsync(path, exit, interruption, stores, given).ConfigureAwait(false);
        stores.Forget(target.Split is { } item ? [.. target.Inputs, item] : target.Inputs, path);
        return outcome;
    }

    private async Task<ProgramLocation> ProgramOfAsync(
        TaskPath path, StepDecorators decorators, SpinRequest request, IRunObserver observer, SpinStores stores,
        CancellationToken cancellationToken)
    {
        var setup = new EnvironmentSetup(
            definition, FlowClass.Of(_flow.GetType()), settings, StoreOptions.Of(settings.Environment, time, settings.Origins))
        {
            WorkingFolder = request.WorkingFolder,
            Observer = observer,
        };
        var planned = await setup.PlanAsync(program, _ => decorators, [path.Step], cancellationToken).ConfigureAwait(false);
        if (planned.Fetched is null)
        {
            return planned.Find(path.Step)?.Program ?? program;
        }

        var variables = new TaskVariables(
            path, definition.Parameters, new FlowDatastore(stores.Blobs, definition.FlowName, time));
        var environment = await planned.Fetched.FindAsync(variables, cancellationToken).ConfigureAwait(false);
        foreach (var text in environment.Warnings)
        {
            Say(observer, text);
        }

        return environment.Program;
    }

    private Launchers LaunchersOf(SpinStores stores)
    {
        var ofSpin = new RunStores(stores.Blobs, stores.Metadata);
        return settings.RunsInProcess
            ? new Launchers(new InProcessTaskLauncher(makeFlow, ofSpin, time) { Origin = stores.Earlier.Blobs })
            : new Launchers(new LauncherOptions(ofSpin, StoreOptions.Of(settings.Environment, time)));
    }

    /// <summary>Returns the decorators given by the request and by settings, with what their references to configurations stand
    /// for.</summary>
    private IReadOnlyList<string> With(SpinRequest request)
        => [.. request.With.Concat(settings.DefaultDecorators).Select(text => _flow.ConfigTexts?.Fill(text) ?? text)];

    private StepDecorators Decorators(string step, SpinRequest request, IRunObserver observer)
    {
        var with = With(request);
        new FlowDecorators(_flow, settings).RefuseFilled(definition, with);
        var all = new StepDecorators(_flow, step, with);
        foreach (var unused in StepDecorators.TellUnused(request.With, [KeyValuePair.Create(step, all)]))
        {
            Say(observer, unused);
        }

        var kept = new StepDecorators(_flow, step, with, request.SkipsDecorators ? [] : Allowed);
        var ignored = all.All.Select(static decorator => decorator.DecoratorName)
            .Except(kept.All.Select(static decorator => decorator.DecoratorName)).ToList();
        if (ignored.Count > 0)
        {
            Say(observer, $"Decorators that a spin ignores: {string.Join(", ", ignored)}.");
        }

        return kept;
    }

    private LaunchRequest Launch(TaskPath path, SpinTarget target, SpinRequest request, StepDecorators decorators, SpinStores stores)
    {
        var place = new TaskCommandLine
        {
            Step = path.Step,
            RunId = path.RunId,
            TaskId = path.TaskId,
            InputPaths = target.Inputs.Count == 0
                ? [$"{path.RunId}/{TaskPath.ParametersStep}/0"]
                : [.. target.Inputs.Select(input => (input with { RunId = path.RunId }).WithoutFlow)],
            Datastore = StoreAddress.Of(stores.Blobs),
            Origin = settings.Datastore,
            SplitIndex = target.SplitIndex,
            Item = target.Split is { } split
                ? new ItemAddress((split with { RunId = path.RunId }).WithoutFlow, target.Task.Index ?? 0)
                : null,
            Join = target.Join,
            Iterations = IterationsOf(target.Task),
            OnlyDecorators = [.. decorators.All.Select(static decorator => decorator.DecoratorName)],
        };
        var facts = new LaunchFacts(definition, settings, program)
        {
            With = With(request),
            ConfigTexts = _flow.ConfigTexts?.Filled ?? [],
            FlowOptions = TriggerOnFinishAttribute.Resolve(request.FlowOptions, stores.EarlierMetadata, stores.Earlier.Blobs).ToTexts(),
            MaxLogSize = request.MaxLogSize,
        };
        return TaskLaunch.Hooked(decorators, TaskLaunch.Prepare(facts, decorators, place));
    }

    private static List<int> IterationsOf(TaskHandle task)
        => task.Data.Contains(InternalArtifacts.IterationStack)
            && task.Data[InternalArtifacts.IterationStack] is IReadOnlyList<object?> passes
            ? [.. passes.OfType<long>().Select(static pass => (int)pass)]
            : [];

    private static async Task<SpinOutcome> OutcomeAsync(
        TaskPath path, TaskExit exit, RunInterruption interruption, SpinStores stores, TaskDatastoreWriter given)
    {
        var artifacts = await stores.Datastore.TryOpenAttemptAsync(path, 0, default).ConfigureAwait(false);
        if (artifacts is not null && stores.AreKept)
        {
            await stores.KeepAsync(artifacts.Records.Values).ConfigureAwait(false);
        }

        var root = stores.AreKept ? stores.Blobs.Root : null;
        if (exit.ExitCode != ExitCodes.Success || artifacts is null || exit.LogError is not null)
        {
            var error = interruption.Requests > 0 ? null : exit.LogError ?? exit.Ended ?? (MetaflowException)new StepFailedException(
                ErrorCodes.StepRaised, $"Step {path.Step} failed.",
                TaskResults.Describe(exit, artifacts is not null) ?? "Its own output above says why.",
                "Fix the step, and spin it again.")
            { Pathspec = path.ToString() };
            var code = interruption.Requests > 0 ? interruption.ExitCode : ExitCodes.Failure;
            return new SpinOutcome(new RunOutcome(path.RunId, false, code, error), path) { Root = root };
        }

        var names = artifacts.Records.Values
            .Where(record => record.Name[0] != '_' && !(given.Records.TryGetValue(record.Name, out var before) && before.Key == record.Key))
            .Select(static record => record.Name).Order(StringComparer.Ordinal);
        return new SpinOutcome(new RunOutcome(path.RunId, true, ExitCodes.Success, null), path)
        {
            Root = root,
            Artifacts = [.. names.Select(name => KeyValuePair.Create(name, artifacts.LoadPlain(name)))],
        };
    }

    private static async Task RegisterParametersAsync(SpinStores stores, RunRecord run, TaskDatastoreWriter writer)
    {
        var facts = new AttemptFacts(stores.Blobs, 0);
        await stores.Metadata.RegisterTaskAsync(run, writer.Task, default).ConfigureAwait(false);
        await stores.Metadata.RecordAsync(
            run, writer.Task, [.. facts.Beginning(run, []), facts.Ok(true), facts.Done()], [], default).ConfigureAwait(false);
        await stores.KeepAsync(writer.Records.Values).ConfigureAwait(false);
    }

    private void Say(IRunObserver observer, string text) => observer.OnEvent(new RunEvent.Message(time.GetUtcNow(), text));
}
