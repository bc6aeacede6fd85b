using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Metaflow.Environments.Checks;

/// <summary>The metadata of an assembly, read from its file. Nothing of it is loaded to be run.</summary>
internal sealed class AssemblyFile : IDisposable
{
    private readonly PEReader _image;
    private Dictionary<(string Namespace, string Name), TypeDefinitionHandle>? _types;
    private Dictionary<(string Namespace, string Name), ExportedTypeHandle>? _forwards;
    private HashSet<string>? _friends;

    private AssemblyFile(PEReader image, string path)
    {
        _image = image;
        Path = path;
        Reader = image.GetMetadataReader();
        Name = Reader.GetString(Reader.GetAssemblyDefinition().Name);
    }

    /// <summary>Gets the metadata.</summary>
    public MetadataReader Reader { get; }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the name of the assembly.</summary>
    public string Name { get; }

    /// <summary>Gets the version of the assembly.</summary>
    public Version Version => Reader.GetAssemblyDefinition().Version;

    /// <summary>Gets the token of the method with which the program starts; 0 if the assembly is a library.</summary>
    public int EntryPoint => _image.PEHeaders.CorHeader is { } header && !header.Flags.HasFlag(CorFlags.NativeEntryPoint)
        ? header.EntryPointTokenOrRelativeVirtualAddress : 0;

    /// <summary>Opens an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The assembly; <see langword="null"/> if the file is none.</returns>
    public static AssemblyFile? TryOpen(string path)
    {
        PEReader? image = null;
        try
        {
            image = new PEReader(File.OpenRead(path));
            if (image.HasMetadata && image.GetMetadataReader().IsAssembly)
            {
                var opened = new AssemblyFile(image, path);
                image = null;
                return opened;
            }
        }
        catch (Exception error) when (SaysDamaged(error))
        {
            // A native library, or not a library at all.
        }
        finally
        {
            image?.Dispose();
        }

        return null;
    }

    /// <summary>Says whether an error means that a file is damaged: the reader of metadata has no one error for it.</summary>
    /// <param name="error">The error.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public static bool SaysDamaged(Exception error)
        => error is BadImageFormatException or OverflowException or ArgumentException or IndexOutOfRangeException or InvalidCastException
            or InvalidOperationException;

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();

    /// <summary>Finds a type that is not nested.</summary>
    /// <param name="typeNamespace">Its namespace.</param>
    /// <param name="name">Its name, with the number of its type parameters.</param>
    /// <returns>The type; nil if there is none.</returns>
    public TypeDefinitionHandle TypeOf(string typeNamespace, string name)
    {
        _types ??= Reader.TypeDefinitions.Select(handle => (Handle: handle, Type: Reader.GetTypeDefinition(handle)))
            .Where(static each => !each.Type.IsNested).GroupBy(each => KeyOf(each.Type.Namespace, each.Type.Name))
            .ToDictionary(static group => group.Key, static group => group.First().Handle);
        return _types.GetValueOrDefault((typeNamespace, name));
    }

    /// <summary>Finds where a type went that this assembly had once.</summary>
    /// <param name="typeNamespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The assembly's reference; nil if there is none.</returns>
    public EntityHandle ForwardOf(string typeNamespace, string name)
    {
        _forwards ??= Reader.ExportedTypes.Select(handle => (Handle: handle, Type: Reader.GetExportedType(handle)))
            .Where(static each => each.Type.Implementation.Kind != HandleKind.ExportedType)
            .GroupBy(each => KeyOf(each.Type.Namespace, each.Type.Name))
            .ToDictionary(static group => group.Key, static group => group.First().Handle);
        return _forwards.TryGetValue((typeNamespace, name), out var handle) ? Reader.GetExportedType(handle).Implementation : default;
    }

    /// <summary>Says whether the assembly lets another one use what is internal.</summary>
    /// <param name="assembly">The name of the other assembly.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool Trusts(string assembly)
    {
        _friends ??= Reader.GetAssemblyDefinition().GetCustomAttributes().Select(Reader.GetCustomAttribute)
            .Select(FriendOf).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return _friends.Contains(assembly);
    }

    /// <summary>Returns the instructions of a method.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The bytes; none if it has no body.</returns>
    public ReadOnlySpan<byte> InstructionsOf(MethodDefinition method)
        => method.RelativeVirtualAddress == 0 || (method.ImplAttributes & MethodImplAttributes.CodeTypeMask) != MethodImplAttributes.IL
            ? []
            : _image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes();

    private (string Namespace, string Name) KeyOf(StringHandle typeNamespace, StringHandle name)
        => (Reader.GetString(typeNamespace), Reader.GetString(name));

    private string? FriendOf(CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference
            || Reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } type
            || Reader.GetString(Reader.GetTypeReference((TypeReferenceHandle)type).Name) != "InternalsVisibleToAttribute")
        {
            return null;
        }

        // Two bytes begin the value of an attribute; a public key may follow the name.
        var value = Reader.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        return value.ReadSerializedString()?.Split(',')[0].Trim();
    }
}
