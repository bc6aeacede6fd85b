using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Environments.Workspaces;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Metaflow.InProcess;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Spinning;
using Metaflow.StepEnvironments;
using Metaflow.Storage;

namespace Metaflow.Programs;

/// <summary>A flow program behind the command line.</summary>
internal sealed class FlowApplication(Func<FlowSpec> makeFlow, MetaflowSettings settings, string invocation, TimeProvider time)
    : IFlowApplication
{
    private readonly FlowSpec _flow = makeFlow();
    private FlowDecorators? _decorators;
    private IReadOnlyList<string> _given = [];
    private FlowDefinition? _definition;

    /// <summary>Gets the arguments that choose the flow in a process of this program; empty in a program of one flow.</summary>
    public IReadOnlyList<string> Selection { get; init; } = [];

    /// <inheritdoc/>
    public FlowDefinition Definition => _definition ??= Describe();

    /// <inheritdoc/>
    public MetaflowSettings Settings => settings;

    /// <inheritdoc/>
    public string Invocation => invocation;

    /// <inheritdoc/>
    public IReadOnlyList<string> KnownDecorators => DecoratorCatalogue.NamesFor(_flow.GetType());

    /// <inheritdoc/>
    public IReadOnlyList<string> KnownFlowDecorators => DecoratorCatalogue.NamesOfFlows;

    /// <inheritdoc/>
    public IReadOnlyList<FlowOption> FlowOptions => Decorators.Options;

    // Every task's process has to choose the same flow, whichever command starts it.
    private ProgramLocation Program => ProgramLocation.Find().With(Selection);

    private FlowEngine Engine => new(makeFlow, Definition, settings);

    private FlowDecorators Decorators => _decorators ??= new FlowDecorators(_flow, settings);

    /// <inheritdoc/>
    public IFlowApplication WithSettings(MetaflowSettings newSettings)
        => new FlowApplication(makeFlow, newSettings, invocation, time) { _definition = _definition, Selection = Selection };

    /// <inheritdoc/>
    public IReadOnlyList<GraphProblem> Check()
    {
        var graph = Definition.Graph;
        CheckDefaultDecorators();
        var problems = new List<GraphProblem>(GraphRules.Check(graph));
        var defaults = settings.DefaultDecorators.Where(static text => !ConfigTexts.HasReference(text)).ToList();
        problems.AddRange(Decorators.Check(Definition, defaults));
        problems.AddRange(RetryNames.Check(_flow, graph, [.. _given, .. defaults]));
        return [.. problems.OrderBy(static problem => problem.Severity)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GraphProblem>> CheckPackagesAsync(IReadOnlyList<string> with, string workingFolder)
    {
        if (settings.EnvironmentType == EnvironmentTypes.Local
            || !Definition.Graph.Steps.Any(static step => step.Decorators.Any(static each => each.Origin is EnvironmentDecoratorAttribute)))
        {
            return [];
        }

        var planner = Planner(with, Workspace(workingFolder, SilentObserver.Instance));
        return await planner.CheckAsync(planner.FilesOf(Program).Program, default).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void CheckDecorators(IReadOnlyList<string> with)
    {
        // What a reference to a configuration stands for is known, and checked, when the run begins.
        _given = [.. with.Where(static text => !ConfigTexts.HasReference(text))];
        CheckGiven([.. _given], "the command line by --with");
    }

    /// <inheritdoc/>
    public FlowDefinition Decorate(IReadOnlyList<string> with)
    {
        CheckDefaultDecorators();
        return Decorators.Apply(
            Definition, [.. with.Concat(settings.DefaultDecorators).Where(static text => !ConfigTexts.HasReference(text))]);
    }

    /// <summary>Checks the decorators of the settings, whose errors have to say where those are: nothing in the source or the command has
    /// them.</summary>
    private void CheckDefaultDecorators()
    {
        try
        {
            CheckGiven(
                [.. settings.DefaultDecorators.Where(static text => !ConfigTexts.HasReference(text))],
                $"the setting {SettingNames.DefaultDecorators}");
        }
        catch (ConfigurationException error)
        {
            var origin = settings.Origins.GetValueOrDefault(SettingNames.DefaultDecorators) is { } file && Path.IsPathRooted(file)
                ? $"the file '{file}'"
                : "the environment";
            throw new ConfigurationException(
                error.Code, error.What, error.Why, $"The setting '{SettingNames.DefaultDecorators}' gives it, in {origin}. {error.Fix}",
                error.InnerException)
            { ExitCode = ExitCodes.Usage };
        }
    }

    private void CheckGiven(List<string> known, string place)
    {
        var given = known.ConvertAll(text => DecoratorText.Parse(text, _flow.GetType()));
        if (StepDecorators.Duplicates(given, place).FirstOrDefault() is { } problem)
        {
            throw new ConfigurationException(problem.Code, problem.What, problem.Why, problem.Fix) { ExitCode = ExitCodes.Usage };
        }

        if (known.Count > 0)
        {
            Decorators.RefuseGiven(Definition, known);
        }
    }

    /// <inheritdoc/>
    public async Task<RunOutcome> RunAsync(RunRequest request, IRunObserver observer, RunInterruption interruption)
    {
        using var services = Services();
        using var notices = TellNotices(observer);
        TellDebugger(observer);
        var plan = await Engine.PlanRunAsync(services, request, observer, interruption.Token).ConfigureAwait(false);
        using var shared = settings.RunsInProcess ? new InProcessRun() : null;
        return await new RunSession(plan).RunAsync(interruption).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RunOutcome> ContinueAsync(ContinueRequest request, IRunObserver observer, RunInterruption interruption)
    {
        using var services = Services();
        using var notices = TellNotices(observer);
        TellDebugger(observer);
        var plan = await Engine.PlanContinuationAsync(
            services, request, observer, interruption.Token).ConfigureAwait(false);
        using var shared = settings.RunsInProcess ? new InProcessRun() : null;
        return await new RunSession(plan).RunAsync(interruption).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ResumePlan> PlanAsync(RunRequest request)
    {
        using var services = Services();
        return await Engine.PlanResumeAsync(services, request).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<SpinOutcome> SpinAsync(SpinRequest request, IRunObserver observer, RunInterruption interruption)
    {
        using var notices = TellNotices(observer);
        TellDebugger(observer);
        using var shared = settings.RunsInProcess ? new InProcessRun() : null;
        return await new SpinRun(makeFlow, Definition, settings, Program, time).RunAsync(
            request, new SafeObserver(observer), interruption).ConfigureAwait(false);
    }

    /// <summary>Returns what resolves and finds the environments of the steps without a run.</summary>
    /// <param name="with">The decorators to add to steps.</param>
    /// <param name="workingFolder">The folder in which the search for NuGet's configuration files begins.</param>
    /// <param name="observer">Learns what is done, and sentences that the user should read.</param>
    /// <param name="program">The program that runs tasks; <see langword="null"/> for this one.</param>
    /// <returns>The environments.</returns>
    public FlowEnvironments Environments(
        IReadOnlyList<string> with, string workingFolder, IRunObserver observer, ProgramLocation? program = null)
    {
        var workspace = Workspace(workingFolder, observer);
        return new FlowEnvironments(Definition, Planner(with, workspace), workspace, program ?? Program);
    }

    private EnvironmentWorkspace Workspace(string workingFolder, IRunObserver observer) => EnvironmentWorkspace.Open(
        settings, StoreOptions.Of(settings.Environment, time, settings.Origins), DotnetHost.Find() ?? "dotnet", workingFolder, observer);

    private EnvironmentPlanner Planner(IReadOnlyList<string> with, EnvironmentWorkspace workspace)
    {
        // What a reference to a configuration stands for is known when a run begins.
        List<string> known = [.. with.Concat(settings.DefaultDecorators).Where(static text => !ConfigTexts.HasReference(text))];
        return new EnvironmentPlanner(Definition, FlowClass.Of(_flow.GetType()), step => new StepDecorators(_flow, step, known), workspace);
    }

    private RunServices Services() => settings.RunsInProcess
        ? FlowEngine.InProcess(makeFlow, FlowEngine.StoresOf(settings, time), time)
        : FlowEngine.Processes(Program, settings, time);

    private IDisposable TellNotices(IRunObserver observer)
        => StoreNotices.To(text => observer.OnEvent(new RunEvent.Message(time.GetUtcNow(), text)));

    // Whoever did not ask for it has to know why a crash ends the run, and why tasks do not run at the same time.
    private void TellDebugger(IRunObserver observer)
    {
        if (settings is { RunsInProcess: true, Isolation: TaskIsolation.Automatic })
        {
            observer.OnEvent(new RunEvent.Message(
                time.GetUtcNow(),
                "A debugger is attached: tasks run in this process, one at a time unless --max-workers says otherwise. "
                    + "Use '--isolation process' to run each task in its own process."));
        }
    }

    private FlowDefinition Describe()
    {
        var builder = new FlowDefinitionBuilder();
        _flow.Describe(builder);
        var definition = builder.Build();
        if (definition.FlowName.Length > 0)
        {
            return Decorators.Apply(definition, []);
        }

        throw new FlowDefinitionException(
            ErrorCodes.FlowNotGenerated,
            $"The flow '{_flow.GetType().Name}' cannot run.",
            "The class is incomplete: the source generator of Metaflow has not run for it.",
            "Make the class partial, and reference the package Metaflow, not only its assembly.");
    }
}
