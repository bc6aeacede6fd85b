using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Decorators;
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

/// <summary>Plans runs of a flow with given services: what the command line, code and tests have in common. A <see cref="RunSession"/>
/// follows the plan.</summary>
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

    /// <summary>Plans a run or a resume. Nothing is written, but a process may be started that waits for a task.</summary>
    /// <param name="services">What it runs with; the caller disposes them.</param>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="cancellationToken">Ends the search for packages.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not start.</exception>
    public async Task<RunPlan> PlanRunAsync(
        RunServices services, RunRequest request, IRunObserver observer, CancellationToken cancellationToken = default)
    {
        await CheckNewRunAsync(services, request.Resume).ConfigureAwait(false);
        ExpectTask(services, request);
        return await PlanAsync(services, request, observer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a run in order to continue it under its own id, and plans how it goes on.</summary>
    /// <param name="services">What it runs with; the caller disposes them.</param>
    /// <param name="request">Which run, and what differs from before.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="cancellationToken">Ends the search for packages.</param>
    /// <returns>The plan. The run is kept for this process until the session that follows the plan has ended.</returns>
    /// <exception cref="Errors.MetaflowException">The run cannot be continued.</exception>
    public async Task<RunPlan> PlanContinuationAsync(
        RunServices services, ContinueRequest request, IRunObserver observer, CancellationToken cancellationToken = default)
    {
        var continuation = await RunContinuation.OpenAsync(services, definition.FlowName, request).ConfigureAwait(false);
        try
        {
            if (continuation.Recorded is not { } recorded)
            {
                var anew = request.Over(request.Anew) with { Tags = [.. request.Anew.Tags.Union(request.Tags)] };
                return await PlanAsync(services, continuation, anew, observer, cancellationToken).ConfigureAwait(false);
            }

            RunContinuation.RefuseInputs(request);
            var asked = request.Over(recorded);
            var engine = new FlowEngine(makeFlow, definition, settings with { Namespace = asked.Namespace ?? settings.Namespace });
            return await engine.PlanAsync(
                services, continuation, WithKnownParameters(asked), observer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await continuation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says what a resume would do. Nothing is written, and no task is started.</summary>
    /// <param name="services">Where the runs are; the caller disposes them.</param>
    /// <param name="request">What would be resumed.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.ConfigurationException">What is to be resumed is not there (MF2070 to MF2072).</exception>
    public async Task<ResumePlan> PlanResumeAsync(RunServices services, RunRequest request)
    {
        var resume = request.Resume ?? new ResumeRequest();
        await CheckNewRunAsync(services, resume).ConfigureAwait(false);
        return (await PlanAsync(services, request with { Resume = resume }, SilentObserver.Instance).ConfigureAwait(false)).Reuse!.Plan!;
    }

    private async Task<RunPlan> PlanAsync(
        RunServices services, RunRequest request, IRunObserver observer, CancellationToken cancellationToken = default)
    {
        var origin = await OriginOfAsync(services, request).ConfigureAwait(false);
        var context = Context(services, request, observer, ConfigsOf(origin, request), origin);
        context.CheckDecorators();
        if (origin is null)
        {
            // A wrong value is said before minutes are spent on packages.
            _ = context.Values;
        }

        await context.FindEnvironmentsAsync(cancellationToken).ConfigureAwait(false);
        if (origin is null && context.Environments.Find(definition.Graph.StartStep!.Name) is { } start)
        {
            context.Launchers.Default.Expect(start.Program, 1);
        }

        return await ReuseSetup.PlanAsync(context, origin).ConfigureAwait(false);
    }

    private async Task<RunPlan> PlanAsync(
        RunServices services, RunContinuation continuation, RunRequest request, IRunObserver observer, CancellationToken cancellationToken)
    {
        ExpectTask(services, request);
        var configs = await ConfigsOfAsync(services, continuation.Run).ConfigureAwait(false);

        // Values that a program gave are recorded nowhere, and what a resume decides follows from them: what it has not cloned yet runs.
        var isKnown = continuation.Recorded?.Values is not { Count: > 0 };
        var origin = isKnown ? await OriginOfAsync(services, request).ConfigureAwait(false) : null;
        var context = Context(
            services, continuation.Recorded is null ? request : request with { Values = null }, observer, configs, origin);
        context.CheckDecorators();
        await context.FindEnvironmentsAsync(cancellationToken).ConfigureAwait(false);
        return await ReuseSetup.PlanAsync(context, origin, continuation).ConfigureAwait(false);
    }

    // A step with packages of its own has another program, which is known later.
    private void ExpectTask(RunServices services, RunRequest request)
    {
        if (definition.Graph.StartStep?.Decorators.Any(static decorator => decorator.Origin is EnvironmentDecoratorAttribute) != true
            && !request.With.Concat(settings.DefaultDecorators).Any(DecoratorCatalogue.IsOfEnvironments))
        {
            services.ExpectTask();
        }
    }

    private async Task<ResumedRun?> OriginOfAsync(RunServices services, RunRequest request)
    {
        if (request.Resume is not { } resume)
        {
            return null;
        }

        ResumeSetup.CheckSteps(definition, resume.Step, request.Until);
        return await new OriginChoice(services, definition.FlowName, settings.Namespace).FindAsync(resume).ConfigureAwait(false);
    }

    // Of several processes that resume together, the first has made the run.
    private async Task CheckNewRunAsync(RunServices services, ResumeRequest? resume)
    {
        resume?.CheckRunId();
        if (resume is { RunId: { } runId, IsReentrant: false }
            && await services.Stores.Metadata.FindRunAsync(definition.FlowName, runId, default).ConfigureAwait(false) is not null)
        {
            throw ResumeErrors.RunExists(definition.FlowName, runId);
        }
    }

    /// <summary>A resumed run keeps its configurations.</summary>
    private ConfigSet ConfigsOf(ResumedRun? origin, RunRequest request)
    {
        if (origin is null || definition.Configs.Count == 0)
        {
            return FlowConfigs.Load(definition, request, settings);
        }

        var (kept, others) = FlowConfigs.Take(definition, origin.Parameters, request, settings, "resume");
        return kept.With(others);
    }

    // A parameter that was given when the run began may have been removed since: its value is stored, and the tasks that are finished
    // have read it.
    private RunRequest WithKnownParameters(RunRequest recorded) => recorded with
    {
        Parameters = recorded.Parameters
            .Where(given => definition.Parameters.Any(parameter => parameter.Name.Replace('-', '_') == given.Key.Replace('-', '_')))
            .ToDictionary(StringComparer.Ordinal),
    };

    /// <summary>A run that is continued keeps its parameters and configurations, as the tasks that are finished read them: the flow can
    /// have no others.</summary>
    private async Task<ConfigSet?> ConfigsOfAsync(RunServices services, RunRecord run)
    {
        var parameters = new TaskPath(run.Flow, run.RunId, TaskPath.ParametersStep, "0");
        var artifacts = await new FlowDatastore(services.Stores.Blobs, run.Flow, services.Time).TryOpenTaskAsync(
            parameters, default).ConfigureAwait(false);
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
    /// <param name="origin">The run to resume, or <see langword="null"/>.</param>
    /// <returns>The context.</returns>
    public RunContext Context(
        RunServices services, RunRequest request, IRunObserver observer, ConfigSet? known = null, ResumedRun? origin = null)
    {
        var flow = makeFlow();
        var configs = known ?? FlowConfigs.Load(definition, request, settings);
        return new(
            flow, configs.IsEmpty ? definition : FlowConfigs.Bind(flow, configs), settings, request,
            new FlowDatastore(services.Stores.Blobs, definition.FlowName, services.Time))
        {
            Configs = configs,
            OriginRunId = origin?.Run.RunId,
            Metadata = services.Stores.Metadata,
            Launchers = services.Launchers,
            Program = services.Program,
            Time = services.Time,
            Observer = new SafeObserver(observer),
        };
    }
}
