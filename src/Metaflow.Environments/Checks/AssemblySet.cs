using System.Reflection;
using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>The assemblies that a program would find, opened when they are needed.</summary>
internal sealed class AssemblySet : IDisposable
{
    // A chain of assemblies that pass on a type; real ones have two links.
    private const int LongestChain = 10;

    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AssemblyFile?> _opened = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<string> _otherFolders;

    /// <summary>Initializes a set.</summary>
    /// <param name="paths">The files; the runtime finds them by their names, and so does this.</param>
    /// <param name="otherFolders">Folders with further assemblies, such as those of the framework.</param>
    public AssemblySet(IEnumerable<string> paths, IReadOnlyList<string> otherFolders)
    {
        _otherFolders = otherFolders;
        foreach (var path in paths)
        {
            _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }
    }

    /// <summary>Says whether one of the files is an assembly.</summary>
    /// <param name="name">The name of the assembly.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool Has(string name) => _paths.ContainsKey(name);

    /// <summary>Returns an assembly.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The assembly; <see langword="null"/> if it is not known.</returns>
    public AssemblyFile? Find(string name)
    {
        if (!_opened.TryGetValue(name, out var assembly))
        {
            var path = _paths.GetValueOrDefault(name)
                ?? _otherFolders.Select(folder => Path.Combine(folder, name + ".dll")).FirstOrDefault(File.Exists);
            assembly = path is null ? null : AssemblyFile.TryOpen(path);
            _opened.Add(name, assembly);
        }

        return assembly;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var assembly in _opened.Values)
        {
            assembly?.Dispose();
        }
    }

    /// <summary>Finds the type that a reference means.</summary>
    /// <param name="from">The assembly with the reference.</param>
    /// <param name="handle">The reference.</param>
    /// <param name="referring">The name of the assembly for which the type must be visible; <see langword="null"/> for any type.</param>
    /// <returns>The type.</returns>
    public FoundType Resolve(AssemblyFile from, TypeReferenceHandle handle, string? referring)
    {
        var (typeNamespace, names, scope) = ReferencedType.Of(from.Reader, handle);
        var assembly = scope.Kind switch
        {
            HandleKind.AssemblyReference => Find(NameOf(from, (AssemblyReferenceHandle)scope)),
            HandleKind.ModuleDefinition => from,
            _ => null,
        };
        return Find(assembly, typeNamespace, names, referring);
    }

    /// <summary>Returns the name of the assembly that a reference means.</summary>
    /// <param name="from">The assembly with the reference.</param>
    /// <param name="handle">The reference.</param>
    /// <returns>The name.</returns>
    public static string NameOf(AssemblyFile from, AssemblyReferenceHandle handle)
        => from.Reader.GetString(from.Reader.GetAssemblyReference(handle).Name);

    private FoundType Find(AssemblyFile? assembly, string typeNamespace, IReadOnlyList<string> names, string? referring)
    {
        for (var link = 0; link < LongestChain && assembly is not null; link++)
        {
            var type = assembly.TypeOf(typeNamespace, names[0]);
            if (!type.IsNil)
            {
                return Nested(assembly, type, names, referring);
            }

            var forward = assembly.ForwardOf(typeNamespace, names[0]);
            if (forward.IsNil)
            {
                return FoundType.Missing;
            }

            assembly = forward.Kind == HandleKind.AssemblyReference ? Find(NameOf(assembly, (AssemblyReferenceHandle)forward)) : null;
        }

        return FoundType.Unknown;
    }

    private static FoundType Nested(AssemblyFile assembly, TypeDefinitionHandle type, IReadOnlyList<string> names, string? referring)
    {
        foreach (var name in names.Skip(1))
        {
            type = assembly.Reader.GetTypeDefinition(type).GetNestedTypes()
                .FirstOrDefault(nested => assembly.Reader.StringComparer.Equals(assembly.Reader.GetTypeDefinition(nested).Name, name));
            if (type.IsNil)
            {
                return FoundType.Missing;
            }
        }

        return referring is null || IsVisible(assembly, type) || assembly.Trusts(referring)
            ? new FoundType(assembly, type, IsMissing: false)
            : FoundType.Missing;
    }

    private static bool IsVisible(AssemblyFile assembly, TypeDefinitionHandle handle)
        => ReferencedType.Definitions(assembly.Reader, handle)
            .All(static type => (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic
                or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem);
}
