using Metaflow.Environments.Records;
using Metaflow.Graph;
using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>The environments of a run's steps, found before it starts.</summary>
/// <param name="steps">The steps that have an environment, by their names on disk.</param>
internal sealed class PlannedEnvironments(IReadOnlyDictionary<string, PlannedEnvironment> steps)
{
    /// <summary>Gets what stands for a run in which all steps run with the packages of the program.</summary>
    public static PlannedEnvironments None { get; } = new(new Dictionary<string, PlannedEnvironment>());

    /// <summary>Gets a value indicating whether no step has an environment.</summary>
    public bool IsEmpty => steps.Count == 0;

    /// <summary>Gets the steps that have an environment.</summary>
    public IReadOnlyDictionary<string, PlannedEnvironment> Steps => steps;

    /// <summary>Gets what may go wrong when the steps run with their packages; nothing by default.</summary>
    public IReadOnlyList<GraphProblem> Warnings { get; init; } = [];

    /// <summary>Finds the environment of a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The environment; <see langword="null"/> if the step runs with the packages of the program.</returns>
    public PlannedEnvironment? Find(string step) => steps.GetValueOrDefault(step);
}

/// <summary>The environment of a step.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Program">The program that runs the step's tasks. Steps of one environment have the same object.</param>
/// <param name="Warnings">What is known to go wrong when the step runs with its packages.</param>
internal sealed record PlannedEnvironment(ResolvedEnvironment Environment, ProgramLocation Program, IReadOnlyList<GraphProblem> Warnings);
