using System.Reflection.Metadata;
using Metaflow.Environments.Checks;
using AssemblyFile = Metaflow.Environments.Checks.AssemblyFile;

namespace Metaflow.Environments.Crossings;

/// <summary>The type of a value, as the assemblies of one environment declare it.</summary>
/// <param name="Name">The full name with all that belongs to it, without the assembly, as types move between assemblies.</param>
/// <param name="Shown">The type as C# writes it.</param>
internal sealed record StoredType(string Name, string Shown)
{
    /// <summary>Gets what stands for a type of which nothing is known.</summary>
    public static StoredType Unknown { get; } = new("?", "?");

    /// <summary>Gets which type it is of those that metadata has codes for; <see langword="null"/> for others.</summary>
    public PrimitiveTypeCode? Primitive { get; init; }

    /// <summary>Gets the full name without the types in place of the parameters; empty for arrays and the like.</summary>
    public string Definition { get; init; } = "";

    /// <summary>Gets the types that take the place of the type's parameters; none by default.</summary>
    public IReadOnlyList<StoredType> Arguments { get; init; } = [];

    /// <summary>Gets the type of the elements of an array of one dimension; <see langword="null"/> for others.</summary>
    public StoredType? Element { get; init; }

    /// <summary>Gets where the type is declared; not known for the types of .NET.</summary>
    public FoundType Found { get; init; } = FoundType.Unknown;

    /// <summary>Gets the assembly that should have the type and lacks it; <see langword="null"/> if it was not looked for, or was
    /// found.</summary>
    public AssemblyFile? LackedBy { get; init; }

    /// <summary>Gets a value indicating whether a variable of the type has no <see langword="null"/>, whatever the type is.</summary>
    public bool IsValueType { get; init; }
}
