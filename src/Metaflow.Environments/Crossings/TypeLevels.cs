using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Crossings;

/// <summary>A type in a chain of base types.</summary>
/// <param name="Type">The type.</param>
/// <param name="Reader">Reads the signatures of its assembly; <see langword="null"/> if the type's declaration is not known.</param>
internal sealed record TypeLevel(StoredType Type, StoredTypeReader? Reader);

/// <summary>Follows types to their base types.</summary>
internal static class TypeLevels
{
    /// <summary>The last base type of classes.</summary>
    public const string Object = "System.Object";

    /// <summary>The last base type of structures before that.</summary>
    public const string ValueType = "System.ValueType";

    private const int MostLevels = 100;

    /// <summary>Returns a type and its base types.</summary>
    /// <param name="type">The type.</param>
    /// <param name="assemblies">The assemblies of its environment.</param>
    /// <returns>The types from the derived one on. The last one is of .NET or its declaration is not known.</returns>
    public static IEnumerable<TypeLevel> Of(StoredType type, AssemblySet assemblies)
    {
        for (var level = 0; level < MostLevels && type.Found.Assembly is { } assembly; level++)
        {
            var reader = new StoredTypeReader(assemblies, assembly);
            yield return new TypeLevel(type, reader);
            var root = assembly.Reader.GetTypeDefinition(type.Found.Handle).BaseType;
            type = root.IsNil ? StoredType.Unknown : reader.Of(root, type.Arguments);
        }

        yield return new TypeLevel(type, null);
    }
}
