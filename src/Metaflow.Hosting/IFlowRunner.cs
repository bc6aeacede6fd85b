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
}
