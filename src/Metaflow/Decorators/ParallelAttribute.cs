namespace Metaflow;

/// <summary>Marks a step whose tasks run as a gang: <c>Next(Train, numParallel: 4)</c> starts four at once, and they know each other by
/// <see cref="Current.Parallel"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ParallelAttribute : GangAttribute
{
    /// <inheritdoc/>
    public override string DecoratorName => "parallel";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [];
}
