using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>A method of one of the author's assemblies.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Handle">The method.</param>
internal readonly record struct OwnMethod(AssemblyFile Assembly, MethodDefinitionHandle Handle)
{
    /// <summary>Gets the method.</summary>
    public MethodDefinition Definition => Assembly.Reader.GetMethodDefinition(Handle);

    /// <summary>Gets the name.</summary>
    public string Name => Assembly.Reader.GetString(Definition.Name);

    /// <summary>Gets the type that has the method.</summary>
    public OwnType Type => new(Assembly, Definition.GetDeclaringType());
}

/// <summary>A type of one of the author's assemblies.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Handle">The type.</param>
internal readonly record struct OwnType(AssemblyFile Assembly, TypeDefinitionHandle Handle)
{
    /// <summary>Gets the type.</summary>
    public TypeDefinition Definition => Assembly.Reader.GetTypeDefinition(Handle);

    /// <summary>Gets the full name, as reflection writes it.</summary>
    public string Name => SignatureTexts.Named(Assembly.Reader, Handle).Name;

    /// <summary>Gets the methods that the type itself has.</summary>
    public IEnumerable<OwnMethod> Methods
    {
        get
        {
            var assembly = Assembly;
            return Definition.GetMethods().Select(method => new OwnMethod(assembly, method));
        }
    }
}
