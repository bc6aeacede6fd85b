namespace Metaflow.Generators.Tests.Generation;

/// <summary>Gives a step one item and no inputs.</summary>
internal sealed class FixedInvocation(object? item) : StepInvocation
{
    public override T Item<T>() => (T)item!;

    public override Inputs<TFlow> Inputs<TFlow>() => new([]);
}
