using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>What a reference to a type says.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Names">The name of the type, after those of the types that it is nested in.</param>
/// <param name="Scope">Where the outermost type is: an assembly, or this module.</param>
internal sealed record ReferencedType(string Namespace, IReadOnlyList<string> Names, EntityHandle Scope)
{
    /// <summary>More levels of nesting mean that a file is damaged: its types are nested in a circle.</summary>
    public const int DeepestNesting = 100;

    /// <summary>Reads a reference.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="handle">The reference.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="BadImageFormatException">The file is damaged.</exception>
    public static ReferencedType Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        var names = new Stack<string>();
        while (names.Count < DeepestNesting)
        {
            var reference = reader.GetTypeReference(handle);
            names.Push(reader.GetString(reference.Name));
            if (reference.ResolutionScope.Kind != HandleKind.TypeReference)
            {
                return new ReferencedType(reader.GetString(reference.Namespace), [.. names], reference.ResolutionScope);
            }

            handle = (TypeReferenceHandle)reference.ResolutionScope;
        }

        throw new BadImageFormatException();
    }

    /// <summary>Returns a definition of a type and those that it is nested in, from the inside out.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="handle">The type.</param>
    /// <returns>The definitions.</returns>
    /// <exception cref="BadImageFormatException">The file is damaged.</exception>
    public static IReadOnlyList<TypeDefinition> Definitions(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var types = new List<TypeDefinition>();
        for (; !handle.IsNil; handle = types[^1].GetDeclaringType())
        {
            types.Add(types.Count < DeepestNesting ? reader.GetTypeDefinition(handle) : throw new BadImageFormatException());
        }

        return types;
    }
}
