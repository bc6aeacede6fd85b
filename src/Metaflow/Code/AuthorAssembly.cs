using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace Metaflow.Code;

/// <summary>A type of an author's assembly.</summary>
/// <remarks>No structure: code for sets of one would have to be compiled in each process that launches tasks.</remarks>
internal sealed record TypeKey(AuthorAssembly Assembly, TypeDefinitionHandle Handle)
{
    /// <summary>Gets the definition.</summary>
    public TypeDefinition Definition => Assembly.Reader.GetTypeDefinition(Handle);

    /// <summary>Gets the name without namespace.</summary>
    public string Name => Assembly.Reader.GetString(Definition.Name);

    /// <summary>Gets the name with namespace and enclosing types.</summary>
    public string FullName => Assembly.FullNameOf(Handle);

    /// <summary>Gets a value indicating whether the compiler made the type's name, so that it changes with unrelated code.</summary>
    public bool IsNamedByCompiler => Name.Contains('<', StringComparison.Ordinal) && !HoldsData;

    /// <summary>Gets a value indicating whether the compiler keeps data of literals in it, under names made of the data's hash.</summary>
    public bool HoldsData => FullName.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether lambdas and their variables are kept in it, those of unrelated steps among
    /// them.</summary>
    public bool HoldsLambdas => Name.StartsWith("<>c", StringComparison.Ordinal);
}

/// <summary>A method of an author's assembly.</summary>
/// <remarks>No structure, as <see cref="TypeKey"/>.</remarks>
internal sealed record MethodKey(AuthorAssembly Assembly, MethodDefinitionHandle Handle)
{
    /// <summary>Gets the definition.</summary>
    public MethodDefinition Definition => Assembly.Reader.GetMethodDefinition(Handle);

    /// <summary>Gets the name.</summary>
    public string Name => Assembly.Reader.GetString(Definition.Name);

    /// <summary>Gets the type that declares it.</summary>
    public TypeKey Type => new(Assembly, Definition.GetDeclaringType());

    /// <summary>Gets a value indicating whether another method may run in its place.</summary>
    public bool IsVirtual => (Definition.Attributes & MethodAttributes.Virtual) != 0;

    /// <summary>Gets a value indicating whether it needs no object.</summary>
    public bool IsStatic => (Definition.Attributes & MethodAttributes.Static) != 0;
}

/// <summary>An assembly that the author wrote, read from its file; none of its code is loaded.</summary>
internal sealed class AuthorAssembly : IDisposable
{
    private readonly PEReader _image;
    private readonly string _folder;
    private readonly Dictionary<string, TypeDefinitionHandle> _types = new(StringComparer.Ordinal);

    /// <summary>Opens an assembly.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is not an assembly.</exception>
    public AuthorAssembly(string path)
    {
        _folder = Path.GetDirectoryName(path) ?? "";
        _image = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
        Reader = _image.GetMetadataReader();
        Name = Reader.GetString(Reader.GetAssemblyDefinition().Name);
        foreach (var handle in Reader.TypeDefinitions)
        {
            _types.TryAdd(FullNameOf(handle), handle);
        }
    }

    /// <summary>Gets the metadata.</summary>
    public MetadataReader Reader { get; }

    /// <summary>Gets the assembly's simple name.</summary>
    public string Name { get; }

    /// <summary>Gets the id that the compiler derives from all that it compiled.</summary>
    public Guid ModuleVersion => Reader.GetGuid(Reader.GetModuleDefinition().Mvid);

    /// <summary>Gets the method that the program begins with; <see langword="null"/> for a library.</summary>
    public MethodKey? EntryPoint
        => _image.PEHeaders.CorHeader is { EntryPointTokenOrRelativeVirtualAddress: var token and not 0 }
            && MetadataTokens.EntityHandle(token) is { Kind: HandleKind.MethodDefinition } handle
            ? new MethodKey(this, (MethodDefinitionHandle)handle)
            : null;

    /// <summary>Gets the type whose static constructor calls the module initialisers.</summary>
    public TypeKey? Module => Find("<Module>");

    /// <summary>Describes the resources that the assembly holds, and those of its translations.</summary>
    /// <returns>A text that changes when any of them does.</returns>
    public string DescribeResources()
    {
        var names = Reader.ManifestResources.Select(handle => Reader.GetManifestResource(handle))
            .Select(resource => $"{Reader.GetString(resource.Name)}@{resource.Offset}");
        var content = _image.PEHeaders.CorHeader?.ResourcesDirectory is { Size: > 0 } directory
            ? Convert.ToHexString(
                SHA256.HashData(_image.GetSectionData(directory.RelativeVirtualAddress).GetContent(0, directory.Size).AsSpan()))
            : "";
        return $"{Name}: {string.Join(',', names)} {content} {DescribeTranslations()}";
    }

    /// <summary>Describes the assemblies of translated resources, which lie in folders named by cultures beside the assembly.</summary>
    /// <returns>A text that changes when any of them does.</returns>
    public string DescribeTranslations()
    {
        var found = new List<string>();
        foreach (var folder in (_folder.Length == 0 ? [] : Directory.GetDirectories(_folder)).Order(StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, Name + ".resources.dll");
            if (File.Exists(path))
            {
                using var image = new PEReader(File.OpenRead(path));
                var reader = image.GetMetadataReader();
                found.Add($"{Path.GetFileName(folder)}={reader.GetGuid(reader.GetModuleDefinition().Mvid)}");
            }
        }

        return string.Join(';', found);
    }

    /// <summary>Finds a type.</summary>
    /// <param name="fullName">Its name as <see cref="FullNameOf(TypeDefinitionHandle)"/> gives it.</param>
    /// <returns>The type, or <see langword="null"/>.</returns>
    public TypeKey? Find(string fullName) => _types.TryGetValue(fullName, out var handle) ? new TypeKey(this, handle) : null;

    /// <summary>Returns the body of a method.</summary>
    /// <param name="method">A method of this assembly.</param>
    /// <returns>The body, or <see langword="null"/> when it has none.</returns>
    public MethodBodyBlock? BodyOf(MethodDefinition method)
        => method.RelativeVirtualAddress == 0 ? null : _image.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>Returns a type's name with its namespace and the types around it.</summary>
    /// <param name="handle">The type.</param>
    /// <returns>The name: <c>Namespace.Outer+Inner</c>.</returns>
    public string FullNameOf(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        var name = Reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer)
        {
            return FullNameOf(outer) + "+" + name;
        }

        return type.Namespace.IsNil ? name : Reader.GetString(type.Namespace) + "." + name;
    }

    /// <summary>Returns the name of a type of another assembly, and that assembly's.</summary>
    /// <param name="handle">The reference.</param>
    /// <returns>The assembly's simple name, empty for this one, and the type's full name.</returns>
    public (string Assembly, string FullName) NameOf(TypeReferenceHandle handle)
    {
        var type = Reader.GetTypeReference(handle);
        var name = Reader.GetString(type.Name);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var (assembly, outer) = NameOf((TypeReferenceHandle)type.ResolutionScope);
                return (assembly, outer + "+" + name);
            case HandleKind.AssemblyReference:
                var reference = Reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
                return (Reader.GetString(reference.Name), Qualified(type, name));
            default:
                return ("", Qualified(type, name));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();

    private string Qualified(TypeReference type, string name)
        => type.Namespace.IsNil ? name : Reader.GetString(type.Namespace) + "." + name;
}
