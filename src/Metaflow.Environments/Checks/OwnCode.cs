using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>The assemblies that the author of a program wrote, and the flows in them.</summary>
internal sealed class OwnCode : IDisposable
{
    private const string Framework = "Metaflow";
    private const string FlowBase = "FlowSpec";
    private const string StepMark = "StepAttribute";

    // Real flows derive from each other a few times; a damaged file could do so in a circle.
    private const int MostLevels = 100;

    private readonly AssemblySet _set;
    private readonly HashSet<AssemblyFile> _own;
    private readonly Dictionary<OwnType, IReadOnlyList<OwnType>?> _flows = [];

    /// <summary>Opens assemblies.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="frameworks">The folders with the assemblies of the frameworks.</param>
    public OwnCode(IReadOnlyList<string> files, IReadOnlyList<string> frameworks)
    {
        _set = new AssemblySet(files, frameworks);
        Assemblies = [.. files.Select(static file => Path.GetFileNameWithoutExtension(file)).Select(_set.Find).OfType<AssemblyFile>()];
        _own = [.. Assemblies];
    }

    /// <summary>Gets the assemblies.</summary>
    public IReadOnlyList<AssemblyFile> Assemblies { get; }

    /// <inheritdoc/>
    public void Dispose() => _set.Dispose();

    /// <summary>Returns all types of the assemblies.</summary>
    /// <returns>The types.</returns>
    public IEnumerable<OwnType> Types()
        => Assemblies.SelectMany(static assembly => assembly.Reader.TypeDefinitions.Select(type => new OwnType(assembly, type)));

    /// <summary>Returns the classes of a flow: its own and those that it derives from.</summary>
    /// <param name="type">A type.</param>
    /// <returns>The classes that the author wrote, the flow's own first; <see langword="null"/> if the type is no flow.</returns>
    public IReadOnlyList<OwnType>? LevelsOfFlow(OwnType type)
    {
        if (!_flows.TryGetValue(type, out var levels))
        {
            levels = FindLevels(type);
            _flows.Add(type, levels);
        }

        return levels;
    }

    /// <summary>Says whether a method is marked as a step.</summary>
    /// <param name="method">The method.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public static bool IsStep(OwnMethod method)
        => method.Definition.GetCustomAttributes().Any(handle => IsStepMark(method.Assembly, handle));

    /// <summary>Finds the type that a token means.</summary>
    /// <param name="from">The assembly with the token.</param>
    /// <param name="handle">A definition or reference of a type, or a constructed type.</param>
    /// <returns>The type; <see langword="null"/> if it is not the author's.</returns>
    public OwnType? Find(AssemblyFile from, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeSpecification)
        {
            handle = MemberLookup.GenericOf(from.Reader, (TypeSpecificationHandle)handle);
        }

        var found = handle.IsNil ? FoundType.Unknown : handle.Kind switch
        {
            HandleKind.TypeDefinition => new FoundType(from, (TypeDefinitionHandle)handle, IsMissing: false),
            HandleKind.TypeReference => _set.Resolve(from, (TypeReferenceHandle)handle, referring: null),
            _ => FoundType.Unknown,
        };
        return found.Assembly is { } assembly && _own.Contains(assembly) ? new OwnType(assembly, found.Handle) : null;
    }

    private List<OwnType>? FindLevels(OwnType type)
    {
        var levels = new List<OwnType>();
        for (OwnType? level = type; level is { } own && levels.Count < MostLevels; level = Find(own.Assembly, own.Definition.BaseType))
        {
            levels.Add(own);
        }

        var last = levels[^1];
        return last.Definition.BaseType is { IsNil: false } root && IsFlowBase(last.Assembly.Reader, root)
            || IsFlowBase(last.Assembly.Reader, last.Handle) ? levels : null;
    }

    private static bool IsFlowBase(MetadataReader reader, EntityHandle type)
        => type.Kind is HandleKind.TypeReference or HandleKind.TypeDefinition
            && SignatureTexts.Named(reader, type).Name == $"{Framework}.{FlowBase}";

    private static bool IsStepMark(AssemblyFile assembly, CustomAttributeHandle handle)
    {
        var constructor = assembly.Reader.GetCustomAttribute(handle).Constructor;
        var type = constructor.Kind == HandleKind.MethodDefinition
            ? assembly.Reader.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()
            : assembly.Reader.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        return type.Kind is HandleKind.TypeReference or HandleKind.TypeDefinition
            && SignatureTexts.Named(assembly.Reader, type).Name == $"{Framework}.{StepMark}";
    }
}
