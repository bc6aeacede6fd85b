using Metaflow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Reads what the methods of a flow do to its artifacts, following calls of the flow's own methods.</summary>
internal sealed class ArtifactAccessReader(SemanticModels models, INamedTypeSymbol flow, CancellationToken cancellationToken)
{
    private readonly Dictionary<ISymbol, ArtifactAccesses?> _known = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> _artifacts = [.. MetaflowTypes.ChainOf(flow).SelectMany(FlowMembers.PropertiesOf)
        .Where(static property => FlowMembers.RoleOf(property) == PropertyRole.Artifact).Select(FlowMembers.DiskNameOf)];

    /// <summary>Gets the names of all artifacts.</summary>
    public IReadOnlyCollection<string> Artifacts => _artifacts;

    /// <summary>Reads a step.</summary>
    public ArtifactAccesses Read(IMethodSymbol method) => Of(method) ?? ArtifactAccesses.None;

    /// <summary>Returns what a method of the flow does, or <see langword="null"/> when its source is not available.</summary>
    public ArtifactAccesses? Of(IMethodSymbol method)
    {
        if (_known.TryGetValue(method, out var known))
        {
            return known;
        }

        // A call back into a method that is being read adds nothing that is not found anyway.
        _known[method] = ArtifactAccesses.None;
        return _known[method] = ReadSource(method);
    }

    /// <summary>Returns the name on disk of an artifact, or <see langword="null"/> when a property is not an artifact (or a parameter,
    /// which is always set).</summary>
    public string? NameOf(IPropertySymbol property)
        => IsMember(property) && FlowMembers.DiskNameOf(property) is var name && _artifacts.Contains(name)
            && (property.IsAbstract || FlowMembers.IsOursToImplement(property)) ? name : null;

    /// <summary>Returns the name on disk of the artifact that a text names, by its property or on disk; <see langword="null"/> when it is
    /// none.</summary>
    public string? NameOnDisk(string text)
    {
        var property = MetaflowTypes.ChainOf(flow).SelectMany(FlowMembers.PropertiesOf).LastOrDefault(property => property.Name == text);
        var name = property is null ? text : FlowMembers.DiskNameOf(property);
        return _artifacts.Contains(name) ? name : null;
    }

    /// <summary>Returns true if a property is set before any step runs.</summary>
    public static bool IsGiven(IPropertySymbol property) => FlowMembers.IsOursToImplement(property);

    /// <summary>Returns true if a symbol belongs to the flow's own classes.</summary>
    public bool IsMember(ISymbol symbol) => symbol.ContainingType is { } type && !MetaflowTypes.Is(type, "FlowSpec")
        && (SymbolEqualityComparer.Default.Equals(type, flow) || MetaflowTypes.BasesOf(flow).Any(other =>
            other.SpecialType != SpecialType.System_Object
                && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, other.OriginalDefinition)));

    /// <summary>Returns true if a symbol belongs to an interface of the flow, so that a use of it may end in the flow.</summary>
    public bool IsOfImplementedInterface(ISymbol symbol)
        => symbol is { IsStatic: false, ContainingType: { TypeKind: TypeKind.Interface } type }
            && flow.AllInterfaces.Contains(type, SymbolEqualityComparer.Default);

    private ArtifactAccesses? ReadSource(IMethodSymbol method)
    {
        var reference = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault();
        if (reference is null || !models.Has(reference.SyntaxTree))
        {
            return null;
        }

        // An abstract method and the accessor of an ordinary property have no body, and touch nothing.
        var syntax = reference.GetSyntax(cancellationToken);
        var body = models.Of(syntax.SyntaxTree).GetOperation(syntax, cancellationToken);
        return body is null ? ArtifactAccesses.None : new ArtifactAccessWalker(this).Walk(body);
    }
}
