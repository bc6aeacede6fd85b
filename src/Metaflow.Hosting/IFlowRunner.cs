namespace Metaflow.Hosting;

/// <summary>Runs flows with the services, settings and logs of the host. Safe for several threads; runs may run in parallel.</summary>
public interface IFlowRunner
{
    /// <summary>Runs a flow with the host's defaults.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="parameters">The parameters; see <see cref="FlowRunOptions.Parameters"/>.</param>
    /// <param name="cancellationToken">Stops the run. The end of the host also stops it.</param>
    /// <returns>The run; see <see cref="FlowRunner.RunAsync"/>, also for the errors.</returns>
    Task<FlowRun<TFlow>> RunAsync<TFlow>(object? parameters = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new();

    /// <summary>Runs a flow.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="configure">Changes the host's defaults for this run.</param>
    /// <param name="cancellationToken">Stops the run. The end of the host also stops it.</param>
    /// <returns>The run; see <see cref="FlowRunner.RunAsync"/>, also for the errors.</returns>
    Task<FlowRun<TFlow>> RunAsync<TFlow>(Func<FlowRunOptions, FlowRunOptions> configure, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new();

    /// <summary>Resolves the environments of a flow's steps with the host's defaults, for example when the host starts.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="environments">Which environments, and how; <see langword="null"/> for those of all steps on this machine.</param>
    /// <param name="cancellationToken">Cancels the operation. The end of the host also does.</param>
    /// <returns>The environments; see <see cref="FlowRunner.ResolveEnvironmentsAsync"/>, also for the errors.</returns>
    Task<IReadOnlyList<StepEnvironment>> ResolveEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new();

    /// <summary>Finds what is known of the environments of a flow's steps with the host's defaults.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="environments">Which environments; <see langword="null"/> for those of all steps on this machine.</param>
    /// <param name="cancellationToken">Cancels the operation. The end of the host also does.</param>
    /// <returns>The environments; see <see cref="FlowRunner.FindEnvironmentsAsync"/>, also for the errors.</returns>
    Task<IReadOnlyList<StepEnvironment>> FindEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec, new();
}
