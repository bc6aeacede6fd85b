using Metaflow.Artifacts;

namespace Metaflow.Testing;

/// <summary>Stands for the steps before the one that is tested: it sets the artifacts that the test gives, and is stored as any step
/// is.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
/// <param name="given">Sets the artifacts.</param>
/// <param name="next">Where it moves on to.</param>
internal sealed class GivenFlow<TFlow>(Action<TFlow> given, Transition next) : FlowSpec
    where TFlow : FlowSpec, new()
{
    private readonly TFlow _flow = new();

    /// <inheritdoc/>
    public override string FlowName => _flow.FlowName;

    /// <inheritdoc/>
    public override void CollectCells(ICollection<ArtifactCell> cells) => _flow.CollectCells(cells);

    /// <inheritdoc/>
    protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
    {
        given(_flow);
        return new ValueTask<Transition?>(next);
    }
}
