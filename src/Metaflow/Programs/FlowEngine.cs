using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Reuse;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Programs;

/// <summary>Runs a flow with given services: what the command line, code and tests have in common.</summary>
/// <param name="makeFlow">Makes flow objects.</param>
/// <param name="definition">The flow's definition.</param>
/// <param name="settings">The settings.</param>
internal sealed class FlowEngine(Func<FlowSpec> makeFlow, FlowDefinition definition, MetaflowSettings settings)
{
    /// <summary>Opens the stores that settings name.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The stores.</returns>
    public static RunStores StoresOf(MetaflowSettings settings, TimeProvider time)
        => RunStores.Open(settings.Datastore, StoreOptions.Of(settings.Environment, time, settings.Origins), settings.MetadataType);

    /// <summary>Makes the services of an ordinary run: the stores that the settings name, and a process for each task.</summary>
    /// <param name="program">The program that runs tasks.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The services.</returns>
    public static RunServices Processes(ProgramLocation program, MetaflowSettings settings, TimeProvider time)
    {
        var stores = StoresOf(settings, time);
        var launchers = new Launchers(new LauncherOptions(stores, StoreOptions.Of(settings.Environment, time)) { UsesSpares = true });
        return new RunServices(stores, launchers, time) { Program = program };
    }

    /// <summary>Makes services with which no task needs a process.</summary>
    /// <param name="makeFlow">Makes flow objects.</param>
    /// <param name="stores">Where the run is kept; the datastore can append.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readsBack">Whether all that steps store is read back and compared.</param>
    /// <returns>The services.</returns>
    public static RunServices InProcess(Func<FlowSpec> makeFlow, RunStores stores, TimeProvider time, bool readsBack = false)
        => new(stores, new InProcessTaskLauncher(makeFlow, stores, time) { ReadsBack = readsBack }, time);

    /// <summary>Runs the flow.</summary>
    /// <param name="services">What it runs with; the caller disposes them.</param>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="interruption">Asks the run to stop.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not start, or data could not be written.</exception>
    public async Task<RunOutcome> RunAsync(RunServices services, RunRequest request, IRunObserver observer, RunInterruption interruption)
    {
        await CheckNewRunAsync(services, request.Resume).ConfigureAwait(false);
        services.ExpectTask();
        var context = await OpenAsync(services, request, observer).ConfigureAwait(false);
        context.CheckDecorators();
        if (request.Resume is { IsReentrant: true } resume)
        {
            return await RunTogetherAsync(context, resume, interruption).ConfigureAwait(false);
        }

        await ReuseSetup.PrepareAsync(context).ConfigureAwait(false);
        return await new RunSession(context).RunAsync(interruption).ConfigureAwait(false);
    }

    /// <summary>Continues a run under its own id.</summary>
    /// <param name="services">What it runs with; the caller disposes them.</param>
    /// <param name="request">Which run, and what shall be other than before.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="interruption">Asks the run to stop.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="Errors.MetaflowException">The run cannot be continued, or data could not be written.</exception>
    public async Task<RunOutcome> ContinueAsync(RunServices services, ContinueRequest request, IRunObserver observer, RunInterruption interruption)
    {
        var continuation = await RunContinuation.OpenAsync(services, definition.FlowName, request.RunId).ConfigureAwait(false);
        await using var taken = continuation.ConfigureAwait(false);
        if (continuation.Recorded is not { } recorded)
        {
            var anew = request.Over(request.Anew) with { Tags = [.. request.Anew.Tags.Union(request.Tags)] };
            return await BeginAsync(services, continuation, anew, observer, interruption).ConfigureAwait(false);
        }

        RunContinuation.RefuseInputs(request);
        var asked = request.Over(recorded);
        var engine = new FlowEngine(makeFlow, definition, settings with { Namespace = asked.Namespace ?? settings.Namespace });
        services.ExpectTask();
        var configs = await engine.ConfigsOfAsync(services, continuation.Run).ConfigureAwait(false);
        var context = engine.Context(services, WithKnownParameters(asked) with { Values = null }, observer, configs);
        context.CheckDecorators();
        if (asked.Resume is null || asked.Values is not { Count: > 0 })
        {
            await ReuseSetup.PrepareAsync(context).ConfigureAwait(false);
        }
        else
        {
            ReuseSetup.Identify(context);
        }

        return await new RunSession(context).ContinueAsync(continuation, request, interruption).ConfigureAwait(false);
    }

    /// <summary>Begins a run of which nothing is recorded but its id.</summary>
    private async Task<RunOutcome> BeginAsync(
        RunServices services, RunContinuation continuation, RunRequest request, IRunObserver observer, RunInterruption interruption)
    {
        services.ExpectTask();
        var context = Context(services, request, observer, await ConfigsOfAsync(services, continuation.Run).ConfigureAwait(false));
        context.CheckDecorators();
        await ReuseSetup.PrepareAsync(context).ConfigureAwait(false);
        return await new RunSession(context).BeginAsync(continuation, interruption).ConfigureAwait(false);
    }

