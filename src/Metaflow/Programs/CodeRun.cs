using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Services;
using Metaflow.Settings;

namespace Metaflow.Programs;

/// <summary>A run that code asked for.</summary>
/// <param name="makeFlow">Makes flow objects.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="options">What was asked for.</param>
/// <param name="resume">The run to go on with, or <see langword="null"/> for a run from the start.</param>
internal sealed class CodeRun(Func<FlowSpec> makeFlow, Type flow, FlowRunOptions options, ResumeRequest? resume = null)
{
    private readonly CodeFlow _flow = new(makeFlow, flow, options);

    /// <summary>Runs the flow.</summary>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>How it ended.</returns>
    public async Task<CodeRunResult> RunAsync(CancellationToken cancellationToken)
    {
        var application = _flow.Open();
        var settings = application.Settings;
        var request = Request(application.Definition);
        using var services = Services(settings);
        using var interruption = new RunInterruption();
        using var registration = cancellationToken.Register(() => interruption.Request(ExitCodes.Terminated));
        var engine = new FlowEngine(MakeFlowWithServices, application.Definition, settings);
        var plan = await engine.PlanRunAsync(
            services, request, _flow.Observer, cancellationToken).ConfigureAwait(false);
        var outcome = await new RunSession(plan).RunAsync(interruption).ConfigureAwait(false);
        return new CodeRunResult(
            new MetaflowClient(services.Stores.Metadata, services.Stores.Blobs), outcome, interruption.Requests > 0 && !outcome.Succeeded);
    }

    private RunRequest Request(FlowDefinition definition) => new()
    {
        Resume = resume,
        Values = GivenParameters.Of(definition, options.Parameters),
        Tags = options.Tags,
        With = options.With,
        MaxWorkers = Positive(options.MaxWorkers, nameof(options.MaxWorkers)),
        MaxNumSplits = Positive(options.MaxNumSplits, nameof(options.MaxNumSplits)),
        MaxLogSize = Positive(options.MaxLogSize, nameof(options.MaxLogSize)),
        Namespace = options.Namespace,
        Configs = options.Configs,
        ParentTask = options.ParentTask,
        WorkingFolder = options.WorkingFolder,
    };

    private RunServices Services(MetaflowSettings settings)
    {
        if (options is { Stores: not null, Isolation: TaskIsolation.Process })
        {
            throw new ArgumentException("Tasks in processes of their own cannot open the given stores: set Isolation to InProcess.");
        }

        return options.Stores is not null || settings.RunsInProcess
            ? FlowEngine.InProcess(
                MakeFlowWithServices, options.Stores ?? FlowEngine.StoresOf(settings, options.Time), options.Time, options.ReadsBack)
            : FlowEngine.Processes(_flow.Program, settings, options.Time);
    }

    private FlowSpec MakeFlowWithServices()
    {
        var made = makeFlow();
        made.Services = options switch
        {
            { Services: { } given } => new FlowServiceSource(() => given, isOwn: false),
            { ServicesType: { } type } => FlowServiceSource.OfType(type),
            _ => null,
        };
        return made;
    }

    private static int Positive(int value, string name)
        => value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, "At least 1 is needed.");
}

/// <summary>What became of a run that code asked for.</summary>
/// <param name="Client">Sees the stores of the run.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="WasCancelled">Whether the caller ended it.</param>
internal sealed record CodeRunResult(MetaflowClient Client, RunOutcome Outcome, bool WasCancelled);
