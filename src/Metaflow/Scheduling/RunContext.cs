using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.StepEnvironments;
using Metaflow.Storage;

namespace Metaflow.Scheduling;

/// <summary>What a run works with; made once at its start, and never changed.</summary>
internal sealed class RunContext(
    FlowSpec flow, FlowDefinition definition, MetaflowSettings settings, RunRequest request, FlowDatastore datastore)
{
    private readonly ConcurrentDictionary<string, StepDecorators> _decorators = new(StringComparer.Ordinal);
    private WorkerLimit? _workers;
    private FlowOptionValues? _flowOptions;

    /// <summary>Gets the flow's definition.</summary>
    public FlowDefinition Definition => definition;

    /// <summary>Gets an object of the flow.</summary>
    public FlowSpec Flow => flow;

    /// <summary>Gets the settings.</summary>
    public MetaflowSettings Settings => settings;

    /// <summary>Gets the options with which stores beside the datastore are opened.</summary>
    public StoreOptions StoreOptions => StoreOptions.Of(settings.Environment, Time, settings.Origins);

    /// <summary>Gets what the user asked for.</summary>
    public RunRequest Request => request;

    /// <summary>Gets the datastore of the flow.</summary>
    public FlowDatastore Datastore => datastore;

    /// <summary>Gets the flow's configurations.</summary>
    public ConfigSet Configs { get; init; } = new();

    /// <summary>Gets what references to configurations were filled with so far, as tasks need it.</summary>
    public IReadOnlyList<string> ConfigTexts => flow.ConfigTexts?.Filled ?? [];

    /// <summary>Gets the metadata provider.</summary>
    public required IMetadataProvider Metadata { get; init; }

    /// <summary>Gets what starts tasks.</summary>
    public required Launchers Launchers { get; init; }

    /// <summary>Gets the program that runs tasks.</summary>
    public ProgramLocation Program { get; init; } = ProgramLocation.None;

    /// <summary>Gets the values of all parameters, of which none is taken from another run, by name on disk. They are found once.</summary>
    /// <exception cref="Errors.ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public IReadOnlyDictionary<string, object?> Values => field ??= RunParameters.Resolve(this);

    /// <summary>Gets the environments of the steps; none until <see cref="FindEnvironmentsAsync"/> has found them.</summary>
    public PlannedEnvironments Environments { get; private set; } = PlannedEnvironments.None;

    /// <summary>Returns the program that runs the tasks of a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The program. For a step whose environment is looked up when a task starts, see <see cref="FetchProgramAsync"/>.</returns>
    public ProgramLocation ProgramOf(string step) => Environments.Find(step)?.Program ?? Program;

    /// <summary>Returns true if the environment of a step is looked up when a task starts.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>Whether it is.</returns>
    public bool FetchesProgram(string step) => Environments.Fetched?.NameOf(step) is not null;

    /// <summary>Looks up the environment of a task, and creates it if it is not here yet.</summary>
    /// <param name="task">The task, of a step for which <see cref="FetchesProgram"/> is true.</param>
    /// <returns>The environment. Its warnings are there the first time that the step has it.</returns>
    /// <exception cref="Errors.EnvironmentException">There is no such environment (MF7034 to MF7039), or its packages cannot be found or
    /// unpacked (MF70xx).</exception>
    public Task<PlannedEnvironment> FetchProgramAsync(TaskPath task)
        => Environments.Fetched!.FindAsync(new TaskVariables(task, definition.Parameters, datastore), default);

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets who is told what happens.</summary>
    public required IRunObserver Observer { get; init; }

    /// <summary>Gets the run that this one resumes; <see langword="null"/>, the default, for none.</summary>
    public string? OriginRunId { get; init; }

    /// <summary>Gets the decorators given at run time: the settings' first, then the command's.</summary>
    public IReadOnlyList<string> With { get; } =
    [
        .. request.With.Concat(settings.DefaultDecorators).Select(text => flow.ConfigTexts?.Fill(text) ?? text),
    ];

    /// <summary>Gets the values of the options that decorators of the flow add. Runs that they name are looked for once, where this run is
    /// kept.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2050: there is no such run, or it did not succeed.</exception>
    public FlowOptionValues FlowOptions
        => _flowOptions ??= TriggerOnFinishAttribute.Resolve(request.FlowOptions, Metadata, datastore.Blobs);

    /// <summary>Gets what the tasks of each step read, where reading takes long.</summary>
    public StepReads Reads { get; } = new(datastore);

    /// <summary>Gets what the launches of all tasks have in common.</summary>
    public LaunchFacts LaunchFacts => new(definition, settings, Program)
    {
        With = With,
        ConfigTexts = ConfigTexts,
        FlowOptions = FlowOptions.ToTexts(),
        MaxLogSize = request.MaxLogSize,
    };

    /// <summary>Gets the decorators of the flow as a whole.</summary>
    public FlowDecorators FlowDecorators { get; } = new(flow, settings);

    /// <summary>Gets how many tasks run at once: as many as were asked for, or fewer where the system's limits allow no more. Reckoned
    /// once.</summary>
    /// <exception cref="Errors.LaunchException">The limits allow none (MF3025).</exception>
    public WorkerLimit Workers => _workers ??= definition.Graph.Steps.Select(step => LauncherOf(step.Name)).Distinct()
        .Select(launcher => launcher.LimitOf(request.MaxWorkers)).MinBy(static limit => limit.Workers)
        ?? new WorkerLimit(request.MaxWorkers, null);

    /// <summary>Gets what this machine has for tasks.</summary>
    public TaskDemand Capacity { get; } = TaskDemand.OfMachine(settings.Environment);

    /// <summary>Returns what a task of a step takes of this machine.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The demand.</returns>
    public TaskDemand DemandOf(string step)
        => DecoratorsOf(step).Find<ResourcesAttribute>() is { } resources && LauncherOf(step).UsesThisMachine ? resources.Demand : default;

    /// <summary>Returns the launcher that takes the tasks of a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The launcher.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2079: decorators choose different ones. MF2049: there is none of the
    /// name.</exception>
    public ITaskLauncher LauncherOf(string step) => Launchers.Named(DecoratorsOf(step).LauncherName(step));

    /// <summary>Returns how often the tasks of a step are tried.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The budget.</returns>
    public RetryBudget BudgetOf(string step) => DecoratorsOf(step).Budget(LauncherOf(step).RetryWait);

    /// <summary>Gets all decorators of the flow and its steps, each once: the flow's own first.</summary>
    public IEnumerable<DecoratorAttribute> AllDecorators
        => flow.DecoratorsOf(null).Concat(definition.Graph.Steps.SelectMany(step => DecoratorsOf(step.Name).All)).Distinct();

    /// <summary>Refuses decorators whose values cannot be, now that the configurations which they refer to are known, and options of theirs
    /// that name no run.</summary>
    /// <exception cref="Errors.ConfigurationException">A value cannot be. The exit code is 2.</exception>
    public void CheckDecorators()
    {
        // Before the run has a record.
        _ = FlowOptions;
        foreach (var step in definition.Graph.Steps)
        {
            _ = LauncherOf(step.Name);
        }

        // All others were checked as the source was compiled, and by 'check'.
        if (With.Count > 0 || !Configs.IsEmpty)
        {
            FlowDecorators.RefuseFilled(definition, With);
        }
    }

    /// <summary>Finds the environments of the steps, and creates those that are not here yet.</summary>
    /// <param name="cancellationToken">Ends the search for packages.</param>
    /// <returns>A task that ends when the tasks of all steps can start.</returns>
    /// <exception cref="Errors.MetaflowException">Decorators contradict each other (MF71xx), or an environment cannot be resolved, stored
    /// or created (MF70xx).</exception>
    public async Task FindEnvironmentsAsync(CancellationToken cancellationToken)
    {
        var setup = new EnvironmentSetup(definition, FlowClass.Of(flow.GetType()), settings, StoreOptions)
        {
            WorkingFolder = request.WorkingFolder,
            Observer = Observer,
        };
        Environments = await setup.PlanAsync(Program, DecoratorsOf, [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says which decorators of the command count for fewer steps than it seems.</summary>
    /// <returns>Sentences.</returns>
    public IEnumerable<string> TellUnusedDecorators()
        => StepDecorators.TellUnused(
            request.With, [.. definition.Graph.Steps.Select(step => KeyValuePair.Create(step.Name, DecoratorsOf(step.Name)))]);

    /// <summary>Returns the decorators in force for a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The decorators.</returns>
    public StepDecorators DecoratorsOf(string step)
        => _decorators.GetOrAdd(step, static (step, context) => new StepDecorators(context.Flow, step, context.With), this);
}
