using Metaflow.Programs;
using Metaflow.Running;

namespace Metaflow;

/// <summary>Runs flows from code: in tests, services and scripts. Several flows may run at once.</summary>
/// <remarks>Runs are stored like those of the command line. Unlike a flow program, the calling program is not started again for its
/// tasks: the package's task host loads the flow's assembly with the program's dependencies (see docs/from-code.md).</remarks>
public static class FlowRunner
{
    /// <summary>Runs a flow and waits for its end.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="options">The options, with the parameters; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the run: tasks are asked to stop, and killed after 5 seconds. The run then ends as
    /// cancelled.</param>
    /// <returns>The stored run, and how it ended. A failed or cancelled run is returned, not thrown: see
    /// <see cref="FlowRun{TFlow}.EnsureSucceeded"/>.</returns>
    /// <exception cref="Errors.ConfigurationException">A parameter, a setting or a decorator is wrong (MF20xx, MF2130).</exception>
    /// <exception cref="Errors.FlowDefinitionException">The flow's graph is wrong (MF10xx).</exception>
    /// <exception cref="Errors.LaunchException">The program's tasks cannot run in processes (MF6040).</exception>
    /// <exception cref="Errors.MetaflowException">Data or records could not be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the run began.</exception>
    public static async Task<FlowRun<TFlow>> RunAsync<TFlow>(FlowRunOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new()
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await RunAsync<TFlow>(options, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resumes an earlier run: clones what succeeded into a new run, and runs the rest.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="resume">Which run, and from which step. The default is the newest run, from where it failed.</param>
    /// <param name="options">As for <see cref="RunAsync{TFlow}(FlowRunOptions?, CancellationToken)"/>; a given parameter replaces that of
    /// the earlier run.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The new run.</returns>
    /// <exception cref="Errors.MetaflowException">There is no run to resume (MF2070, MF2071), no such step (MF2072), or as for a
    /// run.</exception>
    public static async Task<FlowRun<TFlow>> ResumeAsync<TFlow>(
        ResumeRequest? resume = null, FlowRunOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new()
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await RunAsync<TFlow>(options, resume ?? new ResumeRequest(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resolves the environments of a flow's steps before a run needs them, and creates those of this machine.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="environments">Which environments, and how; <see langword="null"/> for those of all steps on this machine.</param>
    /// <param name="options">The options that a run would have; <see langword="null"/> for the defaults. Of them, the decorators, the
    /// settings, the datastore and the folder count. <see cref="FlowRunOptions.Progress"/> learns how far it is.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments in the order of the steps, for each kind of machine. Steps that run with the packages of the program are
    /// left out. What was resolved before is not resolved again.</returns>
    /// <exception cref="Errors.EnvironmentException">Packages cannot be found, stored or unpacked, or a name is wrong or taken
    /// (MF70xx).</exception>
    /// <exception cref="Errors.ConfigurationException">The flow has no such step (MF2072), several environments were found for one name
    /// (MF2004), decorators contradict each other (MF71xx), or as for a run.</exception>
    /// <exception cref="Errors.FlowDefinitionException">The flow's graph is wrong (MF10xx).</exception>
    /// <exception cref="Errors.LaunchException">The program's tasks cannot run in processes (MF6040).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<IReadOnlyList<StepEnvironment>> ResolveEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments = null, FlowRunOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new()
        => EnvironmentsOf<TFlow>(options, cancellationToken).ResolveAsync(
            environments ?? new StepEnvironmentOptions(), cancellationToken);

    /// <summary>Finds what is known of the environments of a flow's steps. Nothing is resolved or stored.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="environments">Which environments; <see langword="null"/> for those of all steps on this machine.</param>
    /// <param name="options">As for <see cref="ResolveEnvironmentsAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments that runs would use, in the order of the steps, for each kind of machine. A step that runs with the
    /// packages of the program is there once.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032), or a named environment is not there
    /// (MF7039).</exception>
    /// <exception cref="Errors.ConfigurationException">As for <see cref="ResolveEnvironmentsAsync"/>.</exception>
    /// <exception cref="Errors.FlowDefinitionException">The flow's graph is wrong (MF10xx).</exception>
    /// <exception cref="Errors.LaunchException">The program's tasks cannot run in processes (MF6040).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<IReadOnlyList<StepEnvironment>> FindEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments = null, FlowRunOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new()
        => EnvironmentsOf<TFlow>(options, cancellationToken).FindAsync(environments ?? new StepEnvironmentOptions(), cancellationToken);

    private static CodeEnvironments EnvironmentsOf<TFlow>(FlowRunOptions? options, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new CodeEnvironments(static () => new TFlow(), typeof(TFlow), options ?? new FlowRunOptions());
    }

    private static async Task<FlowRun<TFlow>> RunAsync<TFlow>(
        FlowRunOptions? options, ResumeRequest? resume, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
    {
        var run = new CodeRun(static () => new TFlow(), typeof(TFlow), options ?? new FlowRunOptions(), resume);
        var result = await run.RunAsync(cancellationToken).ConfigureAwait(false);
        return new FlowRun<TFlow>(result.Client.Flow<TFlow>().Run(result.Outcome.RunId), result.Outcome, result.WasCancelled);
    }
}
