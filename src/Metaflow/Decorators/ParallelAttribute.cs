namespace Metaflow;

/// <summary>Marks a step whose tasks run as a gang: <c>Next(Train, numParallel: 4)</c> starts four at once, and they know each other by <see cref="Current.Parallel"/>.</summary>
/// <remarks>Such a step is reached by <c>numParallel:</c> only and moves on to a join. A decorator that prepares a framework for distributed work derives from it.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public class ParallelAttribute : DecoratorAttribute
{
    /// <inheritdoc/>
    public override string DecoratorName => "parallel";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [];
}
