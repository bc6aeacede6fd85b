using System.Collections.Concurrent;
using Metaflow.Environments.Programs;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Resolution;

namespace Metaflow.StepEnvironments;

/// <summary>The environments of the steps that look theirs up each time that a task starts.</summary>
/// <param name="planner">Finds and creates environments.</param>
/// <param name="compiled">The program.</param>
/// <param name="arguments">The arguments that follow the program's assembly.</param>
/// <param name="steps">What the steps ask for, by their names on disk.</param>
internal sealed class FetchedEnvironments(
    EnvironmentPlanner planner, CompiledProgram compiled, IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, EnvironmentRequirement> steps)
{
    // Tasks of one environment share the object that says how they are started.
    private readonly ConcurrentDictionary<(string Step, EnvironmentId Id), Task<PlannedEnvironment>> _created = [];

    // Which packages a task gets is known when it starts, so that nothing can be said to be the same as before.
    private readonly string _thisTime = $"{Guid.NewGuid():N}";

    /// <summary>Returns what stands for the environment of a step where code is compared: it never equals that of another run.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>A text; <see langword="null"/> if the step does not look its environment up.</returns>
    public string? IdentityOf(string step) => NameOf(step) is { } name ? $"{name} {_thisTime}" : null;

    /// <summary>Returns what a step asks for.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The name of its environment, with variables; <see langword="null"/> if the step does not look one up.</returns>
    public string? NameOf(string step) => steps.GetValueOrDefault(step)?.Start;

    /// <summary>Finds the environment of a task, and creates it if it is not here yet.</summary>
    /// <param name="task">The variables of the task.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment. Its warnings are there the first time that the step has it.</returns>
    /// <exception cref="Errors.EnvironmentException">There is no such environment (MF7034 to MF7039), or its packages cannot be found or
    /// unpacked (MF70xx).</exception>
    public async Task<PlannedEnvironment> FindAsync(TaskVariables task, CancellationToken cancellationToken)
    {
        var environment = await planner.FetchAsync(steps[task.Step], task.ValueOf, cancellationToken).ConfigureAwait(false);
        var key = (task.Step, environment.Id);
        var mine = new TaskCompletionSource<PlannedEnvironment>(TaskCreationOptions.RunContinuationsAsynchronously);
        var created = _created.GetOrAdd(key, mine.Task);
        if (created != mine.Task)
        {
            return await created.ConfigureAwait(false) with { Warnings = [] };
        }

        try
        {
            var found = new StepFound(task.Step, new FoundEnvironment(environment, IsNew: false));
            var all = await planner.CreateAsync(compiled, arguments, [found], isWhole: false, cancellationToken).ConfigureAwait(false);
            mine.SetResult(all.Steps[task.Step]);
            return all.Steps[task.Step];
        }
        catch (Exception error)
        {
            // The next attempt tries again.
            _created.TryRemove(key, out _);
            mine.SetException(error);
            throw;
        }
    }
}
