namespace Metaflow.Environments.Checks;

/// <summary>A type in a signature.</summary>
/// <param name="Name">The one text by which types of several assemblies are compared: the full name with all that belongs to it, without
/// the assembly, as types move between assemblies.</param>
/// <param name="Shown">The type as C# writes it.</param>
internal sealed record TypeText(string Name, string Shown)
{
    /// <summary>Gets the types that take the place of the type's parameters.</summary>
    public IReadOnlyList<TypeText> Arguments { get; init; } = [];

    /// <summary>Says whether the type is, or contains, a type.</summary>
    /// <param name="name">The full name of the type.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool Mentions(string name) => Name.Split('<', '>', ',', '[', ']', '*', '&', ' ', '(', ')').Contains(name);
}
