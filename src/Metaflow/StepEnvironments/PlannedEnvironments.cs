using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>The environments of a run's steps, found before it starts.</summary>
/// <param name="Steps">The steps that have an environment, by their names on disk.</param>
internal sealed record PlannedEnvironments(IReadOnlyDictionary<string, PlannedEnvironment> Steps)
{
    /// <summary>Gets what stands for a run in which all steps run with the packages of the program.</summary>
    public static PlannedEnvironments None { get; } = new(new Dictionary<string, PlannedEnvironment>());

    /// <summary>Gets the environments that are looked up when a task starts; <see langword="null"/>, the default, for none.</summary>
    public FetchedEnvironments? Fetched { get; init; }

    /// <summary>Gets the files that the plan follows from, beside those of the program and the lists of environments;
    /// <see langword="null"/>, the default, if it also follows from what changes without a file.</summary>
    public IReadOnlyList<string>? Evidence { get; init; }

    /// <summary>Gets a value indicating whether an environment was resolved for this plan. The default is
    /// <see langword="false"/>.</summary>
    public bool HasNew { get; init; }

    /// <summary>Gets a value indicating whether no step has an environment.</summary>
    public bool IsEmpty => Steps.Count == 0 && Fetched is null;

    /// <summary>Gets what may go wrong where values pass between steps with other packages, as users read it; nothing by default.</summary>
    public IReadOnlyList<string> Crossings { get; init; } = [];

    /// <summary>Gets what may go wrong when the steps run with their packages, as users read it.</summary>
    public IEnumerable<string> Warnings => Steps.Values.SelectMany(static step => step.Warnings).Concat(Crossings);

    /// <summary>Finds the environment of a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The environment; <see langword="null"/> if the step runs with the packages of the program, or looks its environment up when
    /// a task starts.</returns>
    public PlannedEnvironment? Find(string step) => Steps.GetValueOrDefault(step);

    /// <summary>Returns what stands for the environment of a step where code is compared.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The hash of its packages, or a text that equals no other one if it looks them up; <see langword="null"/> if the step runs
    /// with the packages of the program.</returns>
    public string? IdentityOf(string step) => Find(step)?.FullId ?? Fetched?.IdentityOf(step);
}

/// <summary>The environment of a step.</summary>
/// <param name="Id">Its identity, as tasks record it.</param>
/// <param name="FullId">The hash of its packages.</param>
/// <param name="Program">The program that runs the step's tasks. Steps of one environment have the same object.</param>
/// <param name="Warnings">What is known to go wrong when the step runs with its packages, as users read it.</param>
internal sealed record PlannedEnvironment(
    string Id, string FullId, ProgramLocation Program, IReadOnlyList<string> Warnings)
{
    /// <summary>Gets the files of this machine, and of a local datastore, that the environment consists of; none by default.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}
