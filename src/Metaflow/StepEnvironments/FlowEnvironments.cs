using Metaflow.Definition;
using Metaflow.Environments;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Workspaces;
using Metaflow.Errors;
using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>Resolves and finds the environments of a flow's steps without a run, for commands and for code.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="planner">Finds the environments of the steps.</param>
/// <param name="workspace">What resolves, stores and creates environments.</param>
/// <param name="program">The program that runs tasks of steps without an environment.</param>
internal sealed class FlowEnvironments(
    FlowDefinition definition, EnvironmentPlanner planner, EnvironmentWorkspace workspace, ProgramLocation program)
{
    /// <summary>Resolves the environments of steps, stores them, gives them names, and creates those of this machine.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments in the order of the steps, of each for all kinds of machines. Steps without one are left out.</returns>
    /// <exception cref="ConfigurationException">The flow has no such step (MF2072), there is no such kind of machine, or several
    /// environments were found for one name (MF2004).</exception>
    /// <exception cref="EnvironmentException">Packages cannot be found, stored or unpacked, or a name is wrong or taken (MF70xx).
    /// MF7024: the program's form does not allow packages of steps.</exception>
    public async Task<IReadOnlyList<FlowEnvironment>> ResolveAsync(
        StepEnvironmentOptions options, CancellationToken cancellationToken)
    {
        List<EnvironmentName> names = [.. options.Names.Select(EnvironmentName.Parse)];
        var architectures = ArchitecturesOf(options);
        var requirements = planner.Requirements(StepsOf(options));
        if (requirements.Count == 0)
        {
            RequireOne([], names);
            workspace.Reports.Say("No step asks for packages of its own.");
            return [];
        }

        foreach (var (step, requirement) in requirements.Where(static each => each.Value.FetchAtExecution == true))
        {
            workspace.Reports.Say($"Step '{step}' looks up '{requirement.Start}' when a task starts: there is nothing to resolve.");
        }

        var (compiled, arguments) = planner.FilesOf(program);
        var how = new ResolveOptions
        {
            IsForced = options.IsForced,
            IsDryRun = options.IsDryRun,
            IsLocalOnly = options.IsLocalOnly,
        };
        var found = await planner.FindAsync(requirements, compiled.Framework, architectures, how, cancellationToken)
            .ConfigureAwait(false);
        RequireOne(found, names);
        if (!options.IsDryRun)
        {
            // So that a run starts at once, and what will fail is known.
            List<StepFound> here = [.. found.Where(static each => each.Found.Environment.Id.Architecture == MachineKinds.OfThisMachine)];
            var created = await planner.CreateAsync(
                compiled, arguments, here, isWhole: options.Steps.Count == 0, cancellationToken).ConfigureAwait(false);
            foreach (var warning in created.Warnings)
            {
                workspace.Reports.Say(warning);
            }
        }

        // A name is for others: it is given to what works.
        if (names.Count > 0 && !options.IsDryRun)
        {
            await BookOf(options).SetNamesAsync(found[0].Found.Environment, names, cancellationToken).ConfigureAwait(false);
        }

        var all = new List<FlowEnvironment>();
        foreach (var (step, requirement) in requirements)
        {
            foreach (var each in found.Where(each => each.Step == step)
                .OrderBy(each => architectures.IndexOf(each.Found.Environment.Id.Architecture)))
            {
                var shown = await ShowAsync(step, requirement, each.Found.Environment, options, cancellationToken).ConfigureAwait(false);
                all.Add(shown with { IsNew = each.Found.IsNew });
            }
        }

        return all;
    }

    /// <summary>Finds what is known of the environments of steps. Nothing is resolved or stored.</summary>
    /// <param name="options">Which.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each step in order what is known, for each kind of machine. A step without an environment is there once.</returns>
    /// <exception cref="ConfigurationException">As of <see cref="ResolveAsync"/>.</exception>
    /// <exception cref="EnvironmentException">A record cannot be read (MF7031, MF7032), or a named environment is not there
    /// (MF7039).</exception>
    public async Task<IReadOnlyList<FlowEnvironment>> FindAsync(StepEnvironmentOptions options, CancellationToken cancellationToken)
    {
        var only = StepsOf(options);
        var architectures = ArchitecturesOf(options);
        var requirements = planner.Requirements(only);
        string? framework = null;
        var all = new List<FlowEnvironment>();
        foreach (var step in definition.Graph.Steps.Select(static step => step.Name)
            .Where(step => only.Count == 0 || only.Contains(step)))
        {
            if (!requirements.TryGetValue(step, out var requirement))
            {
                all.Add(new FlowEnvironment(step, MachineKinds.OfThisMachine));
                continue;
            }

            foreach (var architecture in architectures)
            {
                if (requirement.FetchAtExecution == true)
                {
                    all.Add(new FlowEnvironment(step, architecture) { Requirement = requirement });
                    continue;
                }

                framework ??= planner.FilesOf(program).Program.Framework;
                var (request, environment) = await planner.FindKnownAsync(
                    requirement, (framework, architecture), BookOf(options), cancellationToken)
                    .ConfigureAwait(false);
                var shown = environment is null ? new FlowEnvironment(step, architecture) { Requirement = requirement }
                    : await ShowAsync(step, requirement, environment, options, cancellationToken).ConfigureAwait(false);
                all.Add(shown with { Request = request });
            }
        }

        return all;
    }

    private async Task<FlowEnvironment> ShowAsync(
        string step, EnvironmentRequirement requirement, ResolvedEnvironment environment, StepEnvironmentOptions options,
        CancellationToken cancellationToken)
        => new(step, environment.Id.Architecture)
        {
            Requirement = requirement,
            View = await workspace.ViewAsync(environment, BookOf(options), cancellationToken).ConfigureAwait(false),
        };

    private static void RequireOne(IReadOnlyList<StepFound> found, List<EnvironmentName> names)
    {
        var targets = found.Select(static each => each.Found.Environment.Id.ToString()).Distinct().ToList();
        if (names.Count > 0 && targets.Count != 1)
        {
            throw Wrong(
                "The environments get no name.",
                targets.Count == 0 ? "No step has an environment that is resolved before a run."
                    : $"The steps have {targets.Count} different environments.",
                "Name one step whose environment gets the name.");
        }
    }

    private EnvironmentBook BookOf(StepEnvironmentOptions options)
        => options.IsLocalOnly ? workspace.Book.WithoutCache() : workspace.Book;

    private List<string> StepsOf(StepEnvironmentOptions options)
        => [.. options.Steps.Select(step => KnownSteps.Require(definition, step).Name)];

    private static ConfigurationException Wrong(string what, string why, string fix)
        => new(ErrorCodes.InvalidValue, what, why, fix) { ExitCode = ExitCodes.Usage };

    private static List<string> ArchitecturesOf(StepEnvironmentOptions options)
    {
        if (options.Architectures.FirstOrDefault(static each => !MachineKinds.All.Contains(each)) is { } unknown)
        {
            throw Wrong(
                $"There is no kind of machine '{unknown}'.", "", $"Name one of {string.Join(", ", MachineKinds.All)}.");
        }

        return options.Architectures.Count > 0 ? [.. options.Architectures.Distinct()] : [MachineKinds.OfThisMachine];
    }
}
