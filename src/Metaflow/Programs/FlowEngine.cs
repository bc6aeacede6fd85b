using Metaflow.Artifacts;
using Metaflow.Commands;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Programs;

/// <summary>Runs a flow with given services: what the command line, code and tests have in common.</summary>
/// <param name="makeFlow">Makes flow objects.</param>
/// <param name="definition">The flow's definition.</param>
/// <param name="settings">The settings.</param>
internal sealed class FlowEngine(Func<FlowSpec> makeFlow, FlowDefinition definition, MetaflowSettings settings)
{
    /// <summary>Makes the services of an ordinary run: the local stores of the settings' root, and a process for each task.</summary>
    /// <param name="program">The program that runs tasks.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The services.</returns>
    public static RunServices Local(ProgramLocation program, MetaflowSettings settings, TimeProvider time)
    {
        var blobs = new LocalBlobStore(settings.DatastoreRoot);
        return new RunServices(
            blobs, new LocalMetadataProvider(settings.DatastoreRoot, time), new LocalTaskLauncher(program, blobs, time, useSpares: true), time);
    }

    /// <summary>Makes services with which no task needs a process.</summary>
    /// <param name="makeFlow">Makes flow objects.</param>
    /// <param name="blobs">Keeps data and logs; a store that can append.</param>
    /// <param name="metadata">Keeps the records.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The services.</returns>
    public static RunServices InProcess(Func<FlowSpec> makeFlow, IBlobStore blobs, IMetadataProvider metadata, TimeProvider time)
        => new(blobs, metadata, new InProcessTaskLauncher(makeFlow, blobs, metadata, time), time);

    /// <summary>Runs the flow.</summary>
    /// <param name="services">What it runs with; the caller disposes them.</param>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <param name="interruption">Asks the run to stop.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not start, or data could not be written.</exception>
    public Task<RunOutcome> RunAsync(RunServices services, RunRequest request, IRunObserver observer, RunInterruption interruption)
    {
        services.Launcher.Expect(request.MaxWorkers);
        return new RunScheduler(Context(services, request, observer)).RunAsync(interruption);
    }

    /// <summary>Puts together what a run works with.</summary>
    /// <param name="services">What it runs with.</param>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told what happens; may fail.</param>
    /// <returns>The context.</returns>
    public RunContext Context(RunServices services, RunRequest request, IRunObserver observer)
    {
        var flow = makeFlow();
        var configs = FlowConfigs.Load(definition, request, settings);
        return new(flow, configs.IsEmpty ? definition : FlowConfigs.Bind(flow, configs), settings, request, new FlowDatastore(services.Blobs, definition.FlowName, services.Time))
        {
            Configs = configs,
            Metadata = services.Metadata,
            Launcher = services.Launcher,
            Time = services.Time,
            Observer = new SafeObserver(observer),
        };
    }
}