    /// <summary>Says what a resume would do. Nothing is written, and no task is started.</summary>
    /// <param name="services">Where the runs are; the caller disposes them.</param>
    /// <param name="request">What would be resumed.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.ConfigurationException">What is to be resumed is not there (MF2070 to MF2072).</exception>
    public async Task<ResumePlan> PlanAsync(RunServices services, RunRequest request)
    {
        var resume = request.Resume ?? new ResumeRequest();
        await CheckNewRunAsync(services, resume).ConfigureAwait(false);
        var context = await OpenAsync(services, request with { Resume = resume }, new NoView()).ConfigureAwait(false);
        context.CheckDecorators();
        return await ReuseSetup.PlanAsync(context, resume).ConfigureAwait(false);
    }

    // Of several processes that resume together, the first has made the run.
    private async Task CheckNewRunAsync(RunServices services, ResumeRequest? resume)
    {
        resume?.CheckRunId();
        if (resume is { RunId: { } runId, IsReentrant: false } && await services.Stores.Metadata.FindRunAsync(definition.FlowName, runId, default).ConfigureAwait(false) is not null)
        {
            throw ResumeErrors.RunExists(definition.FlowName, runId);
        }
    }

    /// <summary>Puts together what a run or a resume works with: a resumed run keeps its configurations.</summary>
    private async Task<RunContext> OpenAsync(RunServices services, RunRequest request, IRunObserver observer)
    {
        if (request.Resume is not { } resume || definition.Configs.Count == 0)
        {
            return Context(services, request, observer);
        }

        var origin = await new OriginChoice(Context(services, request, observer, new ConfigSet())).FindAsync(resume.OriginRun).ConfigureAwait(false);
        var parameters = await origin.OpenParametersAsync().ConfigureAwait(false);
        if (parameters is null)
        {
            return Context(services, request, observer, new ConfigSet());
        }

        var (kept, others) = FlowConfigs.Take(definition, parameters, request, settings, "resume");
        return Context(services, request, observer, kept.With(others));
    }

    // A parameter that was given when the run began may have been removed since: its value is stored, and the tasks that are finished have read it.
    private RunRequest WithKnownParameters(RunRequest recorded) => recorded with
    {
        Parameters = recorded.Parameters
            .Where(given => definition.Parameters.Any(parameter => parameter.Name.Replace('-', '_') == given.Key.Replace('-', '_')))
            .ToDictionary(StringComparer.Ordinal),
    };

    /// <summary>A run that is continued keeps its parameters and configurations, as the tasks that are finished read them: the flow can have no others.</summary>
    private async Task<ConfigSet?> ConfigsOfAsync(RunServices services, RunRecord run)
    {
        var parameters = new TaskPath(run.Flow, run.RunId, TaskPath.ParametersStep, "0");
        var artifacts = await new FlowDatastore(services.Stores.Blobs, run.Flow, services.Time).TryOpenTaskAsync(parameters, default).ConfigureAwait(false);
        if (artifacts is null)
        {
            return null;
        }

        new KeptInputs(definition, artifacts).RequireAll(run.RunId);
        return definition.Configs.Count == 0 ? null : ConfigSet.Of(definition, artifacts);
    }

    /// <summary>Puts together what a run works with.</summary>
    /// <param name="services">What it runs with.</param>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="known">The configurations, where they are known already.</param>
    /// <returns>The context.</returns>
    public RunContext Context(RunServices services, RunRequest request, IRunObserver observer, ConfigSet? known = null)
    {
        var flow = makeFlow();
        var configs = known ?? FlowConfigs.Load(definition, request, settings);
        return new(flow, configs.IsEmpty ? definition : FlowConfigs.Bind(flow, configs), settings, request, new FlowDatastore(services.Stores.Blobs, definition.FlowName, services.Time))
        {
            Configs = configs,
            Metadata = services.Stores.Metadata,
            Launchers = services.Launchers,
            Program = services.Program,
            Time = services.Time,
            Observer = new SafeObserver(observer),
        };
    }

    private static async Task<RunOutcome> RunTogetherAsync(RunContext context, ResumeRequest resume, RunInterruption interruption)
    {
        var leadership = new ResumeLeadership(context, resume);
        await ReuseSetup.PrepareAsync(context).ConfigureAwait(false);
        if (!await leadership.TryLeadAsync().ConfigureAwait(false))
        {
            return await leadership.FollowAsync(interruption.Token).ConfigureAwait(false);
        }

        var outcome = await new RunSession(context).RunAsync(interruption).ConfigureAwait(false);
        await leadership.MarkDoneAsync().ConfigureAwait(false);
        return outcome;
    }

    private sealed class NoView : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
