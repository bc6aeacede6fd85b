using System.Reflection;

namespace Metaflow.Environments.Crossings;

/// <summary>A member of an enumeration, which is stored as its name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Former">The names that it had before.</param>
internal sealed record EnumName(string Name, IReadOnlyList<string> Former);

/// <summary>Reads the members of enumerations.</summary>
internal static class EnumNames
{
    private const string FormerName = "Metaflow.FormerArtifactNameAttribute";

    /// <summary>Returns the members of an enumeration.</summary>
    /// <param name="type">The enumeration.</param>
    /// <returns>The members.</returns>
    public static IReadOnlyList<EnumName> Of(StoredType type)
    {
        var reader = type.Found.Assembly!.Reader;
        return
        [
            .. from handle in reader.GetTypeDefinition(type.Found.Handle).GetFields()
               let field = reader.GetFieldDefinition(handle)
               where field.Attributes.HasFlag(FieldAttributes.Static)
               select new EnumName(reader.GetString(field.Name), Markers.Texts(reader, field.GetCustomAttributes(), FormerName)),
        ];
    }
}
