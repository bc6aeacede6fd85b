using Metaflow.Naming;

namespace Metaflow;

/// <summary>Gives the former name of a renamed member of an artifact's type, so that values that were stored before can still be
/// read.</summary>
/// <remarks>
/// <para>Values are stored under the current name. The former name is used only if a stored value has no entry with the current name, and
/// only if it is not the current name of another member.</para>
/// <para>A member of an enum, which is stored as its name, may have it too.</para>
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
