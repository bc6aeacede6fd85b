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
    /// <summary>Runs the flow.</summary>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>How it ended.</returns>
    public async Task<CodeRunResult> RunAsync(CancellationToken cancellationToken)
    {
        ClientNamespace.Check(options.Namespace);
        FlowPlugins.AddOf(flow);
        var settings = (options.LoadedSettings ?? Settings()) with { TaskVariables = options.Settings };
        settings = settings with
        {
            Namespace = options.Namespace ?? settings.Namespace,
            Isolation = options.Isolation == TaskIsolation.Automatic ? settings.Isolation : options.Isolation,
        };
        var application = new FlowApplication(makeFlow, settings, "FlowRunner", options.Time);
        Check(application);
        var request = Request(application.Definition);
        using var services = Services(settings);
        using var interruption = new RunInterruption();
        using var registration = cancellationToken.Register(() => interruption.Request(ExitCodes.Terminated));
        var engine = new FlowEngine(MakeFlowWithServices, application.Definition, settings);
        var plan = await engine.PlanRunAsync(
            services, request, new ProgressObserver(options.Progress), cancellationToken).ConfigureAwait(false);
        var outcome = await new RunSession(plan).RunAsync(interruption).ConfigureAwait(false);
        return new CodeRunResult(
            new MetaflowClient(services.Stores.Metadata, services.Stores.Blobs), outcome, interruption.Requests > 0 && !outcome.Succeeded);
    }

    private MetaflowSettings Settings()
    {
        var environment = new Dictionary<string, string>(SettingsLoader.ProcessEnvironment());
        foreach (var (name, value) in options.Settings)
        {
            environment[name] = value;
        }

        return SettingsLoader.Load(environment, options.WorkingFolder, options.DatastoreRoot);
    }

    private void Check(FlowApplication application)
    {
        application.CheckDecorators(options.With);
        GraphProblem[] problems = [.. ParameterRules.Check(application.Definition, application.FlowOptions), .. application.Check()];
        var errors = Array.FindAll(problems, static problem => problem.Severity == ProblemSeverity.Error);
        if (errors.Length > 0)
        {
            throw new FlowDefinitionException(
                errors[0].Code, string.Join(" ", errors.Select(static error => error.What)), errors[0].Why, errors[0].Fix);
        }
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
            : FlowEngine.Processes(
                options.Program ?? TaskHostLocation.Of(flow, options.ServicesType, FlowPlugins.Describe()), settings, options.Time);
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

    private sealed class ProgressObserver(IProgress<RunEvent>? progress) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => progress?.Report(runEvent);
    }
}

/// <summary>What became of a run that code asked for.</summary>
/// <param name="Client">Sees the stores of the run.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="WasCancelled">Whether the caller ended it.</param>
internal sealed record CodeRunResult(MetaflowClient Client, RunOutcome Outcome, bool WasCancelled);
