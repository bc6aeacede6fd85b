using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Environments;
using Metaflow.Environments.Checks;
using Metaflow.Environments.Programs;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Workspaces;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Platform;

namespace Metaflow.StepEnvironments;

/// <summary>Finds the environments of a flow's steps, and creates those that this machine needs.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
/// <param name="workspace">What resolves, stores and creates environments.</param>
internal sealed class EnvironmentPlanner(
    FlowDefinition definition, FlowClass flow, Func<string, StepDecorators> decoratorsOf, EnvironmentWorkspace workspace)
{
    /// <summary>Returns what the steps of the flow ask for.</summary>
    /// <param name="only">The steps that count; empty for all.</param>
    /// <returns>The requirements by step; steps that ask for nothing are left out.</returns>
    /// <exception cref="Errors.ConfigurationException">Decorators contradict each other (MF7101 to MF7106).</exception>
    /// <exception cref="Errors.EnvironmentException">MF7037: a name that is looked up later has a variable that no task can
    /// have.</exception>
    public IReadOnlyDictionary<string, EnvironmentRequirement> Requirements(IReadOnlyCollection<string> only)
    {
        var requirements = new Dictionary<string, EnvironmentRequirement>(StringComparer.Ordinal);
        foreach (var step in definition.Graph.Steps.Where(step => only.Count == 0 || only.Contains(step.Name)))
        {
            if (StepRequirement.Of(decoratorsOf(step.Name), step.Name) is { } requirement)
            {
                requirements.Add(step.Name, requirement);
                if (requirement.FetchAtExecution == true)
                {
                    // A variable that no task can have is named before any of them starts.
                    NameTemplate.Fill(requirement.Start!, name => TaskVariables.Knows(name, definition.Parameters)
                        ? "" : ProcessVariables.ValueOf(name));
                }
            }
        }

        return requirements;
    }

    /// <summary>Returns the files of the program.</summary>
    /// <param name="program">The program that runs tasks of steps without an environment.</param>
    /// <returns>The files, and the arguments that follow the program's assembly.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7024: the program's form does not allow packages of steps.</exception>
    public (CompiledProgram Program, IReadOnlyList<string> Arguments) FilesOf(ProgramLocation program) => ProgramFiles.Of(program, flow);

    /// <summary>Finds environments. Those that are looked up when a task starts are left out.</summary>
    /// <param name="requirements">What steps ask for.</param>
    /// <param name="framework">The framework of the program, such as <c>net10.0</c>.</param>
    /// <param name="architectures">The kinds of machines that they are for.</param>
    /// <param name="options">How to look for them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each step and each kind of machine, the environment.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found or stored (MF70xx).</exception>
    public async Task<IReadOnlyList<StepFound>> FindAsync(
        IReadOnlyDictionary<string, EnvironmentRequirement> requirements, string framework, IReadOnlyList<string> architectures,
        ResolveOptions options, CancellationToken cancellationToken)
    {
        var named = new NamedEnvironments(workspace.Book);
        var found = new List<StepFound>();
        var wanted = new List<(string Step, WantedEnvironment Request, ResolvedEnvironment? Start)>();
        foreach (var (step, requirement) in requirements.Where(static each => each.Value.FetchAtExecution != true))
        {
            foreach (var architecture in architectures)
            {
                var (start, whole) = await StartAsync(named, requirement, architecture, cancellationToken).ConfigureAwait(false);
                if (whole is null)
                {
                    found.Add(new StepFound(step, new FoundEnvironment(start!, IsNew: false)));
                    continue;
                }

                whole = workspace.Defaults.Complete(whole, architecture);
                var request = WantedEnvironment.Of($"step '{step}'", whole, framework, architecture) with { Start = start };
                wanted.Add((step, request, start));
            }
        }

        var resolved = await workspace.Resolver.ResolveAsync(
            wanted.ConvertAll(static each => each.Request), options, cancellationToken).ConfigureAwait(false);
        found.AddRange(wanted.Zip(resolved, static (each, environment) => new StepFound(each.Step, environment)));
        foreach (var ((step, _, start), environment) in wanted.Zip(resolved))
        {
            // Once: the next run says nothing of what it knows.
            var isToTell = start is not null && environment.IsNew;
            foreach (var note in isToTell ? NamedEnvironments.Replaced(start!, environment.Environment, $"step '{step}'") : [])
            {
                workspace.Reports.Say(note);
            }
        }

        return found;
    }

    /// <summary>Finds and creates the environments of a run.</summary>
    /// <param name="program">The program that runs tasks of steps without an environment.</param>
    /// <param name="only">The steps that count; empty for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found, stored or unpacked (MF70xx).</exception>
    public async Task<PlannedEnvironments> PlanAsync(
        ProgramLocation program, IReadOnlyCollection<string> only, CancellationToken cancellationToken)
    {
        var requirements = Requirements(only);
        if (requirements.Count == 0)
        {
            return PlannedEnvironments.None;
        }

        var (compiled, arguments) = FilesOf(program);
        var environments = await FindAsync(
            requirements, compiled.Framework, [MachineKinds.OfThisMachine], new ResolveOptions(), cancellationToken).ConfigureAwait(false);
        var planned = await CreateAsync(compiled, arguments, environments, isWhole: only.Count == 0, cancellationToken)
            .ConfigureAwait(false);
        var fetched = requirements.Where(static each => each.Value.FetchAtExecution == true).ToDictionary(StringComparer.Ordinal);
        return planned with
        {
            HasNew = environments.Any(static each => each.Found.IsNew),
            Evidence = requirements.Values.All(IsSettled)
                ? [.. planned.Steps.Values.SelectMany(static each => each.Files).Distinct(StringComparer.Ordinal)] : null,
            Fetched = fetched.Count == 0 ? null : new FetchedEnvironments(this, compiled, arguments, fetched),
        };
    }

    /// <summary>Finds the environment that a requirement names for a task.</summary>
    /// <param name="requirement">What the task's step asks for: the name of an environment.</param>
    /// <param name="variable">Returns the value of a variable of the task; <see langword="null"/> if there is no such variable.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="Errors.EnvironmentException">There is no such environment (MF7034 to MF7039).</exception>
    public Task<ResolvedEnvironment> FetchAsync(
        EnvironmentRequirement requirement, Func<string, string?> variable, CancellationToken cancellationToken)
        => new NamedEnvironments(workspace.Book).FindAsync(requirement, variable, MachineKinds.OfThisMachine, cancellationToken);

    /// <summary>Creates environments on this machine.</summary>
    /// <param name="compiled">The program.</param>
    /// <param name="arguments">The arguments that follow the program's assembly.</param>
    /// <param name="environments">The environments of the steps.</param>
    /// <param name="isWhole">Whether values pass between the steps: in a run, not where one step is tried.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments by step.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found or unpacked, or a value cannot pass from one step to another
    /// (MF70xx).</exception>
    public async Task<PlannedEnvironments> CreateAsync(
        CompiledProgram compiled, IReadOnlyList<string> arguments, IReadOnlyList<StepFound> environments, bool isWhole,
        CancellationToken cancellationToken)
    {
        var programs = new Dictionary<EnvironmentId, (ProgramLocation Program, ProgramStart Start)>();
        var planned = new Dictionary<string, PlannedEnvironment>(StringComparer.Ordinal);
        foreach (var (step, found) in environments)
        {
            var environment = found.Environment;
            if (!programs.TryGetValue(environment.Id, out var started))
            {
                await workspace.Folder.CreateAsync(environment, workspace.Sources.All, workspace.Archives, cancellationToken)
                    .ConfigureAwait(false);
                var start = workspace.Folder.Start(compiled, environment);
                var program = new ProgramLocation(start.FileName, [.. start.Arguments, .. arguments]);
                started = (program with { Environment = environment.Id.FullId }, start);
                programs.Add(environment.Id, started);
            }

            var warnings = TextsOf(WarningsOf(step, started.Start.Checks));
            planned.Add(step, new PlannedEnvironment(
                EnvironmentField.ToText(environment.Id), environment.Id.FullId, started.Program, warnings)
            {
                Files = [.. started.Start.Files, .. workspace.FilesOf(environment)],
            });
        }

        var crossings = isWhole
            ? CrossingsOf(compiled, environments.ToDictionary(static each => each.Step, static each => each.Found.Environment)) : [];
        PackageCrossings.Refuse(crossings);
        return new PlannedEnvironments(planned) { Crossings = TextsOf(crossings) };
    }

    /// <summary>Returns what is known to go wrong with environments that were resolved and created before. Nothing is resolved or
    /// created.</summary>
    /// <param name="compiled">The program.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The errors and warnings.</returns>
    /// <exception cref="Errors.MetaflowException">Decorators contradict each other, or a record is damaged.</exception>
    public async Task<IReadOnlyList<GraphProblem>> CheckAsync(CompiledProgram compiled, CancellationToken cancellationToken)
    {
        var problems = new List<GraphProblem>();
        var known = new Dictionary<string, ResolvedEnvironment>(StringComparer.Ordinal);
        foreach (var (step, requirement) in Requirements([]).Where(static each => each.Value.FetchAtExecution != true))
        {
            var (_, environment) = await FindKnownAsync(
                requirement, (compiled.Framework, MachineKinds.OfThisMachine), workspace.Book, cancellationToken).ConfigureAwait(false);
            if (environment is not null && workspace.Folder.Has(environment))
            {
                known.Add(step, environment);
                problems.AddRange(WarningsOf(step, workspace.Folder.Start(compiled, environment).Checks));
            }
            else
            {
                problems.Add(PackageWarnings.NotCompared(definition.Graph.Find(step)!));
            }
        }

        return [.. problems, .. CrossingsOf(compiled, known)];
    }

    /// <summary>Finds the environment that a run would use, without resolving it.</summary>
    /// <param name="requirement">What a step asks for.</param>
    /// <param name="target">The framework of the program, such as <c>net10.0</c>, and the kind of machine.</param>
    /// <param name="book">The environments that count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The request, and the environment; <see langword="null"/> if it has to be resolved.</returns>
    /// <exception cref="Errors.EnvironmentException">The requirement names an environment that is not there (MF7039).</exception>
    public async Task<(EnvironmentRequest Request, ResolvedEnvironment? Environment)> FindKnownAsync(
        EnvironmentRequirement requirement, (string Framework, string Architecture) target, EnvironmentBook book,
        CancellationToken cancellationToken)
    {
        var (start, whole) = await StartAsync(
            new NamedEnvironments(book), requirement, target.Architecture, cancellationToken).ConfigureAwait(false);
        var request = EnvironmentRequest.Of(
            workspace.Defaults.Complete(whole ?? requirement, target.Architecture), target.Framework);
        return (request, whole is null ? start : await book.FindDefaultAsync(
            request.RequestId, target.Architecture, request.UniqueKeys, cancellationToken).ConfigureAwait(false));
    }

    // A named environment is used as it is, unless the step asks for more packages: then it is what the step's requirement starts from.
    // Without a whole requirement, nothing has to be resolved.
    private static async Task<(ResolvedEnvironment? Start, EnvironmentRequirement? Whole)> StartAsync(
        NamedEnvironments named, EnvironmentRequirement requirement, string architecture, CancellationToken cancellationToken)
    {
        var start = await named.FindAsync(requirement, architecture, cancellationToken).ConfigureAwait(false);
        if (start is null)
        {
            return (null, requirement);
        }

        return (start, requirement.HasPackages ? NamedEnvironments.Extend(start, requirement) : null);
    }

    // Names are looked up each time: somebody may have moved them.
    private bool IsSettled(EnvironmentRequirement requirement)
        => requirement.Start is null && !workspace.Book.UsesRemoteLatest;

    private IReadOnlyList<GraphProblem> CrossingsOf(CompiledProgram compiled, IReadOnlyDictionary<string, ResolvedEnvironment> known)
        => new PackageCrossings(definition, flow, compiled, workspace.Folder)
            .Find(known, Requirements([]).Keys.Except(known.Keys).ToHashSet(StringComparer.Ordinal));

    private static IReadOnlyList<string> TextsOf(IEnumerable<GraphProblem> problems)
        => [.. problems.Select(static problem => $"{problem.Message} [{problem.Code}]")];

    private IReadOnlyList<GraphProblem> WarningsOf(string step, ProgramChecks checks)
        => [.. PackageWarnings.Of(definition.Graph.Find(step)!, flow, checks)];
}

/// <summary>An environment that was found for a step.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Found">The environment.</param>
internal sealed record StepFound(string Step, FoundEnvironment Found);
