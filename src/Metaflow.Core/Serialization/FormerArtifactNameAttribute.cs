using Metaflow.Naming;

namespace Metaflow;

/// <summary>Names a member of an artifact's type as it was called before it was renamed, so that values that were stored then are still
/// read.</summary>
/// <remarks>
/// <para>Values are stored under the present name. The former name is looked for only where a stored value has no entry of the present one,
/// and only while no other member has it as its own.</para>
/// <para>A member of an enumeration, which is stored as its name, may have it too.</para>
/// <para>For a parameter of a record write <c>[property: FormerArtifactName("Old")]</c>.</para>
/// </remarks>
/// <param name="name">The member's former name in C#, such as <c>LearningRate</c>, or its former key on disk, such as
/// <c>learning_rate</c>.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, AllowMultiple = true)]
public sealed class FormerArtifactNameAttribute(string name) : Attribute
{
    /// <summary>Gets the former name.</summary>
    public string Name { get; } = name;

    internal IEnumerable<string> Keys
        => Name.Length == 0 ? [] : new[] { Name, SnakeCase.FromMember(Name) }.Distinct(StringComparer.Ordinal);
}
