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

namespace Metaflow.StepEnvironments;

/// <summary>Finds the environments of a flow's steps, and creates those that this machine needs.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
/// <param name="workspace">What resolves, stores and creates environments.</param>
internal sealed class EnvironmentPlanner(
    FlowDefinition definition, Func<string, StepDecorators> decoratorsOf, EnvironmentWorkspace workspace)
{
    /// <summary>Returns what the steps of the flow ask for.</summary>
    /// <param name="only">The steps that count; empty for all.</param>
    /// <returns>The requirements by step; steps that ask for nothing are left out.</returns>
    /// <exception cref="Errors.ConfigurationException">Decorators contradict each other (MF7101 to MF7105).</exception>
    public IReadOnlyDictionary<string, EnvironmentRequirement> Requirements(IReadOnlyCollection<string> only)
    {
        var requirements = new Dictionary<string, EnvironmentRequirement>(StringComparer.Ordinal);
        foreach (var step in definition.Graph.Steps.Where(step => only.Count == 0 || only.Contains(step.Name)))
        {
            if (StepRequirement.Of(decoratorsOf(step.Name), step.Name) is { } requirement)
            {
                requirements.Add(step.Name, requirement);
            }
        }

        return requirements;
    }

    /// <summary>Finds environments.</summary>
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
        foreach (var (step, requirement) in requirements)
        {
            foreach (var architecture in architectures)
            {
                var (start, whole) = await StartAsync(named, requirement, architecture, cancellationToken).ConfigureAwait(false);
                if (whole is null)
                {
                    found.Add(new StepFound(step, new FoundEnvironment(start!, IsNew: false)));
                    continue;
                }

                wanted.Add((step, new WantedEnvironment(
                    $"step '{step}'", EnvironmentRequest.Of(whole, framework), framework, architecture)
                {
                    Sources = whole.Sources.GetValueOrDefault(Categories.NuGet) ?? [],
                }, start));
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

        var (compiled, arguments) = ProgramFiles.Of(program);
        var environments = await FindAsync(
            requirements, compiled.Framework, [MachineKinds.OfThisMachine], new ResolveOptions(), cancellationToken).ConfigureAwait(false);
        return new PlannedEnvironments(
            await CreateAsync(compiled, arguments, environments, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Creates environments on this machine.</summary>
    /// <param name="compiled">The program.</param>
    /// <param name="arguments">The arguments that follow the program's assembly.</param>
    /// <param name="environments">The environments of the steps.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments by step.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found or unpacked (MF70xx).</exception>
    public async Task<IReadOnlyDictionary<string, PlannedEnvironment>> CreateAsync(
        CompiledProgram compiled, IReadOnlyList<string> arguments, IReadOnlyList<StepFound> environments,
        CancellationToken cancellationToken)
    {
        var programs = new Dictionary<EnvironmentId, (ProgramLocation Program, ProgramChecks Checks)>();
        var planned = new Dictionary<string, PlannedEnvironment>(StringComparer.Ordinal);
        foreach (var (step, found) in environments)
        {
            var environment = found.Environment;
            if (!programs.TryGetValue(environment.Id, out var started))
            {
                await workspace.Folder.CreateAsync(environment, workspace.Sources.All, cancellationToken).ConfigureAwait(false);
                var start = workspace.Folder.Start(compiled, environment);
                var program = new ProgramLocation(start.FileName, [.. start.Arguments, .. arguments]);
                started = (program with { Environment = environment.Id.FullId }, start.Checks);
                programs.Add(environment.Id, started);
            }

            planned.Add(step, new PlannedEnvironment(environment, started.Program, WarningsOf(step, started.Checks)));
        }

        return planned;
    }

    /// <summary>Returns what is known to go wrong with environments that were resolved and created before. Nothing is resolved or
    /// created.</summary>
    /// <param name="compiled">The program.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The warnings.</returns>
    /// <exception cref="Errors.MetaflowException">Decorators contradict each other, or a record is damaged.</exception>
    public async Task<IReadOnlyList<GraphProblem>> CheckAsync(CompiledProgram compiled, CancellationToken cancellationToken)
    {
        var warnings = new List<GraphProblem>();
        foreach (var (step, requirement) in Requirements([]))
        {
            var (_, environment) = await FindKnownAsync(
                requirement, (compiled.Framework, MachineKinds.OfThisMachine), workspace.Book, cancellationToken).ConfigureAwait(false);
            if (environment is not null && workspace.Folder.Has(environment))
            {
                warnings.AddRange(WarningsOf(step, workspace.Folder.Start(compiled, environment).Checks));
            }
        }

        return warnings;
    }

    /// <summary>Finds the environment that a run would use, without resolving it.</summary>
    /// <param name="requirement">What a step asks for.</param>
    /// <param name="target">The framework of the program, such as <c>net10.0</c>, and the kind of machine.</param>
    /// <param name="book">The environments that count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The request, and the environment; <see langword="null"/> if it has to be resolved.</returns>
    /// <exception cref="Errors.EnvironmentException">The requirement names an environment that is not there (MF7039).</exception>
    public static async Task<(EnvironmentRequest Request, ResolvedEnvironment? Environment)> FindKnownAsync(
        EnvironmentRequirement requirement, (string Framework, string Architecture) target, EnvironmentBook book,
        CancellationToken cancellationToken)
    {
        var (start, whole) = await StartAsync(
            new NamedEnvironments(book), requirement, target.Architecture, cancellationToken).ConfigureAwait(false);
        var request = EnvironmentRequest.Of(whole ?? requirement, target.Framework);
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

        return (start, requirement.Packages.Values.Any(static packages => packages.Count > 0)
            ? NamedEnvironments.Extend(start, requirement) : null);
    }

    private IReadOnlyList<GraphProblem> WarningsOf(string step, ProgramChecks checks)
        => [.. PackageWarnings.Of(definition.Graph.Find(step)!, definition.Graph, checks)];
}

/// <summary>An environment that was found for a step.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Found">The environment.</param>
internal sealed record StepFound(string Step, FoundEnvironment Found);
