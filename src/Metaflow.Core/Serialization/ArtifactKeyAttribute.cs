namespace Metaflow.Serialization;

/// <summary>Gives a property of a stored record another key than its name in snake case.</summary>
/// <param name="key">The key, as Python sees it.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ArtifactKeyAttribute(string key) : Attribute
{
    /// <summary>Gets the key.</summary>
    public string Key { get; } = key;
}
