namespace Metaflow;

/// <summary>Keeps the tasks of a step from taking their results from earlier runs: <c>run --cache</c> runs them always. For steps whose
/// results depend on more than their code and inputs, such as the time or a database.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NoCacheAttribute : DecoratorAttribute
{
    /// <summary>The name on disk.</summary>
    internal const string DiskName = "no_cache";

    /// <inheritdoc/>
    public override string DecoratorName => DiskName;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [];
}
