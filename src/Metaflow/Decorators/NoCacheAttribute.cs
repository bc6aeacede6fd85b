namespace Metaflow;

/// <summary>Excludes a step from the cache: <c>run --cache</c> always runs its tasks. Use it for steps whose results depend on more than
/// their code and inputs, for example on the time or a database.</summary>
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
