using Metaflow.StepEnvironments;

namespace Metaflow.Programs;

/// <summary>The environments of a flow's steps that code asked for.</summary>
/// <param name="makeFlow">Makes flow objects.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="options">How runs of it would be started.</param>
internal sealed class CodeEnvironments(Func<FlowSpec> makeFlow, Type flow, FlowRunOptions options)
{
    private readonly CodeFlow _flow = new(makeFlow, flow, options);

    /// <summary>Resolves environments.</summary>
    /// <param name="which">Which, and how.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments.</returns>
    public Task<IReadOnlyList<StepEnvironment>> ResolveAsync(StepEnvironmentOptions which, CancellationToken cancellationToken)
        => AskAsync(environments => environments.ResolveAsync(which, cancellationToken));

    /// <summary>Finds what is known of environments.</summary>
    /// <param name="which">Which.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments.</returns>
    public Task<IReadOnlyList<StepEnvironment>> FindAsync(StepEnvironmentOptions which, CancellationToken cancellationToken)
        => AskAsync(environments => environments.FindAsync(which, cancellationToken));

    private async Task<IReadOnlyList<StepEnvironment>> AskAsync(Func<FlowEnvironments, Task<IReadOnlyList<FlowEnvironment>>> askAsync)
    {
        var environments = _flow.Open().Environments(
            options.With, options.WorkingFolder, new SafeObserver(_flow.Observer), _flow.Program);
        return [.. (await askAsync(environments).ConfigureAwait(false)).Select(static each => each.ToPublic())];
    }
}
