using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>The outcome of looking for a type.</summary>
/// <param name="Assembly">The assembly with the type; <see langword="null"/> if it was not found.</param>
/// <param name="Handle">The type.</param>
/// <param name="IsMissing">Whether the assembly that should have the type lacks it; otherwise a type that was not found is in an
/// assembly that is not known.</param>
internal readonly record struct FoundType(AssemblyFile? Assembly, TypeDefinitionHandle Handle, bool IsMissing)
{
    /// <summary>Gets the outcome that there is no such type.</summary>
    public static FoundType Missing => new(null, default, IsMissing: true);

    /// <summary>Gets the outcome that nobody knows.</summary>
    public static FoundType Unknown => new(null, default, IsMissing: false);
}
